#include "octet/plan/train/remedy.h"

#include "octet/base/units.h"

namespace octet::plan {

namespace {

struct Change {
  std::string words;
  TrainPlan plan;
};

std::vector<Change> changes(const Prediction& p) {
  std::vector<Change> out;
  auto with = [&](std::string words, auto edit) {
    TrainPlan plan = p.plan;
    plan.recompute = Recompute::automatic;
    plan.layout.dp = 0;
    edit(plan);
    try {
      out.push_back({std::move(words), complete(plan)});
    } catch (const Error&) {
      // not a layout that exists: nothing to offer
    }
  };
  if (p.plan.recompute != Recompute::automatic) with("--recompute auto", [](TrainPlan&) {});
  if (p.plan.micro_batch > 1) with("--micro-batch 1", [](TrainPlan& plan) { plan.micro_batch = 1; });
  for (int64_t times : {2, 4, 8}) {
    const Layout& l = p.plan.layout;
    with(fmt::format("pp={}", l.pp * times), [&](TrainPlan& plan) { plan.layout.pp *= times; });
    with(fmt::format("ep={}", l.ep * times), [&](TrainPlan& plan) { plan.layout.ep *= times; });
    with(fmt::format("tp={}", l.tp * times), [&](TrainPlan& plan) { plan.layout.tp *= times; });
    with(fmt::format("cp={}", l.cp * times), [&](TrainPlan& plan) { plan.layout.cp *= times; });
    with(fmt::format("{} GPUs", p.plan.fleet.gpus * times), [&](TrainPlan& plan) { plan.fleet.gpus *= times; });
  }
  return out;
}

}  // namespace

std::string cheapest_remedy(const Predictor& predictor, const Prediction& p) {
  double best_cost = 0, least = p.memory.total();
  std::string fitting, closest;
  for (const Change& change : changes(p)) {
    Prediction other = predictor(change.plan, Predictor::Spread::no);
    double cost = other.step.step() * static_cast<double>(change.plan.fleet.gpus);
    if (other.fits && (fitting.empty() || cost < best_cost)) {
      best_cost = cost;
      fitting = fmt::format("{} fits: {:.1f} GiB, {:.2f} s a step", change.words, other.memory.total() / gib,
                            other.step.step());
    }
    if (other.memory.total() < least) {
      least = other.memory.total();
      closest = fmt::format("no single change fits; {} comes closest with {:.1f} GiB", change.words, least / gib);
    }
  }
  if (!fitting.empty()) return fitting;
  return closest.empty() ? "no single change of the layout needs less" : closest;
}

}  // namespace octet::plan
