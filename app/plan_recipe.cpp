#include "app/plan_recipe.h"

#include "app/command.h"
#include "app/matrix_peak.h"
#include "octet/base/cpu.h"
#include "octet/base/units.h"
#include "octet/plan/train/cpu.h"

namespace octet::app {

int plan_recipe(const RecipeFlags& flags) {
  auto plan = plan::read_recipe(read_toml(flags.recipe), flags.recipe, home());
  bool measured = !(flags.peak > 0);
  plan.peak = measured ? measure_matrix_peak(available_threads()) : flags.peak;
  if (flags.share > 0) plan.share = flags.share;
  auto p = plan::predict_cpu_training(plan);
  std::string peak_from = measured ? "measured now, octet's float32 product" : "--peak";
  if (flags.json) {
    Json out = {{"recipe", flags.recipe},  {"tokens", p.tokens},
                {"seconds", p.seconds},    {"tokens_per_second", p.tokens_per_second},
                {"dollars", p.dollars},    {"flops_per_token", p.flops_per_token},
                {"peak_flops", plan.peak}, {"peak_from", peak_from},
                {"share", plan.share},     {"memory_bytes", p.memory_bytes}};
    out["interval"] = {
        {"tokens_per_second", {{"low", p.tokens_per_second_range.low}, {"high", p.tokens_per_second_range.high}}}};
    fmt::print("{}\n", dump(out, 2));
    return 0;
  }
  fmt::print(
      "{} on {} ({} threads)\n  {:<20} {:>12}   {:.0f} % of {:.1f} GFLOP/s ({})\n  {:<20} {:>12}   80 %: {:.0f} to "
      "{:.0f}\n"
      "  {:<20} {:>12}\n  {:<20} {:>12}\n  {:<20} {:>12}   at ${:g} an hour\n  {:<20} {:>12}   weights, gradients, "
      "moments\n",
      flags.recipe, processor_name(), available_threads(), "FLOPs a token", format_flops(p.flops_per_token),
      100 * plan.share, plan.peak / 1e9, peak_from, "tokens a second", fmt::format("{:.0f}", p.tokens_per_second),
      p.tokens_per_second_range.low, p.tokens_per_second_range.high, "tokens", format_count(p.tokens), "time",
      format_duration(p.seconds), "cost", fmt::format("${:.4f}", p.dollars), plan.dollars_per_hour, "memory at least",
      format_bytes(p.memory_bytes));
  return 0;
}

}  // namespace octet::app
