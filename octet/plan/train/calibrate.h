// Fits the eight constants of a GPU (octet::plan::Calibration) to measurements and says how well they explain each.
//
// A table is TOML as octet/plan/machine/microbenchmarks.toml: [[measurement]] with name, kind, value, source and what
// the kind needs, and [step] with the plan that step_seconds rows belong to.
//
//   kind            value      needs        predicted by
//   fp8_tflops      TFLOP/s                 peak x gemm_fp8
//   bf16_tflops     TFLOP/s                 peak x gemm_bf16
//   hbm_gbps        GB/s                    bandwidth x hbm
//   exchange_gbps   GB/s       ep, bytes    exchange_seconds, 4096 tokens, 8 of 256 experts in at most 4 nodes
//   latency_us      us         ep, bytes    low_latency_exchange_seconds, 128 tokens of the same
//   step_seconds    s          row, [step]  the planner, whole
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "octet/plan/explained.h"
#include "octet/plan/train/predict.h"

namespace octet::plan {

struct Measurement {
  std::string name, kind, row, source;
  double value = 0, bytes = 0;
  int64_t ep = 1;
  bool fit = true;
};

struct MeasurementTable {
  Gpu gpu;  // that was measured
  std::optional<TrainPlan> step;
  std::vector<Measurement> rows;
};

struct Residual {
  Measurement measured;
  double predicted = 0;
  double error() const { return predicted / measured.value - 1; }
};

// Error{config} for a bad table. `json` as parse_toml gives it. The table may hold `gpu = "h100"`; h800 otherwise.
MeasurementTable read_measurements(const Json& json, const std::string& where);

// Least squares of log(predicted / measured) over the rows that may be fitted: single kernels weigh 4, the rows of the
// step 1 and the whole step 10. Coordinate descent from `start`; deterministic. A constant that no row informs keeps
// its start. Error{config} if something comes out faster than the GPU can be.
Calibration fit(const MeasurementTable& table, const Calibration& start);

std::vector<Residual> residuals(const MeasurementTable& table, const Calibration& constants);

// What each constant is, how it was fitted, and what each measurement is predicted by.
std::vector<Explained> explain(const Calibration& constants, const std::vector<Residual>& rows);

// calibration.toml's text.
std::string to_toml(const Calibration& constants, const std::string& table);  // `table`: its name, for a comment

}  // namespace octet::plan
