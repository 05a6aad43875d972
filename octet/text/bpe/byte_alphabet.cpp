#include "octet/text/bpe/byte_alphabet.h"

#include "octet/base/utf8.h"

namespace octet::text {

namespace {

constexpr size_t alphabet_end = 0x144;  // the characters lie below: 68 bytes are not printable

struct ByteTable {
  std::array<std::string, 256> character;
  std::array<int, alphabet_end> byte;  // by code point, -1 for none

  ByteTable() {
    byte.fill(-1);
    char32_t next = 0x100;
    for (char32_t b = 0; b < 256; ++b) {
      bool printable = (b > 0x20 && b < 0x7F) || (b > 0xA0 && b != 0xAD);
      char32_t c = printable ? b : next++;
      utf8::append(character[b], c);
      byte[c] = static_cast<int>(b);
    }
  }
};

const ByteTable& alphabet() {
  static const ByteTable table;
  return table;
}

}  // namespace

const std::array<std::string, 256>& byte_alphabet() { return alphabet().character; }

std::string spell_bytes(std::string_view bytes) {
  std::string result;
  for (char b : bytes) result += byte_alphabet()[static_cast<unsigned char>(b)];
  return result;
}

std::optional<std::string> unspell_bytes(std::string_view spelling) {
  const ByteTable& table = alphabet();
  std::string result;
  while (!spelling.empty()) {
    size_t length = utf8::valid_length(spelling);
    if (length == 0) return std::nullopt;
    char32_t c = utf8::decode(spelling, length);
    if (c >= alphabet_end || table.byte[c] < 0) return std::nullopt;
    result += static_cast<char>(table.byte[c]);
    spelling.remove_prefix(length);
  }
  return result;
}

}  // namespace octet::text
