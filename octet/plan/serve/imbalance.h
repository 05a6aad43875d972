// How unevenly tokens fall on expert parallel ranks: everyone waits for the busiest.
//
// Experts' popularity is lognormal. A placement by load (hot experts copied into the redundant slots, then slots packed
// on ranks, the largest first: what EPLB does) evens out the popularity that it knows. What it cannot know is how the
// batch at hand differs: slow drift, and the noise of finitely many tokens, those of one prompt agreeing with each
// other.
#pragma once
#include <cstdint>

namespace octet::plan {

struct ExpertSkew {
  // Standard deviation of log popularity. 0.9 gives EPLB's measured gains, 1.49 in prefill and 2.54 in decode, within a
  // sixth (SGLang's report of 96 H100; docs/cost.md).
  double popularity = 0.9;
  double drift = 0.15;     // assumed: the same, of the change since the placement was made
  double agreement = 0.5;  // assumed: correlation of the choices of one prompt's tokens, up to 4096 apart
};

struct ExpertLoad {
  int64_t experts = 0, redundant = 0, ranks = 1, top_k = 1;
  double sequences = 1;            // in the step, all ranks together
  double tokens_per_sequence = 1;  // in the step
};

struct Imbalance {
  double placed = 1;    // busiest rank over mean, experts placed by load
  double in_order = 1;  // the same with experts placed in their order and no copies
};

// Deterministic: popularities are the quantiles of their distribution, shuffled by fixed streams.
Imbalance expert_imbalance(const ExpertLoad& load, const ExpertSkew& skew);

}  // namespace octet::plan
