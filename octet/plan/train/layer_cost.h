// Seconds and bytes of one layer for one micro-batch on one rank.
//
// A product's time is flops / rate + bytes / bandwidth: arithmetic and traffic added, not the larger of both. With the
// best rates measured for FP8 and for memory this gives the published times of DeepGEMM's shapes, short inner
// dimensions included, where either alone is far off.
#pragma once
#include "octet/plan/train/plan.h"
#include "octet/plan/train/work.h"

namespace octet::plan {

// What a rank sees of a plan.
struct Share {
  Gpu gpu;
  double tokens = 0;  // of a micro-batch, after context parallelism
  double seq = 0;
  double tp = 1, cp = 1, ep = 1;
  Group tensor, context, expert;
  bool fp8 = false;
  Recompute recompute = Recompute::none;
  double imbalance = 1;
};
Share share_of(const TrainPlan& plan, Recompute recompute);

struct Seconds {
  double forward = 0, backward_input = 0, weight = 0;  // arithmetic, memory traffic and launches
  double arithmetic_forward = 0, arithmetic_backward = 0, arithmetic_weight = 0;  // of them: what slows with fewer SMs
  double exchange_forward = 0, exchange_backward = 0;                             // all-to-all: dispatch and combine
  double collective_forward = 0, collective_backward = 0;                         // tensor and context parallel
  Seconds& operator+=(const Seconds& other);
};

Seconds layer_seconds(const LayerWork& work, const Share& share);
Seconds embedding_seconds(const ModelWork& model, const Share& share);
Seconds head_seconds(const ModelWork& model, const Share& share);
Seconds mtp_seconds(const ModelWork& model, const LayerWork& layer, const Share& share);  // projection, layer, head

// Bytes that the backward of one layer needs, kept from its forward.
double kept_bytes(const LayerWork& work, const Share& share);
// The same if nothing was recomputed: what one layer holds while it is at work.
double working_bytes(const LayerWork& work, const Share& share);

}  // namespace octet::plan
