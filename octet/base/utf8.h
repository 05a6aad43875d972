// UTF-8 as bytes: strict decoding (no surrogates, no overlong forms, nothing above U+10FFFF) and encoding.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace octet::utf8 {

inline bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes of the well-formed character at the front of `text`; 0 if there is none (empty, malformed or cut short).
size_t valid_length(std::string_view text);

// Decodes the well-formed character at the front; `length` as valid_length gives it and not 0.
char32_t decode(std::string_view text, size_t length);

void append(std::string& out, char32_t code_point);

// Whether all of `text` is well formed.
bool is_valid(std::string_view text);

// `text` with each maximal malformed part replaced by U+FFFD, as Python's errors="replace" and WHATWG do.
std::string replace_invalid(std::string_view text);

// Bytes at the end of `text` that could be the beginning of a character and are not yet a whole one (0 to 3).
size_t incomplete_tail(std::string_view text);

}  // namespace octet::utf8
