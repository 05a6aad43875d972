#include "app/plan_serve_cpu.h"

#include <cmath>

#include "app/cpu_speeds.h"
#include "app/engine.h"
#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/units.h"

namespace octet::app {

CpuMeter& cpu_meter() {
  static CpuMeter meter;
  return meter;
}

namespace {

plan::CpuSpeeds speeds_of(const std::string& model, const CpuFlags& flags, const plan::CpuWorkload& workload) {
  if (flags.speeds != "measure") {
    if (!flags.keep.empty()) refuse("--keep-speeds needs --cpu measure", "leave it out");
    return plan::read_speeds(flags.speeds);
  }
  if (!cpu_meter().speeds) become_engine();  // nothing is done yet that would be done twice
  if (!cpu_meter().speeds)
    throw Error(ErrorKind::unsupported, "--cpu measure: this octet was built without libtorch and has no model to time",
                "give --cpu FILE with speeds that another build has kept");
  plan::CpuSpeeds speeds = cpu_meter().speeds();
  if (auto own = cpu_meter().model(model, workload)) speeds.measured.push_back(*own);
  if (!flags.keep.empty()) replace_file(flags.keep, plan::speeds_toml(speeds));
  return speeds;
}

double tokens_or(const std::string& text, const char* flag, double fallback) {
  return text.empty() ? fallback : parse_count(text, flag);
}

std::string day_text(const plan::MachineDay& day) {
  return fmt::format(
      "  the day: {:.1f} machines on average, {:.0f} at the peak; ${:.2f}; a million tokens: input ${:.4f}, "
      "output ${:.4f}\n",
      day.machines, day.peak_machines, day.dollars, day.dollars_miss, day.dollars_output);
}

void add_day(const plan::MachineDay& day, Json& out) {
  out["machines"] = day.machines, out["machines_peak"] = day.peak_machines, out["dollars_per_day"] = day.dollars;
  out["dollars_per_million"] = {{"input", day.dollars_miss}, {"hit", 0}, {"output", day.dollars_output}};
}

}  // namespace

int plan_serve_cpu(const std::string& model, const CpuFlags& flags, const CpuDay& day, const PlanOutput& output) {
  plan::CpuServePlan plan;
  plan.model = model;
  plan.config = arch::config_of(model, home());
  plan.price = day.price;
  std::optional<plan::DailyLoad> load;
  if (!day.load.empty()) load = plan::read_load(day.load);
  plan.workload.prompt = tokens_or(flags.prompt, "--prompt", load ? std::round(load->prompt) : 512);
  plan.workload.context = tokens_or(flags.context, "--context", load ? std::round(load->context) : 512);
  plan.workload.sequences = flags.batch > 0 ? flags.batch : 1;
  if (flags.batch < 0 || flags.batch != std::floor(flags.batch))
    refuse(fmt::format("--batch-per-gpu: expected a whole number of sequences, found {}", flags.batch));
  plan.speeds = speeds_of(model, flags, plan.workload);
  bool meets = true;
  if (load && flags.batch == 0) {
    double most = plan::most_sequences(plan, day.objective.tpot);
    meets = most > 0, plan.workload.sequences = std::max(1.0, most);
  }
  plan::CpuServing serving = plan::predict_cpu_serving(plan);
  std::string text = plan::report(serving);
  Json object = plan::to_json(serving);
  if (load) {
    std::string missed;
    if (!meets || serving.step_seconds > day.objective.tpot)
      missed = fmt::format("a token takes {:.4g} ms, and --slo asks for {:.4g}", serving.step_seconds * 1e3,
                           day.objective.tpot * 1e3);
    else if (serving.prompt_seconds > day.objective.ttft)
      missed =
          fmt::format("a prompt takes {:.4g} s, and --slo asks for {:.4g}", serving.prompt_seconds, day.objective.ttft);
    meets = missed.empty();
    plan::MachineDay machines = plan::plan_machines(*load, {serving.prefill, serving.decode, day.price});
    text += day_text(machines);
    if (!meets) text += fmt::format("  objective missed: {}\n", missed);
    add_day(machines, object);
    object["meets"] = meets;
    if (!meets) object["missed"] = missed;
  }
  output.print(text, std::move(object), plan::explain(serving), [&] { return plan::to_html(serving); });
  return !serving.fits ? does_not_fit : meets ? 0 : objective_missed;
}

}  // namespace octet::app
