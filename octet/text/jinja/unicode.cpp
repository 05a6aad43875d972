#include "octet/text/jinja/unicode.h"

#include "octet/base/utf8.h"

namespace octet::text::jinja::unicode {

bool is_space(char32_t c) {
  return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Control and format characters, separators, surrogates, private use and noncharacters.
bool is_printable(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  static constexpr Range hidden[] = {
      {0, 0x1F},          {0x7F, 0xA0},        {0xAD, 0xAD},       {0x600, 0x605},     {0x61C, 0x61C},
      {0x6DD, 0x6DD},     {0x70F, 0x70F},      {0x890, 0x891},     {0x8E2, 0x8E2},     {0x1680, 0x1680},
      {0x180E, 0x180E},   {0x2000, 0x200F},    {0x2028, 0x202F},   {0x205F, 0x206F},   {0x3000, 0x3000},
      {0xD800, 0xF8FF},   {0xFDD0, 0xFDEF},    {0xFEFF, 0xFEFF},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},
      {0x110BD, 0x110BD}, {0x110CD, 0x110CD},  {0x13430, 0x13438}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
      {0xE0001, 0xE007F}, {0xF0000, 0x10FFFF},
  };
  for (const Range& range : hidden)
    if (c <= range.last) return c < range.first;
  return true;
}

char32_t take(std::string_view& rest) {
  size_t n = utf8::valid_length(rest);
  if (n == 0) {  // text is well formed; a stray byte would only come from a mistake here, and is passed over
    rest.remove_prefix(1);
    return 0xFFFD;
  }
  char32_t c = utf8::decode(rest, n);
  rest.remove_prefix(n);
  return c;
}

size_t length(std::string_view text) {
  size_t n = 0;
  for (char c : text) n += !utf8::is_continuation(c);
  return n;
}

size_t offset(std::string_view text, size_t code_point) {
  size_t i = 0;
  for (; i < text.size(); ++i)
    if (!utf8::is_continuation(text[i]) && code_point-- == 0) break;
  return i;
}

namespace {

template <class Drop>
std::string_view strip_where(std::string_view text, Side side, Drop drop) {
  while (side != Side::right && !text.empty()) {
    std::string_view rest = text;
    if (!drop(take(rest))) break;
    text = rest;
  }
  while (side != Side::left && !text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && utf8::is_continuation(text[last])) --last;
    std::string_view character = text.substr(last);
    if (!drop(take(character))) break;
    text.remove_suffix(text.size() - last);
  }
  return text;
}

}  // namespace

std::string_view strip(std::string_view text, Side side) { return strip_where(text, side, is_space); }

std::string_view strip(std::string_view text, Side side, std::string_view characters) {
  std::u32string set;
  while (!characters.empty()) set.push_back(take(characters));
  return strip_where(text, side, [&](char32_t c) { return set.find(c) != set.npos; });
}

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> out;
  std::string_view rest = text;
  size_t start = 0;
  while (!rest.empty()) {
    size_t at = text.size() - rest.size();
    char32_t c = take(rest);
    bool ends = (c >= 10 && c <= 13) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
    if (!ends) continue;
    out.push_back(text.substr(start, at - start));
    if (c == '\r' && rest.starts_with('\n')) rest.remove_prefix(1);
    start = text.size() - rest.size();
  }
  if (start < text.size()) out.push_back(text.substr(start));
  return out;
}

}  // namespace octet::text::jinja::unicode
