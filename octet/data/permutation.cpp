#include "octet/data/permutation.h"

#include "octet/base/error.h"
#include "octet/base/random.h"

namespace octet::data {

Permutation::Permutation(int64_t n, std::array<uint32_t, 2> key) : n_(n), half_bits_(1), key_(key) {
  check(n >= 1, "an order of nothing");
  while (half_bits_ < 31 && (int64_t{1} << (2 * half_bits_)) < n) ++half_bits_;
}

uint64_t Permutation::once(uint64_t i) const {
  uint64_t mask = (uint64_t{1} << half_bits_) - 1, left = i >> half_bits_, right = i & mask;
  for (uint32_t round = 0; round < 4; ++round) {
    uint64_t mixed = philox({static_cast<uint32_t>(right), round, 0, 0}, key_)[0];
    uint64_t next = left ^ (mixed & mask);
    left = right;
    right = next;
  }
  return left << half_bits_ | right;
}

int64_t Permutation::operator()(int64_t i) const {
  check(i >= 0 && i < n_, "an index beyond the order");
  auto at = static_cast<uint64_t>(i);
  do at = once(at);
  while (at >= static_cast<uint64_t>(n_));
  return static_cast<int64_t>(at);
}

}  // namespace octet::data
