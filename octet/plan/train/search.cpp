#include "octet/plan/train/search.h"

#include <algorithm>
#include <chrono>

#include "octet/base/parallel.h"
#include "octet/base/units.h"
#include "octet/plan/train/report.h"

namespace octet::plan {

namespace {

// Degrees of the space that can go together; complete() has the last word.
std::vector<TrainPlan> candidates(const TrainPlan& base, const SearchSpace& space, int64_t& impossible) {
  std::vector<TrainPlan> out;
  auto offer = [&](const Layout& layout, const std::string& schedule, Precision precision, int64_t micro) {
    TrainPlan plan = base;
    plan.layout = layout, plan.schedule = schedule, plan.precision = precision, plan.micro_batch = micro;
    plan.recompute = Recompute::automatic;
    try {
      out.push_back(complete(std::move(plan)));
    } catch (const Error&) {
      ++impossible;
    }
  };
  auto each_schedule = [&](Layout layout, Precision precision, int64_t micro) {
    for (const auto& schedule : space.schedules) {
      if (layout.pp == 1 && schedule != "1f1b") continue;
      for (int64_t vp : space.vp) {
        if ((vp > 1) != (schedule == "interleaved") ||
            layout.pp * vp > static_cast<int64_t>(base.config.layers.size()) + 2)
          continue;
        layout.vp = vp;
        offer(layout, schedule, precision, micro);
      }
    }
  };
  for (int64_t tp : space.tp)
    for (int64_t cp : space.cp)
      for (int64_t pp : space.pp) {
        if (base.fleet.gpus % (tp * cp * pp)) continue;
        int64_t dp = base.fleet.gpus / (tp * cp * pp);
        for (int64_t ep : space.ep)
          for (int64_t micro : space.micro_batch) {
            if (ep > tp * cp * dp || dp * micro > base.batch) continue;
            for (Precision precision : space.precisions)
              if (precision == Precision::bf16 || base.fleet.gpu.fp8 > 0)
                each_schedule({tp, pp, 1, ep, cp, 0}, precision, micro);
          }
      }
  if (space.most > 0 && out.size() > space.most) {
    std::vector<TrainPlan> thinned;
    for (size_t i = 0; i < space.most; ++i) thinned.push_back(std::move(out[i * out.size() / space.most]));
    out.swap(thinned);
  }
  return out;
}

struct Outcome {
  bool fits = false;
  double seconds = 0, memory = 0;
  StepSplit step;
};

std::string one_line(const TrainPlan& plan) {
  return fmt::format("{} {} {} micro-batch {}", to_string(plan.layout), plan.schedule, name(plan.precision),
                     plan.micro_batch);
}

// Where a loser spends most more than the plan that beats it.
std::string reason(const StepSplit& lost, const StepSplit& won) {
  double exchange = lost.exposed_exchange - won.exposed_exchange,
         collective = lost.exposed_collective - won.exposed_collective;
  std::pair<std::string, double> rows[] = {{"bubble", lost.bubble - won.bubble},
                                           {"exposed all-to-all", exchange},
                                           {"tensor and context parallel traffic", collective},
                                           {"data parallel traffic and update", lost.optimizer - won.optimizer},
                                           {"slower arithmetic and recomputation", lost.compute - won.compute}};
  auto most = std::max_element(std::begin(rows), std::end(rows), [](auto& a, auto& b) { return a.second < b.second; });
  return most->second > 0 ? most->first : "more memory for no gain in time";
}

std::vector<size_t> pareto(const std::vector<Outcome>& outcomes) {
  std::vector<size_t> order;
  for (size_t i = 0; i < outcomes.size(); ++i)
    if (outcomes[i].fits) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::tuple(outcomes[a].seconds, outcomes[a].memory, a) <
           std::tuple(outcomes[b].seconds, outcomes[b].memory, b);
  });
  std::vector<size_t> front;
  for (size_t i : order)
    if (front.empty() || outcomes[i].memory < outcomes[front.back()].memory) front.push_back(i);
  return front;
}

void explain_losses(const std::vector<TrainPlan>& plans, const std::vector<Outcome>& outcomes,
                    const std::vector<size_t>& front, SearchResult& out) {
  std::vector<bool> won(plans.size(), false);
  for (size_t i : front) won[i] = true;
  for (size_t i = 0; i < plans.size(); ++i) {
    if (won[i]) continue;
    std::string why = "does not fit", detail = fmt::format("{:.0f} GiB", outcomes[i].memory / gib);
    if (outcomes[i].fits) {
      size_t by = front.front();  // the fastest that needs no more memory
      for (size_t f : front)
        if (outcomes[f].memory <= outcomes[i].memory) {
          by = f;
          break;
        }
      why = reason(outcomes[i].step, outcomes[by].step);
      detail = fmt::format("{:.2f} s against {:.2f} s of {}", outcomes[i].seconds, outcomes[by].seconds,
                           one_line(plans[by]));
    }
    Loss& loss = out.lost[why];
    if (loss.count++ == 0) loss.example = one_line(plans[i]) + ": " + detail;
  }
}

}  // namespace

SearchResult search(const TrainPlan& base, const SearchSpace& space, int threads) {
  auto begin = std::chrono::steady_clock::now();
  SearchResult out;
  auto plans = candidates(base, space, out.impossible);
  out.tried = static_cast<int64_t>(plans.size());
  std::vector<Outcome> outcomes(plans.size());
  int64_t mtp = plans.empty() ? 0 : plans.front().mtp;
  Predictor predictor(base.config, mtp);
  parallel_for(plans.size(), threads, [&](size_t i) {
    Prepared prepared = prepare(plans[i], predictor.work());
    Outcome& o = outcomes[i];
    o.memory = prepared.memory.total();
    o.fits = o.memory <= plans[i].fleet.gpu.hbm_usable;
    if (!o.fits) return;
    o.step = predictor.step(plans[i], prepared);
    o.seconds = o.step.step();
  });
  auto front = pareto(outcomes);
  explain_losses(plans, outcomes, front, out);
  for (size_t i : front) out.front.push_back(predictor(plans[i]));
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return out;
}

std::string to_text(const SearchResult& result) {
  std::string out = fmt::format("{} candidates in {:.2f} s; the front: none is both slower and fuller than another\n\n",
                                format_thousands(result.tried), result.seconds);
  out += fmt::format("{:>9} {:>9} {:>10} {:>9}  {}\n", "step s", "GiB", "tok/s/GPU", "TFLOP/s", "layout");
  for (const Prediction& p : result.front)
    out +=
        fmt::format("{:>9.3f} {:>9.1f} {:>10.0f} {:>9.1f}  {}, recompute {}\n", p.step.step(), p.memory.total() / gib,
                    p.tokens_per_second_per_gpu, p.model_tflops_per_gpu, one_line(p.plan), name(p.recompute));
  out += "\nwhy the others lost\n";
  for (const auto& [why, loss] : result.lost)
    out += fmt::format("{:>9}  {}; for example {}\n", format_thousands(loss.count), why, loss.example);
  return out;
}

Json to_json(const SearchResult& result) {
  Json out = {{"tried", result.tried}, {"search_seconds", result.seconds}};
  out["front"] = Json::array();
  for (const Prediction& p : result.front) out["front"].push_back(to_json(p, ""));
  out["lost"] = Json::object();
  for (const auto& [why, loss] : result.lost) out["lost"][why] = {{"count", loss.count}, {"example", loss.example}};
  return out;
}

}  // namespace octet::plan
