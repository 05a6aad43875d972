// The learning rate and everything else that depends on how far a run has come, as pure functions.
//
// A run is measured by one of three: steps, tokens or minutes. `share` is how much of it is spent, 0 to 1; with minutes
// the decay begins when its share of the clock is reached, so that any budget ends in a finished model.
#pragma once
#include <cstdint>
#include <optional>

namespace octet::train {

struct Done {  // so far, over all sessions of the run
  int64_t steps = 0;
  int64_t tokens = 0;
  double seconds = 0;
  double flops = 0;
};

struct Length {  // exactly one is set
  std::optional<int64_t> steps = {};
  std::optional<double> tokens = {};
  std::optional<double> minutes = {};
};

double share(const Length& length, const Done& done);  // 0 to 1; 1: the run is over

enum class Shape {
  constant,
  cosine,  // half a cosine from the peak to the end
  wsd,     // warm-up, stable, decay (Hu et al. 2024); the decay is 1 - sqrt (Hägele et al. 2024)
};

struct Schedule {
  Shape shape = Shape::wsd;
  Length length;
  int64_t warmup_steps = 0;  // linear from peak / warmup_steps to the peak
  double decay_from = 0.8;   // wsd: the share at which the decay begins
  double min_ratio = 0;      // of the peak, reached at the end
};

// What the peak learning rate is multiplied with in the step that comes after `done`.
double rate(const Schedule& schedule, const Done& done);

// A value that changes once (V3 report, section 4.2: the MTP weight is 0.3 for the first 10T of 14.8T tokens, then 0.1;
// the bias update speed 0.001 for the first 14.3T, then 0).
struct TwoPhase {
  double first = 0, then = 0, change_at = 1;
  double at(double share) const { return share < change_at ? first : then; }
};

}  // namespace octet::train
