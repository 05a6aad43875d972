#pragma once
#include <optional>
#include <string>

#include "app/plan.h"
#include "octet/plan/serve/day.h"

namespace octet::app {

// `octet plan serve MODEL --cpu measure|FILE`: one machine without GPUs, by octet's own measured speeds.
struct CpuFlags {
  std::string speeds, keep;  // "measure" or a file; where to keep what was measured
  std::string prompt, context;
  double batch = 0;  // 0: as many as the objective allows with a load, else one
};
struct CpuDay {
  std::string load;  // empty: no day
  plan::Objective objective;
  double price = 0.1;
};
int plan_serve_cpu(const std::string& model, const CpuFlags& flags, const CpuDay& day, const PlanOutput& output);

}  // namespace octet::app
