// The reply parser: any bytes as an answer, whole and cut into pieces, must give the same events.
#include "octet/text/reply/reply.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "octet/base/error.h"

namespace {

using octet::text::ReplyEvent;

void gather(std::vector<ReplyEvent>& all, std::vector<ReplyEvent> more) {
  for (ReplyEvent& event : more) {
    bool text = event.kind != ReplyEvent::Kind::call_start && event.kind != ReplyEvent::Kind::call_end;
    if (text && !all.empty() && all.back().kind == event.kind && all.back().call == event.call)
      all.back().text += event.text;
    else
      all.push_back(std::move(event));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace octet::text;
  if (size < 2) return 0;
  ReplyFormat format = {static_cast<Thinking>(data[0] % 3), static_cast<ToolMarkup>(data[0] / 3 % 3)};
  size_t step = data[1] % 16 + 1;
  std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  std::vector<ReplyEvent> whole, pieces;
  Reply once(format), often(format);
  gather(whole, once.push(text));
  gather(whole, once.finish());
  for (size_t at = 0; at < text.size(); at += step) gather(pieces, often.push(text.substr(at, step)));
  gather(pieces, often.finish());
  octet::check(whole == pieces, "a reply depends on how it was cut");
  return 0;
}
