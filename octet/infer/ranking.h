// Tokens from the most to the least probable, put in order only where somebody looks: they are dealt into buckets by
// the size of their weight (half an octave each), and a bucket is halved where a search ends in it until little is left
// to sort. The small weights, nearly all of a large vocabulary, are dealt only when a search goes on among them, a few
// buckets at a time.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace octet::infer {

class Ranking {
 public:
  static constexpr float least = 0x1p-100f;  // weights below are as good as 0, and no part of the ranking

  // Ranks tokens 0, 1, .. by their weights e^((x - top) scale). `top`: the largest x. Equal ones rank by token.
  void reset(std::span<const float> x, float top, float scale);

  // A beginning of the ranking: its first `count` tokens, and the sum of their weights.
  struct Cut {
    size_t count = 0;
    double mass = 0;
  };
  static constexpr size_t everything = std::numeric_limits<size_t>::max();
  Cut all() const { return {everything, mass_}; }
  Cut first(size_t count);        // or all, if there are no more
  Cut shortest(double mass);      // that reaches `mass`, or all
  size_t at_least(float weight);  // how many weights do
  size_t size();                  // how many tokens there are in all
  int64_t token(size_t rank);     // below size()
  float weight(int64_t token) const { return weights_[static_cast<size_t>(token)]; }
  // The token at which the sum of weights, from the first on, exceeds `mass`; `last`'s if none before does.
  int64_t token_at(double mass, const Cut& last);

 private:
  static constexpr size_t buckets = 64;
  static constexpr size_t head = 24;          // buckets that are dealt at once: weights above 2^-12
  std::vector<float> weights_, tops_, sums_;  // of each token; the largest and the sum of each block of tokens
  double mass_ = 0;
  std::vector<int32_t> tokens_, found_;      // bucket by bucket; room to deal
  std::array<size_t, buckets + 1> begin_{};  // of each bucket in tokens_, up to dealt_
  std::array<double, buckets + 1> mass_before_{};
  std::array<bool, buckets> sorted_{};
  size_t dealt_ = 0;  // buckets that have their tokens

  void deal();
  size_t bucket_of_rank(size_t rank) const;
  size_t bucket_of_mass(double mass) const;
  bool before(int32_t token, int32_t other) const;
  void sort(size_t bucket);
  // A few tokens of the bucket, sorted and at their ranks, where a search ends: `passed`, asked about beginnings of the
  // ranking, says of each whether the end lies inside; it does for all that are longer than one for which it does.
  struct Few {
    size_t begin, end;   // ranks
    double mass_before;  // of all tokens before them
  };
  template <class Passed>
  Few narrow(size_t bucket, Passed passed);
};

}  // namespace octet::infer
