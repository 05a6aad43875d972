// Decoding of the LZW that Unix `compress` writes (.Z files without their 3-byte head): codes of 9 bits at first and
// one bit more when they run out, up to 16, code 256 clears the table, and codes come in groups of eight.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace octet::data {

// Error{file} naming `where` for a code that does not exist yet, or for more than `limit` bytes.
std::string decode_lzw(std::span<const std::byte> codes, size_t limit, std::string_view where);

}  // namespace octet::data
