#include "octet/infer/ranking.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "octet/kernels/table.h"

namespace octet::infer {

namespace {

// 0 for 1 (and what rounding put above it), one more for every half octave below: the exponent and the first bit of the
// fraction, counted down. Larger weights never have larger numbers.
size_t bucket_of(float weight, size_t buckets) {
  int32_t below = (std::bit_cast<int32_t>(1.0f) - std::bit_cast<int32_t>(weight)) >> 22;
  return std::min(static_cast<size_t>(std::max(below, 0)), buckets - 1);
}

// Weights above it lie in buckets below `bucket`, the others do not.
float floor_of(size_t bucket) {
  if (bucket == 0) return std::numeric_limits<float>::infinity();
  return std::bit_cast<float>(std::bit_cast<int32_t>(1.0f) - (static_cast<int32_t>(bucket) << 22));
}

}  // namespace

void Ranking::reset(std::span<const float> x, float top, float scale) {
  size_t blocks = (x.size() + kernels::row_block - 1) / kernels::row_block;
  weights_.resize(x.size());
  tops_.resize(blocks);
  sums_.resize(blocks);
  kernels::best<float>().rows.weigh({.n = static_cast<int64_t>(x.size()),
                                     .x = x.data(),
                                     .top = top,
                                     .scale = scale,
                                     .w = weights_.data(),
                                     .tops = tops_.data(),
                                     .sums = sums_.data()});
  mass_ = 0;
  for (float sum : sums_) mass_ += static_cast<double>(sum);
  tokens_.clear();
  begin_[0] = 0;
  mass_before_[0] = 0;
  sorted_.fill(false);
  dealt_ = 0;
  deal();
}

// The next buckets take their tokens: a quarter as many again, so that a search goes little further than it must.
void Ranking::deal() {
  size_t from = dealt_, to = from == 0 ? head : std::min(from + from / 4, buckets);
  if (to > buckets * 3 / 4) to = buckets;
  float up_to = floor_of(from), above = to == buckets ? std::nextafter(least, 0.0f) : floor_of(to);
  found_.resize(weights_.size());
  size_t found = 0;
  for (size_t block = 0; block < tops_.size(); ++block) {
    if (!(tops_[block] > above)) continue;
    size_t begin = block * kernels::row_block, end = std::min(begin + kernels::row_block, weights_.size());
    for (size_t t = begin; t < end; ++t) {
      found_[found] = static_cast<int32_t>(t);
      found += weights_[t] > above && weights_[t] <= up_to;
    }
  }
  std::span<const int32_t> list(found_.data(), found);
  std::array<size_t, buckets> count{};
  std::array<double, buckets> mass{};
  for (int32_t t : list) {
    float w = weight(t);
    size_t b = bucket_of(w, buckets);
    ++count[b];
    mass[b] += static_cast<double>(w);
  }
  for (size_t b = from; b < to; ++b) {
    begin_[b + 1] = begin_[b] + count[b];
    mass_before_[b + 1] = mass_before_[b] + mass[b];
  }
  tokens_.resize(begin_[to]);
  auto place = begin_;
  for (int32_t t : list) tokens_[place[bucket_of(weight(t), buckets)]++] = t;
  dealt_ = to;
}

// Those in which a number of tokens, or a sum of weights, is passed; `dealt_` if none is.
size_t Ranking::bucket_of_rank(size_t rank) const {
  auto end = begin_.begin() + static_cast<long>(dealt_) + 1;
  return static_cast<size_t>(std::upper_bound(begin_.begin(), end, rank) - begin_.begin()) - 1;
}

size_t Ranking::bucket_of_mass(double mass) const {
  auto end = mass_before_.begin() + static_cast<long>(dealt_) + 1;
  auto at = static_cast<size_t>(std::upper_bound(mass_before_.begin(), end, mass) - mass_before_.begin());
  return at > 0 ? at - 1 : 0;
}

bool Ranking::before(int32_t x, int32_t y) const {
  float wx = weight(x), wy = weight(y);
  return wx != wy ? wx > wy : x < y;
}

void Ranking::sort(size_t b) {
  if (sorted_[b]) return;
  sorted_[b] = true;
  std::sort(tokens_.begin() + static_cast<long>(begin_[b]), tokens_.begin() + static_cast<long>(begin_[b + 1]),
            [&](int32_t x, int32_t y) { return before(x, y); });
}

template <class Passed>
Ranking::Few Ranking::narrow(size_t b, Passed passed) {
  constexpr size_t few = 64;
  auto order = [&](int32_t x, int32_t y) { return before(x, y); };
  auto at = [&](size_t rank) { return tokens_.begin() + static_cast<long>(rank); };
  Few range{begin_[b], begin_[b + 1], mass_before_[b]};
  while (range.end - range.begin > few) {
    size_t middle = range.begin + (range.end - range.begin) / 2;
    if (!sorted_[b]) std::nth_element(at(range.begin), at(middle), at(range.end), order);
    double mass = range.mass_before;
    for (size_t rank = range.begin; rank < middle; ++rank) mass += static_cast<double>(weight(tokens_[rank]));
    if (passed(Cut{middle, mass})) {
      range.end = middle;
    } else {
      range.begin = middle;
      range.mass_before = mass;
    }
  }
  if (!sorted_[b]) std::sort(at(range.begin), at(range.end), order);
  return range;
}

size_t Ranking::size() {
  while (dealt_ < buckets) deal();
  return begin_[buckets];
}

int64_t Ranking::token(size_t rank) {
  while (rank >= begin_[dealt_] && dealt_ < buckets) deal();
  sort(bucket_of_rank(rank));
  return tokens_[rank];
}

Ranking::Cut Ranking::first(size_t count) {
  while (count >= begin_[dealt_] && dealt_ < buckets) deal();
  if (count >= begin_[dealt_]) return all();
  Few range = narrow(bucket_of_rank(count), [&](const Cut& cut) { return cut.count > count; });
  Cut cut{range.begin, range.mass_before};
  for (; cut.count < count; ++cut.count) cut.mass += static_cast<double>(weight(tokens_[cut.count]));
  return cut;
}

Ranking::Cut Ranking::shortest(double mass) {
  while (mass >= mass_before_[dealt_] && dealt_ < buckets) deal();
  if (mass >= mass_before_[dealt_]) return all();
  Few range = narrow(bucket_of_mass(mass), [&](const Cut& cut) { return cut.mass >= mass; });
  Cut cut{range.begin, range.mass_before};
  for (; cut.count < range.end && cut.mass < mass; ++cut.count)
    cut.mass += static_cast<double>(weight(tokens_[cut.count]));
  return cut;
}

size_t Ranking::at_least(float weight) {
  while (!(weight > floor_of(dealt_)) && dealt_ < buckets) deal();
  return static_cast<size_t>(
      std::count_if(tokens_.begin(), tokens_.end(), [&](int32_t t) { return this->weight(t) >= weight; }));
}

int64_t Ranking::token_at(double mass, const Cut& last) {
  while (mass >= mass_before_[dealt_] && last.count > begin_[dealt_] && dealt_ < buckets) deal();
  // The blocks' sums, rounded apart, may reach a little further than the tokens do.
  size_t count = std::min(last.count, begin_[dealt_]), b = std::min(bucket_of_mass(mass), dealt_ - 1);
  while (b > 0 && begin_[b] >= count) --b;
  Few range = narrow(b, [&](const Cut& cut) { return cut.count >= count || cut.mass > mass; });
  double sum = range.mass_before;
  size_t rank = range.begin, end = std::min(range.end, count);
  for (; rank + 1 < end; ++rank) {
    sum += static_cast<double>(weight(tokens_[rank]));
    if (sum > mass) break;
  }
  return tokens_[rank];
}

}  // namespace octet::infer
