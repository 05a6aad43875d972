#include "app/token_list.h"

#include <charconv>

#include "octet/base/error.h"

namespace octet::app {

std::vector<int64_t> parse_tokens(const std::string& text, const std::string& flag) {
  std::vector<int64_t> ids;
  const char *p = text.data(), *end = p + text.size();
  auto skip_blanks = [&] {
    while (p < end && *p == ' ') ++p;
  };
  do {
    skip_blanks();
    int64_t id = 0;
    auto [after, error] = std::from_chars(p, end, id);
    bool octal = *p == '0' && after - p > 1, separated = after == end || *after == ',' || *after == ' ';
    if (error != std::errc() || id < 0 || octal || !separated)
      throw Error(ErrorKind::usage,
                  fmt::format("{}: expected token ids such as 1,2,3, found '{}'", flag, printable(text)));
    ids.push_back(id);
    p = after;
    skip_blanks();
    if (p < end && *p == ',')
      ++p;
    else if (p == end)
      break;
  } while (true);
  return ids;
}

}  // namespace octet::app
