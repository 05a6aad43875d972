// One layer of one (half) batch on one GPU of a serving pool.
#pragma once
#include "octet/plan/serve/step.h"

namespace octet::plan {

struct LayerQuery {
  const LayerWork& work;
  const arch::LayerSpec& spec;
  const ServePlan& plan;
  const Assumptions& assumptions;
  double tokens = 0;   // a GPU, of this (half) batch
  double queries = 1;  // tokens of one sequence that are in the batch together (decode with a draft: 2)
  double imbalance = 1;
};

LayerTimes layer_times(const LayerQuery& query);

// A product of `rows` tokens with a matrix [out, in] in BF16, its weights read once.
double head_seconds(const ServePlan& plan, const Assumptions& assumptions, const Matrices& head, double rows);

}  // namespace octet::plan
