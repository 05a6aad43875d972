#include "octet/base/utf8.h"

namespace octet::utf8 {

namespace {

struct Lead {
  size_t length;            // bytes of the whole character, 0 if `c` cannot begin one
  unsigned char low, high;  // bounds of the second byte (the Unicode standard, table 3-7)
};

Lead lead(unsigned char c) {
  if (c < 0x80) return {1, 0, 0};
  if (c < 0xC2) return {0, 0, 0};
  if (c < 0xE0) return {2, 0x80, 0xBF};
  if (c == 0xE0) return {3, 0xA0, 0xBF};
  if (c == 0xED) return {3, 0x80, 0x9F};
  if (c < 0xF0) return {3, 0x80, 0xBF};
  if (c == 0xF0) return {4, 0x90, 0xBF};
  if (c < 0xF4) return {4, 0x80, 0xBF};
  if (c == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

// Bytes at the front that agree with one character: as many as it has, or fewer where it breaks off. 0: none begins.
size_t matching_prefix(std::string_view text, size_t& whole) {
  whole = 0;
  if (text.empty()) return 0;
  Lead l = lead(static_cast<unsigned char>(text[0]));
  whole = l.length;
  if (l.length == 0) return 0;
  size_t n = 1;
  for (; n < l.length && n < text.size(); ++n) {
    auto c = static_cast<unsigned char>(text[n]);
    unsigned char low = n == 1 ? l.low : 0x80, high = n == 1 ? l.high : 0xBF;
    if (c < low || c > high) break;
  }
  return n;
}

}  // namespace

size_t valid_length(std::string_view text) {
  size_t whole, n = matching_prefix(text, whole);
  return n == whole ? n : 0;
}

char32_t decode(std::string_view text, size_t length) {
  auto byte = [&](size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  switch (length) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3:
      return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
}

void append(std::string& out, char32_t c) {
  auto put = [&](char32_t b) { out += static_cast<char>(b); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  }
}

bool is_valid(std::string_view text) {
  while (!text.empty()) {
    size_t n = valid_length(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

std::string replace_invalid(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    size_t whole, n = matching_prefix(text, whole);
    if (n != 0 && n == whole) {
      out.append(text.substr(0, n));
    } else {
      out += "\xEF\xBF\xBD";
      if (n == 0) n = 1;
    }
    text.remove_prefix(n);
  }
  return out;
}

size_t incomplete_tail(std::string_view text) {
  for (size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    std::string_view tail = text.substr(text.size() - back);
    if (is_continuation(tail[0])) continue;
    size_t whole, n = matching_prefix(tail, whole);
    return n == tail.size() && n < whole ? n : 0;
  }
  return 0;
}

}  // namespace octet::utf8
