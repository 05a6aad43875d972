// A serving pool, and a day of serving, as a page.
#include "octet/base/units.h"
#include "octet/plan/serve/day.h"

namespace octet::plan {

void add_pool(const ServePrediction& p, Page& page) {
  const ServeStep& s = p.step;
  bool decode = p.plan.role == Role::decode;
  double per = decode ? 1 + p.plan.mtp_accept.value_or(0) : 1;
  auto ms = [&](double seconds) { return fmt::format("{:.1f} ms", seconds / per * 1e3); };
  auto rate = [&](double seconds) { return fmt::format("{:.0f}", s.produced / seconds * 8); };
  std::string pool = name(p.plan.role);
  page.table("The pool: " + pool, {},
             {{fmt::format("{} tokens a second a node of 8", decode ? "Output" : "Input"), rate(s.seconds),
               fmt::format("80 %: {} to {}", rate(p.step_interval.high), rate(p.step_interval.low))},
              {decode ? "Time a token (TPOT)" : "Time to the first token (TTFT), without waiting", ms(s.seconds),
               fmt::format("80 %: {} to {}", ms(p.step_interval.low), ms(p.step_interval.high))},
              {"GPUs of a unit", fmt::format("{}", p.plan.gpus),
               fmt::format("tp {}, ep {}, {} redundant experts, {}", p.plan.tp, p.plan.ep, p.plan.redundant_experts,
                           name(p.plan.precision))},
              {"Batch a GPU", fmt::format("{:.3g}", p.plan.batch), fmt::format("{:.0f} tokens each", p.plan.context)},
              {"Second token accepted",
               p.plan.mtp_accept ? fmt::format("{:.0f} %", 100 * *p.plan.mtp_accept) : "no drafts", ""},
              {"Two-batch overlap", s.overlapped ? "yes" : "no", "whichever is faster"},
              {"Busiest expert rank over the mean", fmt::format("{:.2f}", s.imbalance),
               fmt::format("{:.2f} with experts in order, without copies", s.imbalance_in_order)},
              {"Memory a GPU", fmt::format("{:.1f} GiB", p.memory.total() / gib),
               fmt::format("of {:.1f} usable; {}", p.plan.gpu.hbm_usable / gib, p.fits ? "fits" : "does not fit")}});
  page.bar(fmt::format("A step of {}", pool),
           {{"expert layers", s.expert_layers}, {"dense layers", s.dense_layers}, {"head", s.head}, {"draft", s.draft}},
           "ms", 1e-3);
  page.bar(
      fmt::format("A layer of {} ({})", pool,
                  s.overlapped ? "half the batch; its parts hide behind the other half's" : "one part after another"),
      {{"attention", s.layer.attention - s.layer.attention_core},
       {"attention's core", s.layer.attention_core},
       {"experts", s.layer.experts},
       {"dispatch", s.layer.dispatch},
       {"combine", s.layer.combine},
       {"collective", s.layer.collective},
       {"dense", s.layer.dense}},
      "us", 1e-6);
  page.bar(fmt::format("Memory of a GPU of {}", pool),
           {{"weights", p.memory.weights},
            {"cache", p.memory.cache},
            {"activations", p.memory.activations},
            {"engine", p.memory.buffers}},
           "GiB", gib);
}

std::string to_html(const ServePrediction& p) {
  Page page(fmt::format("{} {} on {} {}", p.plan.model, name(p.plan.role), p.plan.gpus, p.plan.gpu.name),
            "One pool of a serving fleet, predicted.");
  add_pool(p, page);
  page.explained(explain(p));
  return page.html();
}

std::string to_html(const Day& day) {
  const DayPlan& plan = day.plan;
  Page page(fmt::format("A day of {} on {}", plan.model, plan.fleet.gpu.name),
            fmt::format("{} tokens in, {:.1f} % of them cached, {} out. First token within {:.3g} s, each further one "
                        "within {:.3g} ms.",
                        format_count(plan.load.input), 100 * plan.load.hit, format_count(plan.load.output),
                        plan.objective.ttft, plan.objective.tpot * 1e3));
  if (!day.missed.empty()) page.table("The objective is missed", {}, {{day.missed}});
  if (!day.prefill || !day.decode) return page.html();
  auto nodes = [](const Pool& pool) { return fmt::format("{:.1f}", pool.mean_nodes); };
  page.table("The day", {"", "nodes on average", "at the peak", "tokens/s a node", "latency"},
             {{"prefill", nodes(*day.prefill), fmt::format("{}", day.prefill->peak_nodes),
               fmt::format("{:.0f}", day.prefill->rate), fmt::format("{:.0f} ms TTFT", day.prefill->latency * 1e3)},
              {"decode", nodes(*day.decode), fmt::format("{}", day.decode->peak_nodes),
               fmt::format("{:.0f}", day.decode->rate), fmt::format("{:.1f} ms TPOT", day.decode->latency * 1e3)},
              {"together", fmt::format("{:.1f}", day.mean_nodes), fmt::format("{}", day.peak_nodes),
               fmt::format("80 %: {:.0f} to {:.0f} nodes", day.nodes_interval.low, day.nodes_interval.high), ""}});
  page.table("Dollars", {},
             {{"A day", fmt::format("${}", format_thousands(std::llround(day.dollars))),
               fmt::format("at ${:g} a GPU hour", plan.price)},
              {"A million tokens of input", fmt::format("${:.3f}", day.dollars_miss), "not cached"},
              {"A million tokens of cached input", fmt::format("${:.4f}", day.dollars_hit), "attending to them"},
              {"A million tokens of output", fmt::format("${:.3f}", day.dollars_output), ""}});
  std::vector<Series> hours = {{"prefill", {}}, {"decode", {}}};
  for (size_t h = 0; h < 24; ++h) {
    hours[0].values.push_back(static_cast<double>(day.prefill->nodes[h]));
    hours[1].values.push_back(static_cast<double>(day.decode->nodes[h]));
  }
  page.columns("Nodes by the hour", hours, "nodes", "From midnight to midnight, in whole units.");
  add_pool(day.prefill->at, page);
  add_pool(day.decode->at, page);
  page.explained(explain(day));
  return page.html();
}

}  // namespace octet::plan
