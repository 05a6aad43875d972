// What the choice of the next token is asked to be like. The sampler (sampler.h) makes it.
#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

namespace octet::infer {

struct Sampling {
  double temperature = 0.6;         // 0: the most probable token
  double top_p = 1.0;               // the smallest set of tokens with this much probability
  int64_t top_k = 0;                // the k most probable; 0: all
  double min_p = 0.0;               // those at least this share of the best one's probability
  double repetition_penalty = 1.0;  // logits of tokens seen (prompt too): divided if positive, else multiplied
  double presence_penalty = 0.0, frequency_penalty = 0.0;  // subtracted for tokens of the answer, once or a time each
  std::map<int64_t, double> logit_bias;
  uint64_t seed = 0;
};

// Error{usage} naming the first setting out of its range.
void validate(const Sampling& sampling);

struct Choice {
  int64_t token = 0;
  float logprob = 0;  // log softmax of the unchanged logits
};

// One token of the distribution that is drawn from.
struct Candidate {
  int64_t token;
  double probability;
};

}  // namespace octet::infer
