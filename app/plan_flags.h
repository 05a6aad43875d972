// The flags that say what is trained, on what and how: shared by `plan train` and `simulate`.
#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "octet/plan/train/plan.h"

namespace octet::app {

struct PlanFlags {
  std::string model, gpu, fleet, layout, schedule, precision = "bf16", recompute = "auto", tokens;
  int64_t gpus = 0, batch = 0, seq = 0, micro_batch = 1, mtp = -1;
  std::optional<int64_t> steps;
  double price = 2, expert_imbalance = 1;
};

void add_plan_flags(CLI::App& command, PlanFlags& flags);  // `flags` must outlive the parsing

plan::Fleet fleet_of(const PlanFlags& flags);
double run_tokens(const std::string& text);                  // of --tokens: a count of 1 or more
plan::TrainPlan plan_of(const PlanFlags& flags);             // complete
plan::TrainPlan unfinished_plan_of(const PlanFlags& flags);  // as given: layout may be anything

}  // namespace octet::app
