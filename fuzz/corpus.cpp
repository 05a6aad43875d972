// What turns downloaded or user's files into documents: any bytes must give text or an Error.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "octet/base/error.h"
#include "octet/data/files.h"
#include "octet/data/html.h"
#include "octet/data/lzw.h"
#include "octet/data/wordnet.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace octet::data;
  if (size < 1) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    switch (data[0] % 4) {
      case 0:
        html_to_text(text);
        break;
      case 1: {
        size_t limit = 1 << 16;
        octet::check(decode_lzw(std::as_bytes(std::span(text)), limit, "input").size() <= limit,
                     "more text than allowed");
        break;
      }
      case 2:
        parse_wordnet(text, "input");
        break;
      default: {
        size_t bytes = 0;
        for (const auto& piece : cut_at_paragraphs(text, 16)) bytes += piece.size();
        octet::check(bytes <= text.size(), "cutting made text");
      }
    }
  } catch (const octet::Error&) {
  }
  return 0;
}
