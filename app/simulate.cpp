// octet simulate: one training step of a whole fleet in detail, or one exchange of tokens between experts.
#include "octet/plan/simulate/simulate.h"

#include "app/command.h"
#include "app/explained_output.h"
#include "app/plan.h"
#include "app/plan_flags.h"
#include "octet/base/cpu.h"
#include "octet/base/file.h"
#include "octet/base/units.h"
#include "octet/plan/simulate/exchange.h"

namespace octet::app {

namespace simulate_command {

struct Flags {
  PlanFlags plan;
  std::string trace, exchange;
  std::vector<std::string> slow;
  double jitter = 0.01, expert_jitter = 0.1, popularity = 0;
  int64_t tokens_a_rank = 128;
  uint64_t seed = 0;
  int threads = 0;
  ExplainedOutput output;
};

plan::SlowGpu parse_slow(const std::string& text) {
  try {
    size_t colon = text.find(':'), used = 0, more = 0;
    if (colon == std::string::npos) throw std::invalid_argument(text);
    plan::SlowGpu out{std::stoll(text.substr(0, colon), &used), std::stod(text.substr(colon + 1), &more)};
    if (used != colon || more != text.size() - colon - 1) throw std::invalid_argument(text);
    return out;
  } catch (const std::exception&) {
    throw Error(ErrorKind::usage, fmt::format("--slow: expected GPU:FACTOR, found '{}'", printable(text)),
                "write for example 17:1.2");
  }
}

std::string to_text(const char* label, const plan::ExchangeOutcome& out) {
  return fmt::format("  {:<16} {:8.1f} us, the slowest rank {:.1f}; {} sent\n", label, out.mean_seconds * 1e6,
                     out.seconds * 1e6, format_bytes(out.sent()));
}

int run_exchange(const Flags& flags) {
  plan::TrainPlan plan = plan_of(flags.plan);
  const arch::Experts* experts = nullptr;
  for (const auto& layer : plan.config.layers)
    if (const auto* found = std::get_if<arch::Experts>(&layer.ffn)) experts = found;
  if (!experts) throw Error(ErrorKind::usage, fmt::format("--exchange: {} has no experts", plan.model));
  bool latency = flags.exchange == "latency";
  if (!latency && flags.exchange != "throughput")
    throw Error(ErrorKind::usage,
                fmt::format("--exchange: expected latency or throughput, found '{}'", printable(flags.exchange)));
  if (flags.tokens_a_rank < 1 || flags.tokens_a_rank > 10'000'000)
    throw Error(ErrorKind::usage,
                fmt::format("--tokens-a-rank: expected from 1 to 10000000, found {}", flags.tokens_a_rank));
  double hidden = static_cast<double>(plan.config.hidden);
  plan::ExchangeQuery query{
      .fleet = plan.fleet,
      .routes = {experts->n_routed, experts->top_k, experts->routing.n_group, experts->routing.topk_group},
      .ranks = plan.layout.ep,
      .tokens = flags.tokens_a_rank,
      .bytes = hidden * (1 + 4.0 / 128),
      .kernel = latency ? plan::Kernel::latency : plan::Kernel::throughput,
      .popularity = flags.popularity,
      .seed = flags.seed};
  auto dispatch = plan::simulate_exchange(query);
  query.bytes = 2 * hidden;
  auto combine = plan::simulate_exchange(query);
  Json object = {{"ep", plan.layout.ep},
                 {"tokens_a_rank", flags.tokens_a_rank},
                 {"dispatch_us", dispatch.mean_seconds * 1e6},
                 {"combine_us", combine.mean_seconds * 1e6},
                 {"dispatch_us_slowest", dispatch.seconds * 1e6},
                 {"combine_us_slowest", combine.seconds * 1e6},
                 {"imbalance", dispatch.imbalance},
                 {"dispatch_bytes_sent", dispatch.sent()},
                 {"dispatch_bytes_received", dispatch.received()},
                 {"combine_bytes_sent", combine.sent()},
                 {"combine_bytes_received", combine.received()}};
  std::string text = fmt::format("EP{} on {}, {} tokens a rank, kernels for {}\n", plan.layout.ep, plan.fleet.gpu.name,
                                 flags.tokens_a_rank, flags.exchange);
  text += to_text("dispatch (FP8)", dispatch) + to_text("combine (bf16)", combine);
  text += fmt::format("  busiest rank computes {:.2f} times the mean\n", dispatch.imbalance);
  flags.output.print(text, std::move(object), plan::explain(query, dispatch, combine));
  return 0;
}

std::string to_text(const plan::Scenario& scenario, const plan::Simulated& s, const plan::RunOutcome& run,
                    double interval) {
  std::string text =
      fmt::format("{} on {} x {}, {}, {}\n", scenario.plan.model, scenario.plan.fleet.gpus,
                  scenario.plan.fleet.gpu.name, plan::to_string(scenario.plan.layout), scenario.plan.schedule);
  text += fmt::format("  step           {:>10.3f} s    planned with equal GPUs and experts: {:.3f} s\n", s.step_seconds,
                      s.planned_seconds);
  text += fmt::format("  waiting        {:>10.1f} %    of all GPU time\n", 100 * s.waiting);
  text += fmt::format("  slowest GPU    {:>10.3f}      times the usual time\n", s.slowest_gpu);
  text += fmt::format("  expert load    {:>10.3f}      of the busiest rank over the mean\n", s.mean_expert_load);
  text += fmt::format("  pipeline bytes {:>10}      sent, {} received\n", format_bytes(s.bytes_sent),
                      format_bytes(s.bytes_received));
  text += fmt::format("  {} operations in {} units\n", format_thousands(s.operations), s.units.size());
  text += fmt::format("  run            {:>10}      {} failures, {} checkpoints (every {}), goodput {:.2f} %\n",
                      format_duration(run.seconds), run.failures, run.checkpoints, format_duration(interval),
                      100 * run.goodput());
  return text;
}

int run(const Flags& flags) {
  if (!flags.exchange.empty()) return run_exchange(flags);
  plan::Scenario scenario;
  scenario.plan = plan_of(flags.plan);
  scenario.seed = flags.seed;
  if (!(flags.jitter >= 0 && flags.jitter < 10) || !(flags.expert_jitter >= 0 && flags.expert_jitter < 10))
    throw Error(ErrorKind::usage, "--jitter and --expert-jitter: expected a number from 0 to 10");
  scenario.jitter = flags.jitter, scenario.expert_jitter = flags.expert_jitter;
  for (const auto& text : flags.slow) scenario.slow.push_back(parse_slow(text));
  scenario.threads = flags.threads > 0 ? flags.threads : available_threads();
  auto simulated = plan::simulate(scenario, flags.trace.empty() ? plan::Trace::no : plan::Trace::yes);
  plan::Prediction planned =
      plan::Predictor(scenario.plan.config, scenario.plan.mtp)(scenario.plan, plan::Predictor::Spread::no);
  double interval = planned.goodput.checkpoint_interval;
  auto outcome = plan::simulate_run(scenario.plan.fleet, simulated.step_seconds, planned.steps, interval, flags.seed);
  if (!flags.trace.empty()) replace_file(flags.trace, plan::chrome_trace(simulated, scenario));
  Json out = {{"fits", planned.fits},
              {"step_seconds", simulated.step_seconds},
              {"planned_seconds", simulated.planned_seconds},
              {"optimizer_seconds", simulated.optimizer_seconds},
              {"waiting", simulated.waiting},
              {"slowest_gpu", simulated.slowest_gpu},
              {"expert_load", simulated.mean_expert_load},
              {"operations", simulated.operations},
              {"units", simulated.units.size()},
              {"bytes_sent", simulated.bytes_sent},
              {"bytes_received", simulated.bytes_received}};
  out["run"] = {{"seconds", outcome.seconds},           {"goodput", outcome.goodput()},
                {"failures", outcome.failures},         {"checkpoints", outcome.checkpoints},
                {"lost_seconds", outcome.lost_seconds}, {"checkpoint_interval_seconds", interval}};
  std::string text = to_text(scenario, simulated, outcome, interval);
  if (!planned.fits)
    text += fmt::format("  this plan DOES NOT FIT: {:.1f} GiB of {:.1f} a GPU; octet plan train says what would\n",
                        planned.memory.total() / 0x1p30, planned.plan.fleet.gpu.hbm_usable / 0x1p30);
  flags.output.print(text, std::move(out), plan::explain(scenario, simulated, outcome, interval));
  return planned.fits ? 0 : does_not_fit;
}

static Registration command(
    planning, "simulate", "A training step of a whole fleet, event by event", [](CLI::App& command) {
      auto flags = std::make_shared<Flags>();
      add_plan_flags(command, flags->plan);
      command.add_option("--seed", flags->seed, "of every draw")->capture_default_str();
      command
          .add_option("--jitter", flags->jitter, "how unequal GPUs are: standard deviation of the log of their speed")
          ->capture_default_str();
      command.add_option("--slow", flags->slow,
                         "GPU:FACTOR, a GPU that takes FACTOR times as long; may be given often");
      command
          .add_option("--expert-jitter", flags->expert_jitter, "standard deviation of an expert's load over its mean")
          ->capture_default_str();
      command.add_option("--trace", flags->trace, "write the first pipeline's step as a Chrome trace");
      command.add_option("--exchange", flags->exchange,
                         "latency or throughput: one dispatch and combine over ep ranks instead of a step");
      command.add_option("--tokens-a-rank", flags->tokens_a_rank, "of the exchange")->capture_default_str();
      command
          .add_option("--popularity", flags->popularity,
                      "standard deviation of the log of an expert's popularity, in the exchange")
          ->check(CLI::Range(0.0, 100.0))
          ->capture_default_str();
      command.add_option("--threads", flags->threads, "default: the cores that there are")->check(CLI::Range(1, 4096));
      flags->output.add_to(command);
      command.footer(
          "Example:\n  octet simulate deepseek-v3 --fleet h800x2048 --layout pp=16,ep=64 --batch 15360 --seq 4096 \\\n"
          "    --schedule dualpipe --precision fp8 --slow 17:1.2 --trace step.json\n"
          "  octet simulate deepseek-v3 --fleet h800x64 --layout ep=64 --batch 64 --seq 4096 --exchange latency");
      return [flags] { return run(*flags); };
    });

}  // namespace simulate_command
}  // namespace octet::app
