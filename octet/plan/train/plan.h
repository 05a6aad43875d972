// A training run as asked for: model, machines, layout, schedule. Checked once, then plain values.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "octet/arch/config.h"
#include "octet/plan/machine/fleet.h"

namespace octet::plan {

enum class Precision { bf16, fp8 };  // fp8: the three products of the layers' linears (V3 report, section 3.3)
enum class Recompute {
  automatic,  // the first of the following that fits, else full
  none,
  selective,  // norms, SwiGLU and MLA's up-projections again in the backward (V3 report, section 3.2.3)
  full,       // each layer keeps its input only
};
const char* name(Precision precision);
const char* name(Recompute recompute);

struct Layout {
  int64_t tp = 1, pp = 1, vp = 1, ep = 1, cp = 1, dp = 0;  // dp 0: what is left of the GPUs
  bool operator==(const Layout&) const = default;
};
Layout parse_layout(const std::string& text, const char* flag = "--layout");  // "pp=16,ep=64"; Error{usage}
std::string to_string(const Layout& layout);

struct TrainPlan {
  std::string model;  // as the user named it, for printing
  arch::Config config;
  Fleet fleet;
  Layout layout;
  int64_t batch = 0, seq = 0, micro_batch = 1;  // sequences a step, tokens a sequence, sequences a micro-batch
  std::string schedule;                         // empty: 1f1b, or interleaved if vp > 1
  Precision precision = Precision::bf16;
  Recompute recompute = Recompute::automatic;
  int64_t mtp = -1;             // modules trained; -1: the config's
  double tokens = 0;            // of the run; 0: one step
  double price = 2;             // dollars a GPU hour
  double expert_imbalance = 1;  // tokens of the busiest expert-parallel rank over the mean
};

// Fills what was left open (dp, schedule, mtp, tokens) and refuses what cannot be: ranks that do not divide, ep beyond
// its ranks, experts that ep does not divide, an FP8 run on a GPU without. Error{usage}, one sentence.
TrainPlan complete(TrainPlan plan);
void complete_in_place(TrainPlan& plan);  // after an Error `plan` is not to be used

// Micro-batches that the busiest data parallel rank runs in a step.
int64_t micro_batches(const TrainPlan& plan);

}  // namespace octet::plan
