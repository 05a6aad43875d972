// A random order of n things without a list of them: a Feistel network on the index, walked until it lands below n
// (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). The state is the index.
#pragma once
#include <array>
#include <cstdint>

namespace octet::data {

class Permutation {
 public:
  Permutation(int64_t n, std::array<uint32_t, 2> key);  // n >= 1
  int64_t operator()(int64_t i) const;                  // a bijection of 0 … n - 1

 private:
  int64_t n_;
  int half_bits_;
  std::array<uint32_t, 2> key_;
  uint64_t once(uint64_t i) const;
};

}  // namespace octet::data
