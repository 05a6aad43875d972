#include "octet/text/jinja/escapes.h"

#include "octet/base/utf8.h"

namespace octet::text::jinja {

namespace {

// Up to `most` digits of the base at the front; how many there were goes into `count`.
char32_t take_digits(std::string_view& rest, size_t most, char32_t base, size_t& count) {
  char32_t value = 0;
  for (count = 0; count < most && !rest.empty(); ++count) {
    char c = rest[0];
    char32_t digit = c >= '0' && c <= '9'   ? static_cast<char32_t>(c - '0')
                     : c >= 'a' && c <= 'f' ? static_cast<char32_t>(c - 'a' + 10)
                     : c >= 'A' && c <= 'F' ? static_cast<char32_t>(c - 'A' + 10)
                                            : 99;
    if (digit >= base) break;
    value = value * base + digit;
    rest.remove_prefix(1);
  }
  return value;
}

bool hex_escape(std::string& out, std::string_view& rest, char kind, std::string& message) {
  size_t wanted = kind == 'x' ? 2 : kind == 'u' ? 4 : 8, found = 0;
  char32_t c = take_digits(rest, wanted, 16, found);
  if (found < wanted)
    message = "a string has a truncated \\" + std::string(1, kind) + " escape";
  else if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
    message = "a string escapes what is no code point";
  else
    utf8::append(out, c);
  return message.empty();
}

}  // namespace

std::optional<std::string> unescape(std::string_view rest, std::string& message) {
  static constexpr std::string_view letters = "\n\\'\"abfnrtv";
  static constexpr std::string_view meanings[] = {"", "\\", "'", "\"", "\a", "\b", "\f", "\n", "\r", "\t", "\v"};
  std::string out;
  for (size_t slash; (slash = rest.find('\\')) != rest.npos;) {
    out += rest.substr(0, slash);
    rest.remove_prefix(slash + 1);
    if (rest.empty()) break;  // cannot be: the lexer's string ends behind an escaped character
    char c = rest[0];
    if (size_t i = letters.find(c); i != letters.npos) {
      out += meanings[i];
      rest.remove_prefix(1);
    } else if (c >= '0' && c <= '7') {
      size_t count = 0;
      utf8::append(out, take_digits(rest, 3, 8, count));
    } else if (c == 'x' || c == 'u' || c == 'U') {
      rest.remove_prefix(1);
      if (!hex_escape(out, rest, c, message)) return std::nullopt;
    } else if (c == 'N') {
      message = "a string has a \\N escape, which is not supported";
      return std::nullopt;
    } else {
      out += '\\';
    }
  }
  return out.append(rest);
}

}  // namespace octet::text::jinja
