// What to change when a plan does not fit in memory.
#pragma once
#include <string>

#include "octet/plan/train/predict.h"

namespace octet::plan {

// The change of one thing (recomputation, micro-batch, one degree doubled) that fits and costs the least time, in
// words; or the one that comes closest.
std::string cheapest_remedy(const Predictor& predictor, const Prediction& prediction);

}  // namespace octet::plan
