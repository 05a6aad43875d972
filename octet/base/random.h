// Random numbers as a pure function of (seed, stream, counter): Philox 4x32-10 (Salmon et al., SC 2011).
//
// A stream's n-th number does not depend on what other streams drew, so that a sampler's result does not depend on
// the batch, and a data order survives a resume by storing two integers.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace octet {

// The block function: ten rounds of Philox on a 128-bit counter with a 64-bit key.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

class Random {
 public:
  // `stream` separates uses of one seed; see also named().
  explicit Random(uint64_t seed, uint64_t stream = 0, uint64_t position = 0)
      : seed_(seed), stream_(stream), position_(position) {}
  // The stream whose number is a hash (FNV-1a) of `name`.
  static Random named(uint64_t seed, std::string_view name, uint64_t index = 0);

  uint32_t bits32();
  uint64_t bits64();
  double uniform();                            // [0, 1), 53 bits
  uint64_t below(uint64_t n);                  // uniform on 0..n-1, without bias; n >= 1
  int64_t between(int64_t low, int64_t high);  // uniform, both ends included
  double normal();                             // mean 0, variance 1 (Box-Muller)
  bool chance(double p) { return uniform() < p; }

  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }
  template <class T>
  void shuffle(std::vector<T>& items) {  // Fisher-Yates
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

  uint64_t position() const { return position_; }  // numbers of 32 bits drawn; hand it to the constructor to go on

 private:
  uint64_t seed_, stream_, position_;
  std::array<uint32_t, 4> block_{};
  uint64_t block_index_ = UINT64_MAX;
};

}  // namespace octet
