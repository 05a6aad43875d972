#include "octet/plan/train/search.h"

#include <algorithm>
#include <chrono>

#include "octet/base/parallel.h"
#include "octet/base/units.h"
#include "octet/plan/train/report.h"

namespace octet::plan {

namespace {

struct Candidate {
  Layout layout;
  std::string schedule;
  Precision precision;
  int64_t micro_batch;
};

void set_candidate(TrainPlan& plan, const Candidate& c) {
  plan.layout = c.layout, plan.schedule = c.schedule, plan.precision = c.precision, plan.micro_batch = c.micro_batch;
  plan.recompute = Recompute::automatic;
}

TrainPlan plan_of(const TrainPlan& base, const Candidate& candidate) {
  TrainPlan plan = base;
  set_candidate(plan, candidate);
  return complete(std::move(plan));
}

// Degrees of the space that can go together; complete_in_place() has the last word, on one plan for all of them: a
// model's configuration is large to copy.
std::vector<Candidate> candidates(const TrainPlan& base, const SearchSpace& space, int64_t& impossible) {
  std::vector<Candidate> out;
  TrainPlan scratch = base;
  auto offer = [&](const Layout& layout, const std::string& schedule, Precision precision, int64_t micro) {
    Candidate candidate{layout, schedule, precision, micro};
    try {
      set_candidate(scratch, candidate);
      complete_in_place(scratch);
      out.push_back(std::move(candidate));
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
    std::vector<Candidate> thinned;
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

void explain_losses(const TrainPlan& base, const std::vector<Candidate>& plans, const std::vector<Outcome>& outcomes,
                    const std::vector<size_t>& front, SearchResult& out) {
  std::vector<bool> won(plans.size(), false);
  for (size_t i : front) won[i] = true;
  for (size_t i = 0; i < plans.size(); ++i) {
    if (won[i]) continue;
    std::string why = "does not fit";
    size_t by = i;
    if (outcomes[i].fits) {
      by = front.front();  // the fastest that needs no more memory
      for (size_t f : front)
        if (outcomes[f].memory <= outcomes[i].memory) {
          by = f;
          break;
        }
      why = reason(outcomes[i].step, outcomes[by].step);
    }
    Loss& loss = out.lost[why];
    if (loss.count++ > 0) continue;
    std::string detail = by == i ? fmt::format("{:.0f} GiB", outcomes[i].memory / gib)
                                 : fmt::format("{:.2f} s against {:.2f} s of {}", outcomes[i].seconds,
                                               outcomes[by].seconds, one_line(plan_of(base, plans[by])));
    loss.example = one_line(plan_of(base, plans[i])) + ": " + detail;
  }
}

}  // namespace

std::string one_line(const TrainPlan& plan) {
  return fmt::format("{} {} {} micro-batch {}", to_string(plan.layout), plan.schedule, name(plan.precision),
                     plan.micro_batch);
}

SearchResult search(const TrainPlan& base, const SearchSpace& space, int threads) {
  auto begin = std::chrono::steady_clock::now();
  SearchResult out;
  plan_of(base, {Layout{}, "1f1b", Precision::bf16, 1});  // what is wrong with every candidate is said here
  auto plans = candidates(base, space, out.impossible);
  out.tried = static_cast<int64_t>(plans.size());
  std::vector<Outcome> outcomes(plans.size());
  int64_t mtp = base.mtp < 0 ? static_cast<int64_t>(base.config.mtp_layers.size()) : base.mtp;
  Predictor predictor(base.config, mtp);
  parallel_for(plans.size(), threads, [&](size_t i) {
    TrainPlan plan = plan_of(base, plans[i]);
    Prepared prepared = prepare(plan, predictor.work());
    Outcome& o = outcomes[i];
    o.memory = fullest(prepared.memory).total();
    o.fits = o.memory <= plan.fleet.gpu.hbm_usable;
    if (!o.fits) return;
    o.step = predictor.step(plan, prepared);
    o.seconds = o.step.step();
  });
  auto front = pareto(outcomes);
  explain_losses(base, plans, outcomes, front, out);
  for (size_t i : front) out.front.push_back(predictor(plan_of(base, plans[i])));
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return out;
}

std::string to_text(const SearchResult& result) {
  std::string out = fmt::format(
      "{} candidates in {:.2f} s{}; the front: none is both slower and fuller than another\n\n",
      format_thousands(result.tried), result.seconds,
      result.impossible > 0 ? fmt::format(" ({} more are impossible)", format_thousands(result.impossible)) : "");
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
  Json out = {{"tried", result.tried}, {"impossible", result.impossible}, {"search_seconds", result.seconds}};
  out["front"] = Json::array();
  for (const Prediction& p : result.front) out["front"].push_back(to_json(p, ""));
  out["lost"] = Json::object();
  for (const auto& [why, loss] : result.lost) out["lost"][why] = {{"count", loss.count}, {"example", loss.example}};
  return out;
}

}  // namespace octet::plan
