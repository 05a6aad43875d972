// The spelling of bytes in tokenizer.json: GPT-2's alphabet of 256 printable characters, one a byte ("Ġ" is a space).
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace octet::text {

// The character (UTF-8) of each byte: itself if printable in Latin-1, else U+0100 and on, in the order of bytes.
const std::array<std::string, 256>& byte_alphabet();

std::string spell_bytes(std::string_view bytes);

// The bytes that `spelling` spells; nothing if it holds a character that is not of the alphabet.
std::optional<std::string> unspell_bytes(std::string_view spelling);

}  // namespace octet::text
