#include "octet/text/bpe/string_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace octet::text {

namespace {

constexpr uint64_t odd_a = 0x9E3779B97F4A7C15u, odd_b = 0xD6E8FEB86659FD93u;

uint64_t mix(uint64_t a, uint64_t b) {
  auto product = static_cast<unsigned __int128>(a ^ odd_a) * (b ^ odd_b);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t load8(const char* p) {
  uint64_t v;
  std::memcpy(&v, p, 8);
  return v;
}

uint64_t load4(const char* p) {
  uint32_t v;
  std::memcpy(&v, p, 4);
  return v;
}

uint8_t tag_of(uint64_t hash) { return static_cast<uint8_t>(hash) | 1; }

}  // namespace

// Two overlapping reads cover up to 16 bytes; longer strings are folded 16 bytes at a time first.
uint64_t StringTable::hash(std::string_view text) {
  const char* p = text.data();
  size_t n = text.size();
  uint64_t seed = n;
  for (; n > 16; p += 16, n -= 16) seed = mix(load8(p) ^ seed, load8(p + 8));
  if (n >= 8) return mix(load8(p) ^ seed, load8(p + n - 8));
  if (n >= 4) return mix(load4(p) ^ seed, load4(p + n - 4));
  if (n == 0) return mix(seed, 0);
  auto byte = [&](size_t i) { return static_cast<uint64_t>(static_cast<unsigned char>(p[i])); };
  return mix(byte(0) << 16 | byte(n / 2) << 8 | byte(n - 1), seed);
}

StringTable::StringTable(size_t capacity) {
  size_t size = std::bit_ceil(std::max<size_t>(capacity * 2, 16));
  shift_ = 64 - std::countr_zero(size);
  slots_.resize(size);
  tags_.resize(size);
}

bool StringTable::add(std::string_view text, int32_t value) {
  uint64_t h = hash(text);
  if (find(text, h) >= 0) return false;
  size_t at = h >> shift_;
  while (tags_[at]) at = (at + 1) & (slots_.size() - 1);
  tags_[at] = tag_of(h);
  slots_[at] = {text.data(), static_cast<uint32_t>(text.size()), value};
  return true;
}

int32_t StringTable::find(std::string_view text, uint64_t h) const {
  uint8_t tag = tag_of(h);
  for (size_t at = h >> shift_; tags_[at]; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (tags_[at] == tag && slot.size == text.size() && std::memcmp(slot.text, text.data(), text.size()) == 0)
      return slot.value;
  }
  return -1;
}

}  // namespace octet::text
