// A training run from a recipe to a finished model, in one process.
//
//   OUT/run.json        recipe, version, data, seed, machine; predicted and measured time and cost
//   OUT/metrics.jsonl   a line a step (metrics.h)
//   OUT/step-…/         checkpoints (checkpoint.h), the newest `checkpoint.keep`
//   OUT/model/          the finished model, once the run has reached its length
//
// A run that is stopped, or killed, goes on from its newest checkpoint: on the same processor with the same threads its
// losses equal those of an uninterrupted run bit for bit (unless its length is in minutes: the clock differs).
#pragma once
#include <ATen/ATen.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "octet/train/recipe.h"

namespace octet::train {

struct RunOptions {
  Recipe recipe;
  std::filesystem::path out;
  std::optional<std::filesystem::path> resume;  // a run's folder or one of its checkpoints
  at::Device device = at::kCPU;
  std::string version;                   // of octet, for run.json
  std::function<bool()> stop_requested;  // asked between steps: then a checkpoint is written and the run ends
};

struct RunSummary {
  int64_t steps = 0;
  double tokens = 0, seconds = 0;
  double loss = 0;  // of the last step
  std::optional<double> validation_loss;
  bool finished = false;                    // false: stopped before its length
  std::filesystem::path checkpoint, model;  // model: empty unless finished
  std::string closing;                      // predicted and measured, two lines
};

// Error{usage} before anything is written if `out` holds another run, or what no run wrote.
RunSummary run(const RunOptions& options);

}  // namespace octet::train
