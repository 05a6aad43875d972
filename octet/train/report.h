// What a run is expected to take and what it took: run.json, and the lines that close a run.
#pragma once
#include <filesystem>
#include <optional>

#include "octet/base/json.h"
#include "octet/train/recipe.h"

namespace octet::train {

// Operations that training one token takes, by the mean number of keys in its piece (arch/inventory.h, MTP included).
class TrainingFlops {
 public:
  explicit TrainingFlops(const arch::Config& config);
  double per_token(double keys) const { return at_zero_ + slope_ * keys; }

 private:
  double at_zero_, slope_;
};

struct Machine {
  std::string processor, isa, compute;
  int threads = 0;
  double matrix_peak = 0;  // operations a second, measured in `compute`
};
Machine describe_machine(int threads, const std::string& compute, double matrix_peak);

struct Cost {
  double tokens = 0, seconds = 0, flops = 0, dollars = 0, peak_share = 0;
};
// From the recipe's length, the measured peak and cost.expected_share.
Cost predict(const Recipe& recipe, const TrainingFlops& flops, double matrix_peak);

// Bytes that masters, gradients and moments take; activations come on top.
double state_bytes(const arch::Config& config, OptimizerKind kind);

// run.json; `measured` is absent until the run ends or stops.
struct RunFile {
  Json about;  // recipe, version, data, seed, machine, model
  Cost predicted;
  std::optional<Cost> measured;
  Json result;  // losses, steps, checkpoint: whatever is known
};
void write_run_file(const std::filesystem::path& path, const RunFile& file);

// "predicted  1h15m  20.4M tokens  $0.13" and the same measured, as two lines.
std::string closing_lines(const Cost& predicted, const Cost& measured);

Json to_json(const Cost& cost);
Json to_json(const Machine& machine);

}  // namespace octet::train
