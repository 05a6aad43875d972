// One answer's sampler. A draw depends on the row of logits, the settings, the tokens before and the token's number
// alone, never on what else is in the batch; ties and the order of summation are fixed, so the same seed gives the same
// answer on every run.
#pragma once
#include <span>
#include <unordered_map>

#include "octet/infer/ranking.h"
#include "octet/infer/sampling.h"

namespace octet::infer {

// Room for one draw, lent by who draws for many.
struct SamplerRoom {
  std::vector<float> adjusted, tops;
  Ranking ranking;
};

class Sampler {
 public:
  Sampler(const Sampling& sampling, std::span<const int64_t> prompt);

  // Draws the answer's next token. `allowed`: bit i of word i / 32 for token i (token_mask.h); empty: all.
  // Error{request} if none is allowed; Error{file} if the logits are not finite.
  int64_t draw(std::span<const float> logits, std::span<const uint32_t> allowed, SamplerRoom& room) const;

  // What is drawn from: the tokens that remain, most probable first.
  std::vector<Candidate> distribution(std::span<const float> logits, std::span<const uint32_t> allowed,
                                      SamplerRoom& room) const;

  void push(int64_t token);  // the answer goes on with it
  uint64_t answered() const { return answered_; }

 private:
  Sampling sampling_;
  bool remembers_;                             // whether any penalty asks for it
  std::unordered_map<int64_t, int64_t> seen_;  // times in the answer; 0 for those of the prompt alone
  uint64_t answered_ = 0;

  std::span<const float> adjusted(std::span<const float> logits, std::span<const uint32_t> allowed,
                                  SamplerRoom& room) const;
  Ranking::Cut rank(std::span<const float> adjusted, size_t best, SamplerRoom& room) const;
};

// log sum exp of a row: logprob = logit - this.
double log_sum_exp(std::span<const float> logits);

// The `count` most probable tokens of the unchanged logits, most probable first.
std::vector<Choice> most_probable(std::span<const float> logits, double log_sum, int count);

}  // namespace octet::infer
