// The gate of a mixture of experts: which experts answer a token, and with what weights.
// V3 report, eq. 13-16; V2 report, section 2.2; tests/golden/README.md, "Gate".
#pragma once
#include "octet/model/tensors.h"
#include "octet/ops/ops.h"

namespace octet::model {

// What a router decided: a value, which balancing, metrics, the expert map and the planner's imbalance all read.
struct Routing {
  int64_t layer = -1;     // index in the checkpoint
  at::Tensor indices_TK;  // int64, the chosen experts, best first
  at::Tensor weights_TK;  // float32, as multiplied into the experts' outputs
  at::Tensor scores_TE;   // float32, s before the bias; keeps its gradient for the sequence-wise balance loss
};

struct Router {
  arch::Routing rule;
  int64_t top_k = 0;
  ops::Weight weight;  // W_g [E, D]
  at::Tensor bias_E;   // e_score_correction_bias, float32; undefined where the rule has none

  // Computes in float32 whatever x's dtype.
  Routing operator()(const at::Tensor& x_TD, int64_t layer) const;
};

}  // namespace octet::model
