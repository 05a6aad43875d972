// From a plan to numbers: memory, seconds, utilisation, hours and dollars.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "octet/plan/schedule/execute.h"
#include "octet/plan/train/memory.h"
#include "octet/plan/train/plan.h"

namespace octet::plan {

// Where a step's seconds go, the mean over pipeline ranks; the rows add up to the step (as ISCA 2025, table 4).
struct StepSplit {
  double forward = 0;     // forwards that overlap nothing
  double backward = 0;    // backwards that overlap nothing, with the weights' part unless it was set apart
  double weight = 0;      // weights' parts that were set apart
  double overlapped = 0;  // a forward beside a backward
  double bubble = 0;
  double optimizer = 0;  // gradient and weight exchange over data parallel ranks, and the update
  double step() const { return forward + backward + weight + overlapped + bubble + optimizer; }
  // Of the above:
  double compute = 0;             // arithmetic and memory traffic alone
  double exposed_exchange = 0;    // all-to-all that nothing hides
  double exposed_collective = 0;  // tensor and context parallel
  double pipeline = 0;            // of the bubble: handing micro-batches to the next rank; only with Spread::yes
  double data_parallel = 0;       // of the optimizer row
};

struct Utilisation {  // of each convention: attention counted causally or in full, of which peak, with MTP or without
  double causal_bf16 = 0, causal_fp8 = 0, full_bf16 = 0, full_fp8 = 0;
  double causal_bf16_mtp = 0, causal_fp8_mtp = 0, full_bf16_mtp = 0, full_fp8_mtp = 0;
};

struct Goodput {
  double mtbf_seconds = 0;         // of the fleet
  double checkpoint_interval = 0;  // seconds, the best one (Daly 2006)
  double share = 1;                // of the time that ends up as training
};

struct Interval {
  double low = 0, high = 0;
};

struct Prediction {
  TrainPlan plan;                         // complete
  Recompute recompute = Recompute::none;  // the one taken
  Memory memory;                          // of the fullest rank
  std::vector<Memory> memory_by_rank;     // of every pipeline rank
  std::string split;                      // Stages::describe
  int64_t micro_batches = 0;
  StepSplit step;
  double tokens_per_step = 0, steps = 0;
  double flops_causal = 0, flops_full = 0, flops_causal_mtp = 0, flops_full_mtp = 0;  // training, a token
  double tokens_per_second_per_gpu = 0;
  double model_tflops_per_gpu = 0;  // causal, without MTP
  Utilisation mfu;
  double gpu_hours = 0, dollars = 0;  // of step time alone
  double gpu_hours_with_failures = 0;
  double energy_kwh = 0;  // GPUs at their boards' limit
  Goodput goodput;
  bool fits = true;
  double spread = 0;  // standard deviation of log step time
  std::string spread_from;
  Interval interval(double value) const;  // 80 %, of anything that grows or falls in proportion to the step's time
};

// What a plan comes to before the clock starts: the share of a rank, its stages, and how they recompute.
struct Prepared {
  Share share;
  Stages stages;
  Schedule schedule;           // of a few micro-batches, as many as can be under way
  std::vector<Memory> memory;  // by pipeline rank
};
Prepared prepare(const TrainPlan& complete_plan, const ModelWork& work);

// `plan` is completed first. Never throws for a plan that does not fit: `fits` says so.
Prediction predict(const TrainPlan& plan);

// The same for many plans of one model: the model's work is worked out once.
class Predictor {
 public:
  Predictor(const arch::Config& config, int64_t mtp);
  enum class Spread { no, yes };
  Prediction operator()(const TrainPlan& complete_plan, Spread spread = Spread::yes) const;
  StepSplit step(const TrainPlan& complete_plan, const Prepared& prepared) const;  // the clock alone
  const ModelWork& work() const { return work_; }

 private:
  ModelWork work_;
};

}  // namespace octet::plan
