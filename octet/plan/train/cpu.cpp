#include "octet/plan/train/cpu.h"

#include <cmath>

#include "octet/arch/inventory.h"

namespace octet::plan {

CpuPrediction predict_cpu_training(const CpuPlan& plan) {
  if (!(plan.peak > 0) || !(plan.share > 0 && plan.share <= 1))
    throw Error(ErrorKind::usage,
                fmt::format("a run is priced from a peak above 0 and a share of it up to 1, found {:g} and {:g}",
                            plan.peak, plan.share));
  if ((plan.tokens > 0) == (plan.seconds > 0))
    throw Error(ErrorKind::usage, "a run is priced from its tokens or its seconds", "give one of them");
  arch::Summary summary = arch::summarise(plan.config, plan.seq);
  CpuPrediction out;
  out.flops_per_token = summary.training_flops_per_token_mtp;
  out.tokens_per_second = plan.peak * plan.share / out.flops_per_token;
  out.tokens = plan.tokens > 0 ? plan.tokens : plan.seconds * out.tokens_per_second;
  out.seconds = plan.seconds > 0 ? plan.seconds : plan.tokens / out.tokens_per_second;
  out.dollars = out.seconds / 3600 * plan.dollars_per_hour;
  out.memory_bytes = 16.0 * static_cast<double>(summary.parameters + summary.mtp_parameters);
  double factor = std::exp(1.2816 * plan.share_sigma);
  out.tokens_per_second_range = {out.tokens_per_second / factor, out.tokens_per_second * factor};
  return out;
}

CpuPlan read_recipe(const Json& recipe, const std::string& where, const std::string& home) {
  Fields file(recipe, where);
  CpuPlan out;
  Fields model = file.object("model");
  std::string preset = model.string_or("preset", ""), config = model.string_or("config", "");
  if (preset.empty() == config.empty()) model.fail("preset", "a preset's name, or config with a path");
  out.config = arch::config_of(preset.empty() ? config : preset, home);
  int64_t step_tokens = 16384;
  if (auto batch = file.object_or_none("batch")) {
    out.seq = batch->integer_or("sequence_length", 1, 10'000'000, out.seq);
    step_tokens = batch->integer_or("tokens", 1, 1'000'000'000, step_tokens);
  }
  Fields schedule = file.object("schedule");
  double minutes = schedule.number_or("minutes", 0, 1e9, 0), tokens = schedule.number_or("tokens", 0, 1e18, 0);
  double steps = schedule.number_or("steps", 0, 1e12, 0);
  if ((minutes > 0) + (tokens > 0) + (steps > 0) != 1) schedule.fail("minutes", "one of minutes, tokens and steps");
  out.seconds = minutes * 60;
  out.tokens = tokens > 0 ? tokens : steps * static_cast<double>(step_tokens);
  if (auto cost = file.object_or_none("cost")) {
    out.share = cost->number_or("expected_share", 1e-4, 1, out.share);
    out.dollars_per_hour = cost->number_or("dollars_per_hour", 0, 1e6, out.dollars_per_hour);
  }
  return out;
}

}  // namespace octet::plan
