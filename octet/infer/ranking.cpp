#include "octet/infer/ranking.h"

#include <algorithm>
#include <bit>

namespace octet::infer {

namespace {

// 0 for 1 (and what rounding put above it), one more for every half octave below: the exponent and the first bit of the
// fraction, counted down. Larger weights never have larger numbers.
size_t bucket_of(float weight, size_t buckets) {
  int32_t below = (std::bit_cast<int32_t>(1.0f) - std::bit_cast<int32_t>(weight)) >> 22;
  return std::min(static_cast<size_t>(std::max(below, 0)), buckets - 1);
}

}  // namespace

void Ranking::reset(std::span<const float> weights) {
  weights_ = weights;
  std::array<size_t, buckets> count{};
  std::array<double, buckets> mass{};
  for (float w : weights) {
    if (w < least) continue;
    size_t b = bucket_of(w, buckets);
    ++count[b];
    mass[b] += static_cast<double>(w);
  }
  for (size_t b = 0; b < buckets; ++b) {
    begin_[b + 1] = begin_[b] + count[b];
    mass_before_[b + 1] = mass_before_[b] + mass[b];
  }
  tokens_.resize(begin_[buckets]);
  auto place = begin_;
  for (size_t t = 0; t < weights.size(); ++t)
    if (!(weights[t] < least)) tokens_[place[bucket_of(weights[t], buckets)]++] = static_cast<int32_t>(t);
  sorted_.fill(false);
}

void Ranking::sort(size_t b) {
  if (sorted_[b]) return;
  sorted_[b] = true;
  auto before = [&](int32_t x, int32_t y) {
    float wx = weights_[static_cast<size_t>(x)], wy = weights_[static_cast<size_t>(y)];
    return wx != wy ? wx > wy : x < y;
  };
  std::sort(tokens_.begin() + static_cast<long>(begin_[b]), tokens_.begin() + static_cast<long>(begin_[b + 1]), before);
}

int64_t Ranking::token(size_t rank) {
  size_t b = static_cast<size_t>(std::upper_bound(begin_.begin(), begin_.end(), rank) - begin_.begin()) - 1;
  sort(b);
  return tokens_[rank];
}

Ranking::Cut Ranking::first(size_t count) {
  if (count >= begin_[buckets]) return all();
  size_t b = static_cast<size_t>(std::upper_bound(begin_.begin(), begin_.end(), count) - begin_.begin()) - 1;
  sort(b);
  Cut cut{begin_[b], mass_before_[b]};
  for (; cut.count < count; ++cut.count)
    cut.mass += static_cast<double>(weights_[static_cast<size_t>(tokens_[cut.count])]);
  return cut;
}

Ranking::Cut Ranking::shortest(double mass) {
  if (mass >= mass_before_[buckets]) return all();
  size_t b =
      static_cast<size_t>(std::upper_bound(mass_before_.begin(), mass_before_.end(), mass) - mass_before_.begin()) - 1;
  sort(b);
  Cut cut{begin_[b], mass_before_[b]};
  for (; cut.count < begin_[b + 1] && cut.mass < mass; ++cut.count)
    cut.mass += static_cast<double>(weights_[static_cast<size_t>(tokens_[cut.count])]);
  return cut;
}

size_t Ranking::at_least(float weight) const {
  return static_cast<size_t>(std::count_if(tokens_.begin(), tokens_.end(),
                                           [&](int32_t t) { return weights_[static_cast<size_t>(t)] >= weight; }));
}

int64_t Ranking::token_at(double mass, const Cut& last) {
  size_t b =
      static_cast<size_t>(std::upper_bound(mass_before_.begin(), mass_before_.end(), mass) - mass_before_.begin());
  b = std::min(b > 0 ? b - 1 : 0, buckets - 1);
  while (b > 0 && begin_[b] >= last.count) --b;
  sort(b);
  double sum = mass_before_[b];
  size_t rank = begin_[b], end = std::min(begin_[b + 1], last.count);
  for (; rank + 1 < end; ++rank) {
    sum += static_cast<double>(weights_[static_cast<size_t>(tokens_[rank])]);
    if (sum > mass) break;
  }
  return tokens_[rank];
}

}  // namespace octet::infer
