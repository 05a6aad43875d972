// How the next token is chosen from logits. Pure: the result depends on the row, the settings, the tokens before and
// the token's number alone, never on what else is in the batch.
#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <vector>

namespace octet::infer {

struct Sampling {
  double temperature = 0.6;  // 0: the most probable token
  double top_p = 1.0;        // the smallest set of tokens with this much probability
  int64_t top_k = 0;         // the k most probable; 0: all
  double min_p = 0.0;        // those at least this share of the best one's probability
  double repetition_penalty = 1.0;  // logits of tokens seen (prompt too): divided if positive, else multiplied
  double presence_penalty = 0.0, frequency_penalty = 0.0;  // subtracted for tokens of the answer, once or a time each
  std::map<int64_t, double> logit_bias;
  uint64_t seed = 0;
};

// Error{usage} naming the first setting out of its range.
void validate(const Sampling& sampling);

// The tokens so far, as the penalties see them.
struct History {
  std::vector<int64_t> prompt, answer;
};

struct Choice {
  int64_t token = 0;
  float logprob = 0;  // log softmax of the unchanged logits
};

// The distribution that `sampling` makes of the logits: probabilities of the tokens that remain, most probable first.
struct Candidate {
  int64_t token;
  double probability;
};
std::vector<Candidate> distribution(std::span<const float> logits, const Sampling& sampling, const History& history);

// Draws the answer's token number `index`. Ties and the order of summation are fixed, so the same seed gives the same
// token on every run.
Choice sample(std::span<const float> logits, const Sampling& sampling, const History& history, uint64_t index);

}  // namespace octet::infer
