// A training step in detail: every pipeline of the fleet on its own clocks, GPUs that are not equally fast, experts
// that are not equally loaded, and the waiting that follows.
//
// Pipelines whose ranks exchange tokens (an expert-parallel group) move in lockstep: at every dispatch and combine the
// slowest waits for none and all wait for it. A set of such pipelines is a unit; units meet at the optimizer only.
// Deterministic: every draw belongs to (seed, unit, micro-batch, layer).
#pragma once
#include <string>
#include <vector>

#include "octet/plan/explained.h"
#include "octet/plan/train/predict.h"

namespace octet::plan {

struct SlowGpu {
  int64_t gpu = 0;
  double factor = 1;  // 1.2: everything takes a fifth longer
};

struct Scenario {
  TrainPlan plan;  // complete
  uint64_t seed = 0;
  double jitter = 0.01;  // standard deviation of the logarithm of a GPU's speed (an assumption)
  std::vector<SlowGpu> slow = {};
  double expert_jitter =
      0.1;  // standard deviation of an expert's load over its mean, a micro-batch and layer (an assumption)
  int threads = 1;
};

struct SimulatedOp {  // of the first unit
  int rank;
  Op op;
  double start, end;
};

struct Simulated {
  double step_seconds = 0;
  double planned_seconds = 0;  // the planner's step: equal GPUs, equal experts
  double optimizer_seconds = 0;
  std::vector<double> units;    // seconds of each unit's pipelines
  double waiting = 0;           // GPU seconds in which ranks stood still, over all GPU seconds
  double slowest_gpu = 1;       // factor
  double mean_expert_load = 1;  // mean over exchanges of the busiest rank's load over the mean
  double messages_sent = 0, messages_received = 0, bytes_sent = 0, bytes_received = 0;  // between pipeline ranks
  int64_t operations = 0;
  std::vector<SimulatedOp> trace;
};

enum class Trace { no, yes };
Simulated simulate(const Scenario& scenario, Trace trace = Trace::no);

// A run of `steps` steps with failures and checkpoints, failure by failure.
struct RunOutcome {
  double seconds = 0, training_seconds = 0, lost_seconds = 0, checkpoint_seconds = 0, restart_seconds = 0;
  int64_t failures = 0, checkpoints = 0;
  double goodput() const { return seconds > 0 ? training_seconds / seconds : 1; }
};
RunOutcome simulate_run(const Fleet& fleet, double step_seconds, double steps, double checkpoint_interval,
                        uint64_t seed);

// Where the numbers of a simulated step and of the run after it come from.
std::vector<Explained> explain(const Scenario& scenario, const Simulated& simulated, const RunOutcome& run,
                               double checkpoint_interval);

// Chrome's trace format (chrome://tracing, Perfetto): one row a pipeline rank.
std::string chrome_trace(const Simulated& simulated, const Scenario& scenario);

}  // namespace octet::plan
