#include "octet/serve/stream/sse.h"

namespace octet::serve::sse {

// A JSON text on one line holds no line ends, so that one "data:" line is enough.
void append_data(std::string& out, const Json& data) { append_text(out, dump(data)); }

void append_text(std::string& out, std::string_view json) {
  out += "data: ";
  out += json;
  out += "\n\n";
}

void append_event(std::string& out, std::string_view event, const Json& data) {
  out += "event: ";
  out += event;
  out += '\n';
  append_data(out, data);
}

}  // namespace octet::serve::sse
