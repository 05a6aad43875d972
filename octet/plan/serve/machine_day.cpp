// A day of serving on machines whose speeds were measured.
#include <cmath>

#include "octet/base/units.h"
#include "octet/plan/serve/day.h"

namespace octet::plan {

MachineDay plan_machines(const DailyLoad& load, const Machine& machine) {
  MachineDay out;
  out.load = load, out.machine = machine;
  double misses = load.input * (1 - load.hit);
  double busy = misses / machine.prefill + load.output / machine.decode;  // machine seconds of the day
  for (double part : load.curve) {
    double needed = std::ceil(busy / 86400.0 * part - 1e-9);
    out.machines += needed / 24, out.peak_machines = std::max(out.peak_machines, needed);
  }
  out.dollars = out.machines * 24 * machine.price;
  double second = out.dollars / busy;
  out.dollars_miss = second / machine.prefill * 1e6, out.dollars_output = second / machine.decode * 1e6;
  return out;
}

Json to_json(const MachineDay& d) {
  return {{"machines", d.machines},
          {"machines_peak", d.peak_machines},
          {"dollars_per_day", d.dollars},
          {"dollars_per_million", {{"input", d.dollars_miss}, {"hit", 0}, {"output", d.dollars_output}}}};
}

std::string report(const MachineDay& d, const std::string& model) {
  return fmt::format(
      "A day of {} on measured machines ({:g} tokens/s in, {:g} out, ${:g} an hour): {:.1f} on average, {:.0f} at the "
      "peak; ${:.2f}\n  a million tokens: input ${:.3f}, output ${:.3f}\n",
      model, d.machine.prefill, d.machine.decode, d.machine.price, d.machines, d.peak_machines, d.dollars,
      d.dollars_miss, d.dollars_output);
}

std::vector<Explained> explain(const MachineDay& d) {
  const std::string file = "octet/plan/serve/day.h", given = "--machine";
  double second = d.machine.price / 3600;
  return {
      {"prefill", fmt::format("{:g} tokens/s", d.machine.prefill), "measured", given},
      {"decode", fmt::format("{:g} tokens/s", d.machine.decode), "measured", given},
      {"machines", fmt::format("{:.1f}", d.machines),
       "mean over 24 hours of (input not cached / prefill + output / decode) / 3600 s, rounded up hour by hour", file},
      {"dollars a day", fmt::format("{:.2f}", d.dollars), fmt::format("machines x 24 h x ${:g}", d.machine.price),
       "--machine price"},
      {"a million tokens of input", fmt::format("${:.4f}", d.dollars_miss),
       fmt::format("dollars a second at work / prefill x 1e6; ${:.3g} if none were idle",
                   second / d.machine.prefill * 1e6),
       file},
      {"a million tokens of output", fmt::format("${:.4f}", d.dollars_output),
       fmt::format("dollars a second at work / decode x 1e6; ${:.3g} if none were idle",
                   second / d.machine.decode * 1e6),
       file}};
}

std::string to_html(const MachineDay& d, const std::string& model) {
  Page page(fmt::format("A day of {} on measured machines", model),
            fmt::format("{:g} tokens a second in, {:g} out, ${:g} an hour.", d.machine.prefill, d.machine.decode,
                        d.machine.price));
  page.table(
      "", {},
      {{"Machines", fmt::format("{:.1f} on average", d.machines), fmt::format("{:.0f} at the peak", d.peak_machines)},
       {"Dollars a day", fmt::format("${:.2f}", d.dollars), ""},
       {"A million tokens of input", fmt::format("${:.4f}", d.dollars_miss), "cached input is free"},
       {"A million tokens of output", fmt::format("${:.4f}", d.dollars_output), ""}});
  page.columns("The load by the hour", {{"of the mean", {d.load.curve.begin(), d.load.curve.end()}}}, "x the mean",
               "From midnight to midnight.");
  page.explained(explain(d));
  return page.html();
}

}  // namespace octet::plan
