// Bytes on each pipeline rank.
#pragma once
#include <vector>

#include "octet/plan/schedule/schedule.h"
#include "octet/plan/train/stages.h"

namespace octet::plan {

struct Memory {
  int rank = 0;            // the pipeline rank that this is of
  double weights = 0;      // bf16
  double fp8_copies = 0;   // of the weights that are multiplied in FP8, kept for the step
  double gradients = 0;    // fp32
  double master = 0;       // fp32, this rank's part (ZeRO-1)
  double moments = 0;      // Adam's two; bf16 in an FP8 run (V3 report, section 3.3.3), else fp32
  double activations = 0;  // kept from forward to backward, at the schedule's peak
  double working = 0;      // of the layer or head at work
  double buffers = 0;      // exchange and collective buffers, the driver's context
  double total() const { return weights + fp8_copies + gradients + master + moments + activations + working + buffers; }
};

struct MemoryShape {
  const Stages& stages;
  const Schedule& schedule;
  const ModelWork& model;
  const Share& share;
  double shared_replicas = 1, expert_replicas = 1;  // ranks with the same weights, over which ZeRO-1 spreads
};

Memory memory_of(const MemoryShape& shape, int rank);
std::vector<Memory> memory_of_ranks(const MemoryShape& shape);  // in order
const Memory& fullest(const std::vector<Memory>& ranks);        // the first of those that hold most

// Stages (each once for every path) that a rank holds.
std::vector<int> stages_on(const Schedule& schedule, int rank);

}  // namespace octet::plan
