#include "app/plan_recipe.h"

#include "app/matrix_peak.h"
#include "octet/base/cpu.h"
#include "octet/base/units.h"
#include "octet/plan/train/cpu.h"

namespace octet::app {

int plan_recipe(const RecipeFlags& flags, const PlanOutput& output) {
  auto plan = plan::read_recipe(read_toml(flags.recipe), flags.recipe, home());
  plan.machine = fmt::format("{} ({} threads)", processor_name(), available_threads());
  if (flags.peak < 0)
    throw Error(ErrorKind::usage, fmt::format("--peak: expected FLOP/s above 0, found {}", flags.peak));
  if (flags.share < 0 || flags.share > 1)
    throw Error(ErrorKind::usage, fmt::format("--share: expected a share up to 1, found {}", flags.share));
  bool measured = !(flags.peak > 0);
  plan.peak = measured ? measure_matrix_peak(available_threads()) : flags.peak;
  plan.peak_from = measured ? "measured now, octet's float32 product" : "--peak";
  if (flags.share > 0) plan.share = flags.share;
  plan.name = flags.recipe;
  auto p = plan::predict_cpu_training(plan);
  output.print(plan::report(plan, p), plan::to_json(plan, p), plan::explain(plan, p),
               [&] { return plan::to_html(plan, p); });
  return 0;
}

}  // namespace octet::app
