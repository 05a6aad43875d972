// Server-sent events (WHATWG HTML, section 9.2): how a stream is cut into messages.
#pragma once
#include <string>
#include <string_view>

#include "octet/base/json.h"

namespace octet::serve::sse {

inline constexpr const char* type = "text/event-stream; charset=utf-8";
inline constexpr std::string_view done = "data: [DONE]\n\n";  // OpenAI's last message
inline constexpr std::string_view comment = ": waiting\n\n";

void append_data(std::string& out, const Json& data);                           // data: {...}
void append_text(std::string& out, std::string_view json);                      // the same of a text on one line
void append_event(std::string& out, std::string_view event, const Json& data);  // event: and data:

}  // namespace octet::serve::sse
