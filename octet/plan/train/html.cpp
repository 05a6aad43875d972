#include "octet/plan/train/html.h"

#include "octet/base/units.h"
#include "octet/plan/page.h"
#include "octet/plan/train/report.h"
#include "octet/plan/train/step.h"

namespace octet::plan {

namespace {

// The schedule's first and last ops, rank by rank.
void add_timeline(const Prediction& p, Page& page) {
  ModelWork work = model_work(p.plan.config, p.plan.mtp);
  TrainPlan plan = p.plan;
  plan.recompute = p.recompute;
  Prepared prepared = prepare(plan, work);
  int64_t shown = std::min<int64_t>(p.micro_batches, 3 * plan.layout.pp);
  Schedule schedule = make_schedule(plan.schedule, static_cast<int>(plan.layout.pp), static_cast<int>(plan.layout.vp),
                                    static_cast<int>(shown));
  Execution run = execute(schedule, costs_of(prepared.stages, prepared.share, work, plan), Record::events);
  double row = 14, height = row * static_cast<double>(schedule.ranks);
  std::string svg =
      fmt::format("<svg viewBox=\"0 0 800 {:.0f}\" role=\"img\" aria-label=\"pipeline schedule\">", height);
  for (const Event& event : run.events) {
    const char* colour = Page::colour(event.op.kind == Kind::forward      ? 0
                                      : event.op.kind == Kind::weight     ? 2
                                      : event.op.kind == Kind::overlapped ? 3
                                                                          : 1);
    svg += fmt::format(
        "<rect x=\"{:.2f}\" y=\"{:.0f}\" width=\"{:.2f}\" height=\"{:.0f}\" fill=\"{}\" stroke=\"#fff\" "
        "stroke-width=\"0.3\"/>",
        800 * event.start / run.seconds, row * event.rank + 1, 800 * (event.end - event.start) / run.seconds, row - 2,
        colour);
  }
  page.figure(
      fmt::format("The pipeline with {} micro-batches of {}", shown, p.micro_batches), svg + "</svg>",
      "Blue: forward; orange: backward; red: weights' part set apart; green: a forward beside a backward; empty: "
      "bubble. One row a pipeline rank.");
}

void add_summary(const Prediction& p, const std::string& remedy, Page& page) {
  std::vector<std::vector<std::string>> rows;
  auto add = [&](const std::string& label, const std::string& value, const std::string& note = "") {
    rows.push_back({label, value, note});
  };
  auto range = [&](double value) { return "80 %: " + interval_text(p, value); };
  add("Step", fmt::format("{:.3f} s", p.step.step()), range(p.step.step()));
  add("Of the step", fmt::format("{:.3f} s compute", p.step.compute),
      fmt::format("exposed all-to-all {:.3f} s, tensor and context parallel {:.3f} s, pipeline traffic {:.3f} s, data "
                  "parallel {:.3f} s",
                  p.step.exposed_exchange, p.step.exposed_collective, p.step.pipeline, p.step.data_parallel));
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
  page.table("", {}, rows);
}

}  // namespace

std::string to_html(const Prediction& p, const std::string& remedy) {
  const auto& plan = p.plan;
  Page page(fmt::format("{} on {} {}", plan.model, plan.fleet.gpus, plan.fleet.gpu.name),
            fmt::format("{}, {}, {}, recompute {}. Layers a stage: {}", to_string(plan.layout), plan.schedule,
                        name(plan.precision), name(p.recompute), p.split));
  add_summary(p, remedy, page);
  page.bar("A step", step_rows(p.step), "s", 1);
  add_timeline(p, page);
  page.bar("Memory of the fullest GPU", memory_rows(p.memory), "GiB", gib);
  MemoryTable ranks = memory_table(p.memory_by_rank);
  page.table("Memory by pipeline rank, GiB", ranks.columns, ranks.rows);
  page.explained(explain(p));
  return page.html();
}

std::string to_html(const SearchResult& result, const TrainPlan& base) {
  Page page(fmt::format("Layouts of {} on {} {}", base.model, base.fleet.gpus, base.fleet.gpu.name),
            fmt::format("{} candidates, {} sequences of {} tokens a step.", format_thousands(result.tried),
                        format_thousands(base.batch), format_thousands(base.seq)));
  std::vector<std::vector<std::string>> rows, lost;
  std::vector<Point> points;
  for (const Prediction& p : result.front) {
    rows.push_back({fmt::format("{:.3f}", p.step.step()), fmt::format("{:.1f}", p.memory.total() / gib),
                    fmt::format("{:.0f}", p.tokens_per_second_per_gpu), fmt::format("{:.1f}", p.model_tflops_per_gpu),
                    one_line(p.plan) + ", recompute " + name(p.recompute)});
    points.push_back({p.memory.total() / gib, p.step.step(), one_line(p.plan)});
  }
  for (const auto& [why, loss] : result.lost) lost.push_back({why, format_thousands(loss.count), loss.example});
  page.table("The front: none is both slower and fuller than another",
             {"step, s", "GiB a GPU", "tokens/s a GPU", "TFLOP/s", "layout"}, rows);
  page.points("The front", points, "GiB a GPU", "seconds a step");
  page.table("Why the others lost", {"reason", "candidates", "for example"}, lost);
  if (!result.front.empty()) page.explained(explain(result.front.front()));
  return page.html();
}

}  // namespace octet::plan
