// A round of reinforcement learning as JSON, text, explained lines and a page.
#include <cmath>

#include "octet/base/units.h"
#include "octet/plan/rl/rl.h"

namespace octet::plan {

Json to_json(const RlPrediction& p) {
  double round = p.round(), scale = p.gpu_hours / round;
  auto ends = [](double low, double high) { return Json{{"low", low}, {"high", high}}; };
  return {
      {"model", p.plan.model},
      {"gpu", p.plan.fleet.gpu.name},
      {"gpus", p.plan.fleet.gpus},
      {"round_seconds", round},
      {"rollout_seconds", p.rollout},
      {"learning_seconds", p.learning},
      {"refresh_seconds", p.refresh},
      {"reward_seconds", p.reward},
      {"rollout_share", p.rollout / round},
      {"training_share", p.learning / round},
      {"tail_share", p.tail / round},
      {"tokens_per_round", p.tokens},
      {"mean_length", p.tokens / p.plan.answers},
      {"longest", p.longest},
      {"rollout_batch_per_gpu", p.rollout_batch},
      {"gpu_hours", p.gpu_hours},
      {"dollars", p.dollars},
      {"dollars_per_update", p.dollars_per_update},
      {"dollars_per_round", p.dollars / p.plan.rounds},
      {"memory_gib_per_gpu", std::max(p.rollout_memory, p.train_memory) / gib},
      {"rollout_memory_gib_per_gpu", p.rollout_memory / gib},
      {"training_memory_gib_per_gpu", p.train_memory / gib},
      {"fits", p.fits},
      {"interval",
       {{"round_seconds", ends(p.round_interval.low, p.round_interval.high)},
        {"gpu_hours", ends(p.round_interval.low * scale, p.round_interval.high * scale)},
        {"dollars", ends(p.round_interval.low * scale * p.plan.price, p.round_interval.high * scale * p.plan.price)}}},
      {"interval_from", p.from}};
}

std::string report(const RlPrediction& p) {
  double round = p.round();
  std::string out = fmt::format("{} on {} {}: rounds of {} answers, {} updates each\n", p.plan.model, p.plan.fleet.gpus,
                                p.plan.fleet.gpu.name, format_count(p.plan.answers), p.plan.updates);
  auto row = [&](const char* what, double seconds, const std::string& more) {
    out += fmt::format("  {:<9} {:>8.1f} s {:>4.0f} %  {}\n", what, seconds, seconds / round * 100, more);
  };
  row("rollout", p.rollout,
      fmt::format("{} tokens, {:.0f} a mean answer, {:.0f} the longest; {:.0f} % of it after nine of ten have ended",
                  format_count(p.tokens), p.tokens / p.plan.answers, p.longest, p.tail / p.rollout * 100));
  row("learning", p.learning, fmt::format("{} updates and {:g} forward passes", p.plan.updates, p.plan.extra_forwards));
  row("refresh", p.refresh, "weights into the inference groups");
  row("reward", p.reward, "checking answers, beyond what overlaps");
  out +=
      fmt::format("  a round {} (80 %: {} to {}), an update ${:.2f}\n", format_duration(round),
                  format_duration(p.round_interval.low), format_duration(p.round_interval.high), p.dollars_per_update);
  out += fmt::format("  the run of {:g} rounds: {} GPU hours, ${}\n", p.plan.rounds, format_count(p.gpu_hours),
                     format_thousands(std::llround(p.dollars)));
  out += fmt::format("  memory a GPU: rollout {:.1f} GiB, learning {:.1f} GiB of {:.1f}{}\n", p.rollout_memory / gib,
                     p.train_memory / gib, p.plan.fleet.gpu.hbm_usable / gib, p.fits ? "" : "  DOES NOT FIT");
  return out;
}

std::vector<Explained> explain(const RlPrediction& p) {
  const std::string file = "octet/plan/rl/rl.h";
  double group = static_cast<double>(std::max(p.plan.serve_ep, p.plan.serve_tp));
  auto seconds = [](double value) { return fmt::format("{:.2f} s", value); };
  return {
      {"lengths of answers", fmt::format("{:.0f} tokens a mean answer", p.tokens / p.plan.answers),
       fmt::format("lognormal, mean {:.0f}, sigma of the log {:g}, cut at {:.0f}", p.plan.mean_length, p.plan.spread,
                   p.plan.max_length),
       "assumed: --mean-length, --length-spread, --max-length"},
      {"longest answer", fmt::format("{:.0f} tokens", p.longest), "what one answer of the round exceeds", file},
      {"rollout", seconds(p.rollout),
       fmt::format(
           "the decoding step at the batch and context then alive, over {} stretches of token positions; {:.2f} "
           "answers a GPU at the start",
           rollout_stretches, p.rollout_batch),
       "octet/plan/serve/step.h"},
      {"its long tail", seconds(p.tail), "of it, after nine answers of ten have ended", file},
      {"learning", seconds(p.learning),
       fmt::format("training step x {} updates x (1 + {:g} forward passes / 3)", p.plan.updates, p.plan.extra_forwards),
       "octet/plan/train/predict.h"},
      {"refresh", seconds(p.refresh),
       fmt::format("the weights' bytes / {:.0f} GPUs of an inference group / (network port x share)", group), file},
      {"reward", seconds(p.reward), "checking answers, beyond what overlaps", "assumed: --reward-seconds"},
      {"a round", seconds(p.round()), "rollout + learning + refresh + reward", file},
      {"GPU hours", fmt::format("{:.1f}", p.gpu_hours),
       fmt::format("round x {:g} rounds x {} GPUs / 3600", p.plan.rounds, p.plan.fleet.gpus), file},
      {"dollars", fmt::format("{:.2f}", p.dollars), fmt::format("GPU hours x ${:g}", p.plan.price), "--price"},
      {"dollars an update", fmt::format("{:.2f}", p.dollars_per_update), "dollars / rounds / updates", file},
      {"memory of a GPU, rollout", fmt::format("{:.2f} GiB", p.rollout_memory / gib), "weights, cache, activations",
       "octet/plan/serve/memory.cpp"},
      {"memory of a GPU, learning", fmt::format("{:.2f} GiB", p.train_memory / gib), "of the fullest pipeline rank",
       "octet/plan/train/memory.h"},
      {"80 % interval of a round", fmt::format("{:.0f} to {:.0f} s", p.round_interval.low, p.round_interval.high),
       p.from, "octet/plan/rl/rl.cpp"}};
}

std::string to_html(const RlPrediction& p) {
  const RlPlan& plan = p.plan;
  Page page(fmt::format("Reinforcement learning of {} on {} {}", plan.model, plan.fleet.gpus, plan.fleet.gpu.name),
            fmt::format("Rounds of {} answers, {} updates each, {:g} rounds.", format_count(plan.answers), plan.updates,
                        plan.rounds));
  page.table(
      "", {},
      {{"A round", format_duration(p.round()),
        fmt::format("80 %: {} to {}", format_duration(p.round_interval.low), format_duration(p.round_interval.high))},
       {"An update", fmt::format("${:.2f}", p.dollars_per_update), fmt::format("at ${:g} a GPU hour", plan.price)},
       {"The run", fmt::format("{} GPU hours", format_count(p.gpu_hours)),
        fmt::format("${}", format_thousands(std::llround(p.dollars)))},
       {"Tokens a round", format_count(p.tokens),
        fmt::format("{:.0f} a mean answer, {:.0f} the longest", p.tokens / plan.answers, p.longest)},
       {"Memory a GPU", fmt::format("{:.1f} GiB writing", p.rollout_memory / gib),
        fmt::format("{:.1f} GiB learning, of {:.1f} usable; {}", p.train_memory / gib, plan.fleet.gpu.hbm_usable / gib,
                    p.fits ? "fits" : "does not fit")}});
  page.bar("A round",
           {{"rollout, most answers at work", p.rollout - p.tail},
            {"rollout, the last tenth of the answers", p.tail},
            {"learning", p.learning},
            {"refresh", p.refresh},
            {"reward", p.reward}},
           "s", 1);
  Series alive{"answers still being written", {}};
  constexpr int shown = 64;
  for (int i = 0; i < shown; ++i) alive.values.push_back(100 * longer_than(plan, p.longest * (i + 0.5) / shown));
  page.columns("The long tail", {alive}, "%",
               fmt::format("Share of the answers longer than a number of tokens, from 0 to {:.0f}.", p.longest));
  page.explained(explain(p));
  return page.html();
}

}  // namespace octet::plan
