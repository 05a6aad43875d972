#include "app/plan_flags.h"

#include "app/command.h"
#include "app/plan.h"
#include "octet/base/units.h"

namespace octet::app {

namespace {

template <class Value>
Value one_of(const char* flag, const std::string& text, std::initializer_list<Value> values) {
  std::vector<std::string> known;
  for (Value value : values) {
    if (text == name(value)) return value;
    known.push_back(name(value));
  }
  refuse(fmt::format("{}: unknown value '{}'", flag, printable(text)), unknown_name_hint(text, known));
}

}  // namespace

plan::Fleet fleet_of(const PlanFlags& flags) {
  if (!flags.fleet.empty()) {
    if (!flags.gpu.empty() || flags.gpus) refuse("--fleet stands in place of --gpu and --gpus", "give one of them");
    return plan::read_fleet(flags.fleet);
  }
  if (flags.gpu.empty() || flags.gpus == 0)
    refuse("the machines are missing", "give --gpu NAME --gpus N, or --fleet h800x2048");
  if (flags.gpus < 1 || flags.gpus > 10'000'000)
    refuse(fmt::format("--gpus: expected from 1 to 10000000, found {}", flags.gpus));
  return plan::fleet_of(plan::gpu(flags.gpu), flags.gpus);
}

double run_tokens(const std::string& text) {
  double tokens = parse_count(text, "--tokens");
  if (!(tokens >= 1)) refuse(fmt::format("--tokens: expected one token or more, found '{}'", printable(text)));
  return tokens;
}

plan::TrainPlan unfinished_plan_of(const PlanFlags& flags) {
  using plan::Precision, plan::Recompute;
  if (flags.model.empty())
    refuse("MODEL is missing", "name a preset, a folder or a config.json, for example deepseek-v3");
  plan::TrainPlan out;
  out.model = flags.model;
  out.config = arch::config_of(flags.model, home());
  out.fleet = fleet_of(flags);
  out.layout = plan::parse_layout(flags.layout);
  if (!flags.batch) refuse("--batch is missing", "give the sequences of a step, all GPUs together");
  if (!flags.seq) refuse("--seq is missing", "give the tokens of a sequence");
  out.batch = flags.batch, out.seq = flags.seq, out.micro_batch = flags.micro_batch;
  out.schedule = flags.schedule;
  out.precision = one_of("--precision", flags.precision, {Precision::bf16, Precision::fp8});
  out.recompute = one_of("--recompute", flags.recompute,
                         {Recompute::automatic, Recompute::none, Recompute::selective, Recompute::full});
  out.mtp = flags.mtp;
  out.price = flags.price, out.expert_imbalance = flags.expert_imbalance;
  if (!flags.tokens.empty() && flags.steps) refuse("--tokens and --steps say the same thing", "give one of them");
  if (!flags.tokens.empty()) out.tokens = run_tokens(flags.tokens);
  if (flags.steps && *flags.steps < 1) refuse(fmt::format("--steps: expected from 1, found {}", *flags.steps));
  if (flags.steps)
    out.tokens = static_cast<double>(*flags.steps) * static_cast<double>(flags.batch) * static_cast<double>(flags.seq);
  return out;
}

plan::TrainPlan plan_of(const PlanFlags& flags) { return plan::complete(unfinished_plan_of(flags)); }

void add_plan_flags(CLI::App& command, PlanFlags& flags) {
  command.add_option("MODEL", flags.model, "preset, folder or config.json");
  command.add_option("--gpu", flags.gpu, "h800, h100, h200, h20, b200, b300, gb200, gb300, a100");
  command.add_option("--gpus", flags.gpus, "how many");
  command.add_option("--fleet", flags.fleet, "h800x2048 or a TOML file, in place of --gpu and --gpus");
  command.add_option("--layout", flags.layout, "tp=1,pp=16,vp=1,ep=64,cp=1; what is left out is 1, dp follows");
  command.add_option("--batch", flags.batch, "sequences a step, all GPUs together");
  command.add_option("--seq", flags.seq, "tokens a sequence");
  command.add_option("--micro-batch", flags.micro_batch, "sequences a micro-batch")->capture_default_str();
  command.add_option("--schedule", flags.schedule,
                     "1f1b (default), interleaved (if vp > 1), zb1p, dualpipe, dualpipev");
  command.add_option("--precision", flags.precision, "bf16 or fp8")->capture_default_str();
  command.add_option("--recompute", flags.recompute, "auto, none, selective or full")->capture_default_str();
  command.add_option("--mtp", flags.mtp, "MTP modules trained (default: the config's)")->check(CLI::Range(0, 1000));
  command
      .add_option("--expert-imbalance", flags.expert_imbalance,
                  "tokens of the busiest expert-parallel rank over the mean")
      ->capture_default_str();
  command.add_option("--tokens", flags.tokens, "of the run: 14.8T, or an integer");
  command.add_option("--steps", flags.steps, "of the run, in place of --tokens");
  command.add_option("--price", flags.price, "dollars a GPU hour")->capture_default_str();
}

}  // namespace octet::app
