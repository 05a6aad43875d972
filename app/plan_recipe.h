#pragma once
#include <string>

#include "app/plan.h"

namespace octet::app {

// `octet plan train --recipe FILE`: octet's own trainer on this machine. `peak` in FLOP/s, 0: measured now, in float32.
struct RecipeFlags {
  std::string recipe;
  double peak = 0, share = 0;  // share 0: the recipe's
};
int plan_recipe(const RecipeFlags& flags, const PlanOutput& output);

}  // namespace octet::app
