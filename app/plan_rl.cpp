// octet plan rl: what reinforcement learning of a model takes, a round and a run.
#include "app/plan.h"
#include "octet/base/json.h"
#include "octet/base/units.h"
#include "octet/plan/rl/rl.h"

namespace octet::app {

namespace plan_rl_command {

struct Flags {
  std::string model, gpu, fleet, rollout_layout = "ep=32", train_layout, schedule, precision = "fp8", answers = "8192",
                                 prompt = "512", mean = "8192", most = "32768", rounds = "1";
  int64_t gpus = 0, updates = 16, redundant_experts = 0;
  double spread = 0.8, price = 2, reward = 10, forwards = 2;
  PlanOutput output;
};

plan::RlPlan plan_of(const Flags& flags) {
  plan::RlPlan p;
  p.model = flags.model;
  p.config = arch::config_of(flags.model, home());
  if (!flags.fleet.empty()) {
    if (!flags.gpu.empty() || flags.gpus) refuse("--fleet stands in place of --gpu and --gpus", "give one of them");
    p.fleet = plan::read_fleet(flags.fleet);
  } else {
    if (flags.gpu.empty() || flags.gpus < 1 || flags.gpus > 10'000'000)
      refuse("the machines are missing", "give --gpu NAME --gpus N, or --fleet h800x512");
    p.fleet = plan::fleet_of(plan::gpu(flags.gpu), flags.gpus);
  }
  plan::Layout rollout = plan::parse_layout(flags.rollout_layout, "--rollout-layout");
  if (rollout.pp > 1 || rollout.vp > 1 || rollout.cp > 1)
    refuse("--rollout-layout: knows tp and ep only", "write tp=1,ep=32");
  p.serve_tp = rollout.tp, p.serve_ep = rollout.ep, p.redundant_experts = flags.redundant_experts;
  p.train_layout = plan::parse_layout(flags.train_layout, "--train-layout");
  p.schedule = flags.schedule;
  if (flags.precision != "fp8" && flags.precision != "bf16")
    refuse(fmt::format("--precision: expected fp8 or bf16, found '{}'", printable(flags.precision)));
  p.precision = flags.precision == "fp8" ? plan::Precision::fp8 : plan::Precision::bf16;
  p.answers = parse_count(flags.answers, "--answers");
  p.prompt = parse_count(flags.prompt, "--prompt");
  p.mean_length = parse_count(flags.mean, "--mean-length"), p.max_length = parse_count(flags.most, "--max-length");
  p.rounds = parse_count(flags.rounds, "--rounds");
  p.updates = flags.updates, p.spread = flags.spread, p.price = flags.price, p.reward_seconds = flags.reward,
  p.extra_forwards = flags.forwards;
  return p;
}

Action setup_plan_rl(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("MODEL", flags->model, "a preset, a folder or a config.json")->required();
  command.add_option("--gpu", flags->gpu, "which GPU, such as h800");
  command.add_option("--gpus", flags->gpus, "how many");
  command.add_option("--fleet", flags->fleet, "both at once, h800x512, or a TOML file");
  command.add_option("--answers", flags->answers, "answers written a round")->capture_default_str();
  command.add_option("--updates", flags->updates, "updates a round")->capture_default_str();
  command.add_option("--rounds", flags->rounds, "rounds of the run")->capture_default_str();
  command.add_option("--prompt", flags->prompt, "tokens of a prompt")->capture_default_str();
  command.add_option("--mean-length", flags->mean, "tokens of a mean answer")->capture_default_str();
  command.add_option("--max-length", flags->most, "tokens at which an answer is cut")->capture_default_str();
  command.add_option("--length-spread", flags->spread, "sigma of the answers' log length")->capture_default_str();
  command.add_option("--rollout-layout", flags->rollout_layout, "of writing: tp=1,ep=32")->capture_default_str();
  command.add_option("--redundant-experts", flags->redundant_experts, "expert copies while writing")
      ->capture_default_str();
  command.add_option("--train-layout", flags->train_layout, "of learning: pp=16,ep=32");
  command.add_option("--schedule", flags->schedule, "of learning: 1f1b, zb1p, dualpipe, dualpipev");
  command.add_option("--precision", flags->precision, "fp8 or bf16")->capture_default_str();
  command.add_option("--extra-forwards", flags->forwards, "forward passes besides training: old and reference policy")
      ->capture_default_str();
  command.add_option("--reward-seconds", flags->reward, "a round's checking of answers that nothing hides")
      ->capture_default_str();
  command.add_option("--price", flags->price, "dollars a GPU hour")->capture_default_str();
  flags->output.add_to(command);
  command.footer(
      "Exit: 0; 3 it does not fit in memory.\nExample:\n"
      "  octet plan rl deepseek-v3 --fleet h800x512 --rounds 650 --rollout-layout ep=32 --train-layout pp=16,ep=32 "
      "--schedule dualpipe");
  return [flags] {
    plan::RlPrediction prediction = plan::predict_rl(plan_of(*flags));
    flags->output.print(plan::report(prediction), plan::to_json(prediction), plan::explain(prediction),
                        [&] { return plan::to_html(prediction); });
    return prediction.fits ? 0 : does_not_fit;
  };
}

static PlanRegistration rl("rl", "What reinforcement learning takes: writing answers, learning from them",
                           setup_plan_rl);

}  // namespace plan_rl_command
}  // namespace octet::app
