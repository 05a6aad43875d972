#include "octet/plan/train/html.h"

#include "octet/base/units.h"
#include "octet/plan/train/report.h"
#include "octet/plan/train/step.h"

namespace octet::plan {

namespace {

const char* const colours[] = {"#4878a8", "#d98032", "#b0553a", "#5b9a68", "#c9c9c9", "#8a6bb1", "#a8914b", "#5aa3b5"};

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

using Rows = std::vector<std::pair<std::string, double>>;

// A bar cut into the rows' shares, and a legend with their values.
std::string bar(const Rows& rows, const std::string& title, const std::string& unit, double scale) {
  double sum = 0, x = 0;
  for (const auto& [label, value] : rows) sum += value;
  std::string svg = fmt::format("<figure><svg viewBox=\"0 0 800 48\" role=\"img\" aria-label=\"{}\">", escaped(title)),
              legend;
  size_t i = 0;
  for (const auto& [label, value] : rows) {
    const char* colour = colours[i++ % std::size(colours)];
    if (value <= 0) continue;
    double width = 800 * value / sum;
    svg += fmt::format(
        "<rect x=\"{:.2f}\" y=\"4\" width=\"{:.2f}\" height=\"40\" fill=\"{}\"><title>{}: {:.3f} {}</title></rect>", x,
        width, colour, escaped(label), value / scale, unit);
    x += width;
    legend +=
        fmt::format("<tr><td><span style=\"background:{}\"></span>{}</td><td>{:.3f} {}</td><td>{:.1f} %</td></tr>",
                    colour, escaped(label), value / scale, unit, 100 * value / sum);
  }
  return fmt::format("<h2>{}</h2>{}</svg><table>{}</table></figure>", escaped(title), svg, legend);
}

// The schedule's first and last ops, rank by rank.
std::string timeline(const Prediction& p) {
  ModelWork work = model_work(p.plan.config, p.plan.mtp);
  TrainPlan plan = p.plan;
  plan.recompute = p.recompute;
  Prepared prepared = prepare(plan, work);
  int64_t shown = std::min<int64_t>(p.micro_batches, 3 * plan.layout.pp);
  Schedule schedule = make_schedule(plan.schedule, static_cast<int>(plan.layout.pp), static_cast<int>(plan.layout.vp),
                                    static_cast<int>(shown));
  Execution run = execute(schedule, costs_of(prepared.stages, prepared.share, work, plan), Record::events);
  double row = 14, height = row * static_cast<double>(schedule.ranks);
  std::string out = fmt::format(
      "<h2>The pipeline with {} micro-batches of {}</h2><figure><svg viewBox=\"0 0 800 {:.0f}\" role=\"img\" "
      "aria-label=\"pipeline schedule\">",
      shown, p.micro_batches, height);
  for (const Event& event : run.events) {
    const char* colour = colours[static_cast<size_t>(event.op.kind == Kind::forward      ? 0
                                                     : event.op.kind == Kind::weight     ? 2
                                                     : event.op.kind == Kind::overlapped ? 3
                                                                                         : 1)];
    out += fmt::format(
        "<rect x=\"{:.2f}\" y=\"{:.0f}\" width=\"{:.2f}\" height=\"{:.0f}\" fill=\"{}\" stroke=\"#fff\" "
        "stroke-width=\"0.3\"/>",
        800 * event.start / run.seconds, row * event.rank + 1, 800 * (event.end - event.start) / run.seconds, row - 2,
        colour);
  }
  return out +
         "</svg><figcaption>Blue: forward; orange: backward; red: weights' part set apart; green: a forward beside a "
         "backward; empty: bubble. One row a pipeline rank.</figcaption></figure>";
}

std::string summary(const Prediction& p, const std::string& remedy) {
  std::string out = "<table>";
  auto add = [&](const std::string& label, const std::string& value, const std::string& note = "") {
    out += fmt::format("<tr><th>{}</th><td>{}</td><td>{}</td></tr>", escaped(label), escaped(value), escaped(note));
  };
  auto range = [&](double value) {
    return fmt::format("80 %: {:.4g} to {:.4g}", p.interval(value).low, p.interval(value).high);
  };
  add("Step", fmt::format("{:.3f} s", p.step.step()), range(p.step.step()));
  add("Tokens a second a GPU", fmt::format("{:.0f}", p.tokens_per_second_per_gpu), range(p.tokens_per_second_per_gpu));
  add("Model TFLOP/s a GPU", fmt::format("{:.1f}", p.model_tflops_per_gpu), "causal, without MTP");
  for (const auto& [label, share] : mfu_rows(p))
    if (share > 0) add("MFU, " + label, fmt::format("{:.2f} %", 100 * share));
  add("Memory a GPU", fmt::format("{:.1f} GiB", p.memory.total() / gib),
      fmt::format("of {:.1f} usable; {}", p.plan.fleet.gpu.hbm_usable / gib,
                  p.fits ? "fits" : "does not fit: " + remedy));
  add("Tokens", format_count(p.plan.tokens), fmt::format("{:.0f} steps", p.steps));
  add("Time", format_duration(p.steps * p.step.step()));
  add("GPU hours", format_count(p.gpu_hours), range(p.gpu_hours));
  add("Dollars", format_count(p.dollars), fmt::format("at ${:g} a GPU hour; {}", p.plan.price, range(p.dollars)));
  add("GPU hours with failures", format_count(p.gpu_hours_with_failures),
      fmt::format("goodput {:.1f} %", 100 * p.goodput.share));
  add("Energy", format_count(p.energy_kwh) + " kWh", fmt::format("GPUs at {:.0f} W", p.plan.fleet.gpu.watts));
  return out + "</table>";
}

std::string explanation(const Prediction& p) {
  std::string out =
      "<h2>Where each number comes "
      "from</h2><table><tr><th>number</th><th>value</th><th>formula</th><th>source</th></tr>";
  for (const auto& line : explain(p))
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", escaped(line.name), escaped(line.value),
                       escaped(line.formula), escaped(line.source));
  return out + "</table>";
}

}  // namespace

std::string to_html(const Prediction& p, const std::string& remedy) {
  const auto& plan = p.plan;
  std::string title = fmt::format("{} on {} {}", plan.model, plan.fleet.gpus, plan.fleet.gpu.name);
  std::string out =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\">";
  out += fmt::format("<title>{}</title>", escaped(title));
  out +=
      "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:860px;margin:2em auto;padding:0 1em;color:#222}"
      "table{border-collapse:collapse;margin:.5em 0}td,th{padding:.15em .8em .15em "
      "0;text-align:left;vertical-align:top;font-weight:normal}"
      "figure{margin:1em 0}svg{width:100%}td span{display:inline-block;width:.8em;height:.8em;margin-right:.5em}"
      "figcaption{color:#555;font-size:13px}</style>";
  out += fmt::format("<h1>{}</h1><p>{}, {}, {}, recompute {}. Layers a stage: {}</p>", escaped(title),
                     escaped(to_string(plan.layout)), escaped(plan.schedule), name(plan.precision), name(p.recompute),
                     escaped(p.split));
  out += summary(p, remedy);
  out += bar(step_rows(p.step), "A step", "s", 1) + timeline(p) +
         bar(memory_rows(p.memory), "Memory of the fullest GPU", "GiB", gib);
  return out + explanation(p) + "</html>\n";
}

}  // namespace octet::plan
