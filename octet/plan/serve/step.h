// The time of one forward pass of a serving pool, by roofline, layer by layer.
//
// Products: flops / rate + bytes / bandwidth, as in training (train/layer_cost.h). Decode runs MLA absorbed: queries
// are carried into the latent (V2 report, section 2.1.2), so that each cached token is read once for all heads: 2 H (2
// C + R) FLOPs against 2 (C + R) bytes, whichever takes longer. Experts' weights are read as far as the batch touches
// them.
//
// Two-batch overlap: while one half of the batch computes, the other's tokens travel. On the computing stream the
// halves take turns (attention 1, attention 2, experts 1, experts 2), so of a half's attention a, experts m, dispatch d
// and combine c each hides another: max(a, d) + max(m, d) + max(m, c) + max(a, c) a layer. Both halves read all
// weights. The engine is taken to choose whichever is faster, overlap or none.
#pragma once
#include "octet/plan/serve/imbalance.h"
#include "octet/plan/serve/plan.h"
#include "octet/plan/train/work.h"

namespace octet::plan {

// What the prediction rests on besides the GPU's constants: factors of 1 at the best estimate, swung for the interval.
struct Assumptions {
  double products = 1;  // rate of matrix products and attention
  double memory = 1;    // bandwidth of memory
  double network = 1;   // bandwidth of NVLink and network
  double launches = 1;  // time of a kernel besides its work
  ExpertSkew skew;
};

struct LayerTimes {                          // seconds, of one layer and one (half) batch
  double attention_core = 0, attention = 0;  // attention: with projections, norms and shared experts; core included
  double experts = 0, dispatch = 0, combine = 0, collective = 0;
  double dense = 0;  // a dense layer's FFN
};

struct ServeStep {
  double seconds = 0;
  bool overlapped = false;
  LayerTimes layer;  // of an expert layer (or a dense one where there are none), one half if overlapped
  double expert_layers = 0, dense_layers = 0, head = 0, draft = 0;  // seconds in all
  double tokens = 0;                                                // that pass through a GPU
  double produced = 0;  // that count as the rate's: input tokens of prefill, output tokens of decode
  double imbalance = 1, imbalance_in_order = 1;
};

class ServeModel {
 public:
  explicit ServeModel(const arch::Config& config);
  ServeStep step(const ServePlan& plan, const Assumptions& assumptions = {}) const;
  const ModelWork& work() const { return work_; }

 private:
  arch::Config config_;
  ModelWork work_;
  std::vector<arch::LayerSpec> specs_;  // of work_.kinds
};

}  // namespace octet::plan
