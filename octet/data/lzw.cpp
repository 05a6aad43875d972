#include "octet/data/lzw.h"

#include <cstdint>
#include <vector>

#include "octet/base/error.h"

namespace octet::data {
namespace {

constexpr uint32_t clear_code = 256, first_free = 257, most_bits = 16;

// Codes are packed from the low bits up. After a change of width the rest of the group of eight codes is skipped.
class CodeReader {
 public:
  explicit CodeReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool read(uint32_t width, uint32_t& code) {
    if ((at_ + width + 7) / 8 > bytes_.size() || at_ + width > bytes_.size() * 8) return false;
    code = 0;
    for (uint32_t i = 0; i < width; ++i, ++at_)
      code |= ((static_cast<uint32_t>(bytes_[at_ / 8]) >> (at_ % 8)) & 1U) << i;
    return true;
  }

  void next_group(uint32_t width) {
    size_t group = size_t{width} * 8, used = (at_ - begin_) % group;
    if (used) at_ += group - used;
    begin_ = at_;
  }

 private:
  std::span<const std::byte> bytes_;
  size_t at_ = 0, begin_ = 0;  // in bits; begin_: where codes of the present width began
};

}  // namespace

std::string decode_lzw(std::span<const std::byte> codes, size_t limit, std::string_view where) {
  // Entry e is its prefix's text and one byte more; texts lie in the output already, so an entry is a place and a
  // length.
  struct Entry {
    size_t begin, length;
  };
  std::string out;
  std::vector<Entry> table;
  CodeReader reader(codes);
  uint32_t width = 9, code = 0;
  bool first = true;
  size_t last_begin = 0, last_length = 0;
  while (reader.read(width, code)) {
    if (code == clear_code) {
      reader.next_group(width);
      table.clear();
      width = 9;
      first = true;
      continue;
    }
    size_t begin = out.size();
    if (!first) table.push_back({last_begin, last_length + 1});  // its last byte is the first of what comes now
    if (code < 256) {
      out += static_cast<char>(code);
    } else {
      size_t index = code - first_free;
      if (index >= table.size()) throw Error(ErrorKind::file, fmt::format("{}: the compressed text is damaged", where));
      Entry entry = table[index];
      if (out.size() + entry.length > limit)
        throw Error(ErrorKind::file, fmt::format("{}: too much text in a window", where));
      for (size_t i = 0; i < entry.length; ++i) out += out[entry.begin + i];
    }
    last_begin = begin;
    last_length = out.size() - begin;
    first = false;
    if (out.size() > limit) throw Error(ErrorKind::file, fmt::format("{}: too much text in a window", where));
    // The table counts the entry that the next code completes.
    if (table.size() + first_free + 1 > (size_t{1} << width) && width < most_bits) {
      reader.next_group(width);
      ++width;
    }
    if (table.size() + first_free > (size_t{1} << most_bits)) table.pop_back();
  }
  return out;
}

}  // namespace octet::data
