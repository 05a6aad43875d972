// Tokens from the most to the least probable, put in order only where somebody looks: they are dealt into buckets by
// the size of their weight (half an octave each), and a bucket is sorted when a search ends in it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace octet::infer {

class Ranking {
 public:
  static constexpr float least = 0x1p-100f;  // weights below are as good as 0, and no part of the ranking

  // Weights of tokens 0, 1, ..: from 0 to 1. Equal ones rank by token. The span is read until the next reset.
  void reset(std::span<const float> weights);

  // A beginning of the ranking: its first `count` tokens, and the sum of their weights.
  struct Cut {
    size_t count = 0;
    double mass = 0;
  };
  Cut all() const { return {begin_[buckets], mass_before_[buckets]}; }
  Cut first(size_t count);              // or all, if there are fewer
  Cut shortest(double mass);            // that reaches `mass`, or all
  size_t at_least(float weight) const;  // how many weights do
  int64_t token(size_t rank);
  // The token at which the sum of weights, from the first on, exceeds `mass`; `last`'s if none before does.
  int64_t token_at(double mass, const Cut& last);

 private:
  static constexpr size_t buckets = 64;
  std::span<const float> weights_;
  std::vector<int32_t> tokens_;              // bucket by bucket
  std::array<size_t, buckets + 1> begin_{};  // of each bucket in tokens_
  std::array<double, buckets + 1> mass_before_{};
  std::array<bool, buckets> sorted_{};

  void sort(size_t bucket);
};

}  // namespace octet::infer
