// octet plan serve: one pool's speed and memory, or the nodes and dollars of a day of serving.
#include "app/plan.h"
#include "app/plan_serve_cpu.h"
#include "octet/base/json.h"
#include "octet/base/units.h"
#include "octet/plan/serve/day.h"
#include "octet/plan/serve/predict.h"

namespace octet::app {

namespace plan_serve_command {

struct Flags {
  std::string model, gpu, fleet, machine, role, layout, precision, load, slo, prefill_layout, decode_layout, price;
  int64_t gpus = 0;
  std::optional<int64_t> redundant_experts;
  std::optional<double> mtp_accept, imbalance;
  double batch = 0, cached = 0;
  std::string context;
  CpuFlags cpu;
  PlanOutput output;
};

plan::Fleet fleet_of(const Flags& flags) {
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

plan::Precision precision_of(const Flags& flags, const plan::Gpu& gpu) {
  if (flags.precision.empty()) return gpu.fp8 > 0 ? plan::Precision::fp8 : plan::Precision::bf16;
  if (flags.precision == "fp8") return plan::Precision::fp8;
  if (flags.precision == "bf16") return plan::Precision::bf16;
  refuse(fmt::format("--precision: expected fp8 or bf16, found '{}'", printable(flags.precision)));
}

plan::Layout layout_of(const std::string& text, const char* flag) {
  plan::Layout layout = plan::parse_layout(text, flag);
  if (layout.pp > 1 || layout.vp > 1 || layout.cp > 1)
    refuse(fmt::format("{}: a serving pool knows tp, ep and dp only", flag), "write tp=1,ep=32");
  return layout;
}

double tokens_of(const std::string& text, const char* flag) {
  double n = parse_count(text, flag);
  if (!(n >= 1 && n <= 1e8))
    refuse(fmt::format("{}: expected 1 to 100000000 tokens, found '{}'", flag, printable(text)));
  return n;
}

using Given = std::pair<const char*, bool>;  // a flag, and whether it stands on the command line

void refuse_given(std::initializer_list<Given> flags, const std::string& why, const char* hint) {
  for (auto [flag, given] : flags)
    if (given) refuse(fmt::format("{} {}", flag, why), hint);
}

// What --slo says of one pool: empty if it is met, or if the pool's role has none of it.
std::string missed_by(const Flags& flags, const plan::ServePrediction& p) {
  if (flags.slo.empty()) return "";
  bool decode = p.plan.role == plan::Role::decode;
  plan::Objective objective = plan::parse_objective(flags.slo);
  double limit = decode ? objective.tpot : objective.ttft, found = decode ? p.seconds_per_token : p.seconds_to_first;
  if (found <= limit) return "";
  return fmt::format("{} of {:.1f} ms is more than {:g} ms", decode ? "TPOT" : "TTFT", found * 1e3, limit * 1e3);
}

int run_pool(const Flags& flags) {
  refuse_given({{"--prefill-layout", !flags.prefill_layout.empty()},
                {"--decode-layout", !flags.decode_layout.empty()},
                {"--price", !flags.price.empty()}},
               "belongs to a day of serving", "give --load too, or leave it out");
  plan::ServePlan p;
  p.model = flags.model;
  p.config = arch::config_of(flags.model, home());
  plan::Fleet fleet = fleet_of(flags);
  p.gpu = fleet.gpu, p.gpus = fleet.gpus;
  if (flags.role != "prefill" && flags.role != "decode")
    refuse(flags.role.empty() ? "--role is missing"
                              : fmt::format("--role: expected prefill or decode, found '{}'", printable(flags.role)),
           "give --role prefill or --role decode, or --load for a whole day");
  p.role = flags.role == "prefill" ? plan::Role::prefill : plan::Role::decode;
  plan::Layout layout = layout_of(flags.layout, "--layout");
  p.tp = layout.tp, p.ep = layout.ep;
  if (layout.dp && layout.dp * layout.tp != p.gpus)
    refuse(fmt::format("--layout: dp={} contradicts {} GPUs / tp {}", layout.dp, p.gpus, layout.tp));
  if (flags.batch == 0) refuse("--batch-per-gpu is missing", "give the sequences that one GPU holds");
  if (flags.context.empty())
    refuse("--context is missing", "give the tokens of a prompt (prefill) or held by a sequence (decode)");
  p.batch = flags.batch, p.context = tokens_of(flags.context, "--context"), p.cached = flags.cached;
  p.precision = precision_of(flags, p.gpu);
  p.mtp_accept = flags.mtp_accept;
  p.redundant_experts = flags.redundant_experts.value_or(0);
  p.imbalance = flags.imbalance;
  plan::check_plan(p);
  plan::ServePrediction prediction = plan::predict_serving(plan::ServeModel(p.config), p);
  std::string missed = missed_by(flags, prediction), text = plan::report(prediction);
  Json object = plan::to_json(prediction);
  if (!flags.slo.empty()) object["meets"] = missed.empty();
  if (!missed.empty()) object["missed"] = missed, text += fmt::format("  objective missed: {}\n", missed);
  flags.output.print(text, std::move(object), plan::explain(prediction), [&] { return plan::to_html(prediction); });
  return !prediction.fits ? does_not_fit : missed.empty() ? 0 : objective_missed;
}

// What describes GPUs means nothing where machines are described otherwise.
void refuse_gpu_flags(const Flags& flags, const char* instead) {
  refuse_given({{"--gpu", !flags.gpu.empty()},
                {"--gpus", flags.gpus != 0},
                {"--fleet", !flags.fleet.empty()},
                {"--role", !flags.role.empty()},
                {"--layout", !flags.layout.empty()},
                {"--precision", !flags.precision.empty()},
                {"--prefill-layout", !flags.prefill_layout.empty()},
                {"--decode-layout", !flags.decode_layout.empty()},
                {"--redundant-experts", flags.redundant_experts.has_value()},
                {"--mtp-accept", flags.mtp_accept.has_value()},
                {"--imbalance", flags.imbalance.has_value()},
                {"--cached", flags.cached != 0}},
               fmt::format("describes GPUs, and {} stands in their place", instead), "leave one out");
}

double dollars_of(const std::string& text, double fallback) {
  if (text.empty()) return fallback;
  size_t read = 0;
  double price = 0;
  try {
    price = std::stod(text, &read);
  } catch (const std::exception&) {
  }
  if (read == 0 || read != text.size() || !(price >= 0 && price < 1e9))
    refuse(fmt::format("--price: expected dollars an hour, found '{}'", printable(text)));
  return price;
}

int run_cpu(const Flags& flags) {
  refuse_gpu_flags(flags, "--cpu");
  CpuFlags cpu = flags.cpu;
  cpu.context = flags.context, cpu.batch = flags.batch;
  CpuDay day{flags.load, {}, dollars_of(flags.price, 0.1)};
  if (!flags.slo.empty()) day.objective = plan::parse_objective(flags.slo);
  if (!flags.slo.empty() && flags.load.empty()) refuse("--slo is an objective of a day", "give --load too");
  return plan_serve_cpu(flags.model, cpu, day, flags.output);
}

// The day on machines whose speeds were measured.
int run_machines(const Flags& flags) {
  refuse_gpu_flags(flags, "--machine");
  if (!flags.slo.empty()) refuse("--slo: the speeds that --machine gives are taken as they are", "leave it out");
  if (!flags.price.empty()) refuse("--price: a machine's price stands with its speeds", "write --machine …,price=0.1");
  refuse_given({{"--batch-per-gpu", flags.batch != 0}, {"--context", !flags.context.empty()}},
               "says nothing of a machine of measured speed", "leave it out; the load may have a context");
  arch::config_of(flags.model, home());  // a slip in the name is found here as anywhere
  if (flags.load.empty()) refuse("--load is missing", "give input=608B,output=168B or the like");
  plan::DailyLoad load = plan::read_load(flags.load);
  plan::Machine machine = plan::read_machine(flags.machine);
  plan::MachineDay day = plan::plan_machines(load, machine);
  flags.output.print(plan::report(day, flags.model), plan::to_json(day), plan::explain(day),
                     [&] { return plan::to_html(day, flags.model); });
  return 0;
}

std::optional<int64_t> ep_of(const std::string& text, const char* flag) {
  if (text.empty()) return std::nullopt;
  plan::Layout layout = layout_of(text, flag);
  if (layout.tp > 1 || layout.dp)
    refuse(fmt::format("{}: a day's pools are planned with tp=1, and as many units as the load takes", flag),
           "write ep=32");
  return layout.ep;
}

int run_day(const Flags& flags) {
  refuse_given({{"--role", !flags.role.empty()},
                {"--layout", !flags.layout.empty()},
                {"--batch-per-gpu", flags.batch != 0},
                {"--context", !flags.context.empty()},
                {"--cached", flags.cached != 0},
                {"--imbalance", flags.imbalance.has_value()}},
               "describes one pool, and --load plans a day of both",
               "leave one out; a load has context=, prompt= and hit=, pools --prefill-layout and --decode-layout");
  plan::DayPlan day;
  day.model = flags.model;
  day.config = arch::config_of(flags.model, home());
  day.fleet = fleet_of(flags);
  day.load = plan::read_load(flags.load);
  if (!flags.slo.empty()) day.objective = plan::parse_objective(flags.slo);
  day.precision = precision_of(flags, day.fleet.gpu);
  day.mtp_accept = flags.mtp_accept;
  day.prefill_ep = ep_of(flags.prefill_layout, "--prefill-layout"),
  day.decode_ep = ep_of(flags.decode_layout, "--decode-layout");
  day.redundant_experts = flags.redundant_experts;
  day.price = dollars_of(flags.price, 2);
  plan::Day result = plan::plan_day(day);
  flags.output.print(plan::report(result), plan::to_json(result), plan::explain(result),
                     [&] { return plan::to_html(result); });
  return !result.fits ? does_not_fit : result.meets ? 0 : objective_missed;
}

Action setup_plan_serve(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("MODEL", flags->model, "a preset, a folder or a config.json")->required();
  command.add_option("--gpu", flags->gpu, "which GPU, such as h800");
  command.add_option("--gpus", flags->gpus, "how many");
  command.add_option("--fleet", flags->fleet, "both at once, h800x2048, or a TOML file");
  command.add_option(
      "--machine", flags->machine,
      "a day on machines of measured speed: prefill=900,decode=45,price=0.1 (tokens/s, dollars an hour)");
  command.add_option("--role", flags->role, "one pool: prefill or decode");
  command.add_option("--layout", flags->layout, "of one pool: tp=1,ep=32");
  command.add_option("--batch-per-gpu", flags->batch,
                     "sequences a GPU (prefill: prompts in one pass; --cpu: that decode together)");
  command.add_option("--context", flags->context, "tokens of a prompt, or held by each sequence");
  command.add_option("--cached", flags->cached, "prefill: tokens of each prompt found in the prefix cache");
  command.add_option("--precision", flags->precision, "fp8 (where the GPU has it) or bf16");
  command.add_option("--mtp-accept", flags->mtp_accept,
                     "chance that the second token is accepted, 0 to 1 (none: no speculation)");
  command
      .add_option("--redundant-experts", flags->redundant_experts,
                  "expert copies besides the model's own (a pool: 0; a day: an eighth)")
      ->check(CLI::Range(0, 1'000'000));
  command.add_option("--imbalance", flags->imbalance, "busiest expert rank over the mean (none: estimated)");
  command.add_option("--load", flags->load,
                     "a day of both pools: input=608B,output=168B,hit=56.3%,context=4989,peak=1.23, or a TOML file");
  command.add_option("--slo", flags->slo, "objectives of a day or a pool: ttft=2s,tpot=50ms");
  command.add_option("--prefill-layout", flags->prefill_layout, "a day's: ep=32 (none: searched)");
  command.add_option("--decode-layout", flags->decode_layout, "a day's: ep=144 (none: searched)");
  command.add_option("--price", flags->price, "dollars a GPU hour (default 2), of --cpu an hour of the machine (0.1)");
  command.add_option(
      "--cpu", flags->cpu.speeds,
      "one machine without GPUs, by octet's own speeds on it: 'measure' times them now, or a file of them");
  command.add_option("--prompt", flags->cpu.prompt, "tokens of a prompt, with --cpu (default 512, or the load's)");
  command.add_option("--keep-speeds", flags->cpu.keep, "write what --cpu measure found to this TOML file");
  flags->output.add_to(command);
  command.footer(
      "Exit: 0; 3 it does not fit in memory; 4 an objective is missed.\nExample:\n"
      "  octet plan serve deepseek-v3 --gpu h100 --gpus 72 --role decode --layout ep=72 --redundant-experts 32 "
      "--batch-per-gpu 256 --context 2000\n"
      "  octet plan serve deepseek-v3 --fleet h800x2224 --load input=608B,output=168B,hit=56.3%,context=4989,peak=1.23 "
      "--slo ttft=2s,tpot=50ms\n"
      "  octet plan serve mini --cpu measure --load input=10M,output=1M --slo ttft=2s,tpot=100ms");
  return [flags] {
    if (!flags->cpu.speeds.empty() && !flags->machine.empty())
      refuse("--cpu and --machine say the same thing", "give one");
    if (!flags->cpu.speeds.empty()) return run_cpu(*flags);
    if (!flags->cpu.prompt.empty() || !flags->cpu.keep.empty()) refuse("--prompt and --keep-speeds go with --cpu");
    if (!flags->machine.empty()) return run_machines(*flags);
    return flags->load.empty() ? run_pool(*flags) : run_day(*flags);
  };
}

static PlanRegistration serve("serve", "How fast a pool serves, or what a day of serving needs and costs",
                              setup_plan_serve);

}  // namespace plan_serve_command
}  // namespace octet::app
