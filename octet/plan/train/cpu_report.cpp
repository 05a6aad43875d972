// A recipe's price as JSON, text, explained lines and a page.
#include "octet/base/units.h"
#include "octet/plan/page.h"
#include "octet/plan/train/cpu.h"

namespace octet::plan {

Json to_json(const CpuPlan& plan, const CpuPrediction& p) {
  Json out = {{"recipe", plan.name},     {"tokens", p.tokens},
              {"seconds", p.seconds},    {"tokens_per_second", p.tokens_per_second},
              {"dollars", p.dollars},    {"flops_per_token", p.flops_per_token},
              {"peak_flops", plan.peak}, {"peak_from", plan.peak_from},
              {"share", plan.share},     {"memory_bytes", p.memory_bytes}};
  out["interval"] = {
      {"tokens_per_second", {{"low", p.tokens_per_second_range.low}, {"high", p.tokens_per_second_range.high}}}};
  out["interval_from"] = fmt::format("the share of the peak: sigma of its log {:g}, an assumption", plan.share_sigma);
  return out;
}

std::vector<Explained> explain(const CpuPlan& plan, const CpuPrediction& p) {
  std::string expected = "the recipe's cost.expected_share, or --share";
  return {{"flops_per_token", format_flops(p.flops_per_token),
           fmt::format("training, causal, sequences of {}, MTP included", plan.seq), "octet/arch/inventory.h"},
          {"peak", fmt::format("{:.1f} GFLOP/s", plan.peak / 1e9), "large products on all threads", plan.peak_from},
          {"share", fmt::format("{:.1f} %", 100 * plan.share), "of the peak, that a training step reaches", expected},
          {"tokens_per_second", fmt::format("{:.1f}", p.tokens_per_second), "peak x share / FLOPs a token",
           "octet/plan/train/cpu.cpp"},
          {"tokens", format_count(p.tokens), "the recipe's tokens or steps, or tokens a second x its minutes",
           "the recipe's schedule"},
          {"seconds", fmt::format("{:.0f}", p.seconds), "tokens / tokens a second, or the recipe's minutes",
           "the recipe's schedule"},
          {"dollars", fmt::format("{:.4f}", p.dollars), fmt::format("hours x ${:g}", plan.dollars_per_hour),
           "the recipe's cost.dollars_per_hour"},
          {"memory", format_bytes(p.memory_bytes), "16 bytes a parameter: weights, gradients, two moments, in float32",
           "octet/train"},
          {"80 % interval of tokens a second",
           fmt::format("{:.0f} to {:.0f}", p.tokens_per_second_range.low, p.tokens_per_second_range.high),
           fmt::format("log-normal, sigma {:g} of the share", plan.share_sigma), "an assumption"}};
}

std::string report(const CpuPlan& plan, const CpuPrediction& p) {
  std::string out = fmt::format("{} on {}\n", plan.name, plan.machine);
  auto row = [&](const char* what, const std::string& value, const std::string& more) {
    out += fmt::format("  {:<20} {:>12}{}{}\n", what, value, more.empty() ? "" : "   ", more);
  };
  row("FLOPs a token", format_flops(p.flops_per_token),
      fmt::format("{:.0f} % of {:.1f} GFLOP/s ({})", 100 * plan.share, plan.peak / 1e9, plan.peak_from));
  row("tokens a second", fmt::format("{:.0f}", p.tokens_per_second),
      fmt::format("80 %: {:.0f} to {:.0f}", p.tokens_per_second_range.low, p.tokens_per_second_range.high));
  row("tokens", format_count(p.tokens), "");
  row("time", format_duration(p.seconds), "");
  row("cost", fmt::format("${:.4f}", p.dollars), fmt::format("at ${:g} an hour", plan.dollars_per_hour));
  row("memory at least", format_bytes(p.memory_bytes), "weights, gradients, moments");
  return out;
}

std::string to_html(const CpuPlan& plan, const CpuPrediction& p) {
  Page page(plan.name, "On " + plan.machine);
  page.table("", {},
             {{"Tokens a second", fmt::format("{:.0f}", p.tokens_per_second),
               fmt::format("80 %: {:.0f} to {:.0f}", p.tokens_per_second_range.low, p.tokens_per_second_range.high)},
              {"Tokens", format_count(p.tokens), fmt::format("{} each", format_flops(p.flops_per_token))},
              {"Time", format_duration(p.seconds), ""},
              {"Cost", fmt::format("${:.4f}", p.dollars), fmt::format("at ${:g} an hour", plan.dollars_per_hour)},
              {"Memory at least", format_bytes(p.memory_bytes), "weights, gradients, moments"}});
  double each = p.memory_bytes / 4;
  page.bar("Memory", {{"weights", each}, {"gradients", each}, {"first moments", each}, {"second moments", each}}, "MiB",
           1024.0 * 1024);
  page.explained(explain(plan, p));
  return page.html();
}

}  // namespace octet::plan
