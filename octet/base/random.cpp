#include "octet/base/random.h"

#include <cmath>
#include <numbers>

namespace octet {

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> c, std::array<uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t{0xD2511F53} * c[0], b = uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<uint32_t>(b),
         static_cast<uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<uint32_t>(a)};
    k[0] += 0x9E3779B9, k[1] += 0xBB67AE85;
  }
  return c;
}

Random Random::named(uint64_t seed, std::string_view name, uint64_t index) {
  uint64_t hash = 0xCBF29CE484222325;
  auto mix = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001B3; };
  for (char c : name) mix(static_cast<unsigned char>(c));
  for (int i = 0; i < 8; ++i) mix(static_cast<unsigned char>(index >> (8 * i)));
  return Random(seed, hash);
}

uint32_t Random::bits32() {
  uint64_t index = position_ / 4;
  if (index != block_index_) {
    block_ = philox({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), static_cast<uint32_t>(stream_),
                     static_cast<uint32_t>(stream_ >> 32)},
                    {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
    block_index_ = index;
  }
  return block_[position_++ % 4];
}

uint64_t Random::bits64() {
  uint64_t low = bits32();
  return static_cast<uint64_t>(bits32()) << 32 | low;
}

double Random::uniform() { return static_cast<double>(bits64() >> 11) * 0x1p-53; }

uint64_t Random::below(uint64_t n) {
  // Lemire's multiplication with rejection of the short interval.
  __extension__ using Wide = unsigned __int128;
  uint64_t threshold = (0 - n) % n;
  for (;;) {
    Wide product = static_cast<Wide>(bits64()) * n;
    if (static_cast<uint64_t>(product) >= threshold) return static_cast<uint64_t>(product >> 64);
  }
}

int64_t Random::between(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
}

double Random::normal() {
  double u = 1.0 - uniform(), v = uniform();  // u in (0, 1]
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

}  // namespace octet
