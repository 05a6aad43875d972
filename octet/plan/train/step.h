// One training step on the clock: the schedule run against its stages' costs, then the optimizer.
#pragma once
#include "octet/plan/train/predict.h"

namespace octet::plan {

// The schedule's costs, for whoever runs it in more detail too (octet/plan/simulate).
// A forward beside a backward takes as long as the longer of their arithmetic, on the processors that communication
// leaves it, and their exchange.
Costs costs_of(const Stages& stages, const Share& share, const ModelWork& model, const TrainPlan& plan);

// One forward beside one backward.
double overlapped_seconds(const Seconds& ahead, const Seconds& back, const Gpu& gpu);

// Seconds to hand a micro-batch to the next pipeline rank, and the bytes.
double handover_bytes(const Share& share, const ModelWork& model);
double handover_seconds(const TrainPlan& plan, const Share& share, const ModelWork& model);

struct OptimizerSeconds {
  double gather = 0;  // gradients reduced and scattered in fp32, weights gathered in bf16
  double update = 0;
};
OptimizerSeconds optimizer_seconds(const TrainPlan& plan, const Stages& stages, const Schedule& schedule,
                                   const Share& share);

// Long steps are extrapolated from shorter runs of the schedule, exactly where it has become periodic.
enum class Handover { timed, free };
StepSplit step_split(const TrainPlan& plan, const Stages& stages, const Share& share, const ModelWork& model,
                     int64_t micro_batches, Handover handover = Handover::timed);

}  // namespace octet::plan
