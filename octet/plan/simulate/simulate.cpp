#include "octet/plan/simulate/simulate.h"

#include <cmath>
#include <numeric>

#include "octet/base/parallel.h"
#include "octet/base/random.h"
#include "octet/plan/train/step.h"

namespace octet::plan {

namespace {

// What a stage adds when its experts are loaded unevenly: seconds for each unit of (busiest load - 1), found by asking
// the layer model twice.
struct Loaded {
  Seconds even;
  std::vector<std::pair<int, Seconds>> extra;  // (layer's number, seconds a unit of extra load)
};

Seconds minus(const Seconds& a, const Seconds& b) {
  Seconds out;
  for (double Seconds::*part :
       {&Seconds::forward, &Seconds::backward_input, &Seconds::weight, &Seconds::arithmetic_forward,
        &Seconds::arithmetic_backward, &Seconds::arithmetic_weight, &Seconds::exchange_forward,
        &Seconds::exchange_backward, &Seconds::collective_forward, &Seconds::collective_backward})
    out.*part = a.*part - b.*part;
  return out;
}

void add_scaled(Seconds& to, const Seconds& from, double arithmetic, double moving) {
  to.forward += from.forward * arithmetic, to.backward_input += from.backward_input * arithmetic;
  to.weight += from.weight * arithmetic, to.arithmetic_forward += from.arithmetic_forward * arithmetic;
  to.arithmetic_backward += from.arithmetic_backward * arithmetic,
      to.arithmetic_weight += from.arithmetic_weight * arithmetic;
  to.exchange_forward += from.exchange_forward * moving, to.exchange_backward += from.exchange_backward * moving;
  to.collective_forward += from.collective_forward, to.collective_backward += from.collective_backward;
}

class Floor {
 public:
  explicit Floor(const Scenario& scenario)
      : s_(scenario),
        work_(model_work(scenario.plan.config, scenario.plan.mtp)),
        prepared_(prepare(scenario.plan, work_)),
        schedule_(make_schedule(scenario.plan.schedule, static_cast<int>(scenario.plan.layout.pp),
                                static_cast<int>(scenario.plan.layout.vp),
                                static_cast<int>(micro_batches(scenario.plan)))) {
    const Layout& l = s_.plan.layout;
    stage_ranks_ = l.tp * l.cp * l.dp;
    width_ = std::lcm(l.ep, l.tp * l.cp);
    find_speeds();
    load_stages();
  }

  int64_t units() const { return stage_ranks_ / width_; }
  const Schedule& schedule() const { return schedule_; }
  const ModelWork& work() const { return work_; }
  const Prepared& prepared() const { return prepared_; }
  double slowest() const { return *std::max_element(speeds_.begin(), speeds_.end()); }

  struct Unit {
    Execution run;
    double loads = 0;
    int64_t exchanges = 0;
  };
  Unit run(int64_t unit, Record record) const {
    Unit out;
    std::vector<double> slow(static_cast<size_t>(schedule_.ranks), 0);
    for (int rank = 0; rank < schedule_.ranks; ++rank)
      for (int64_t i = 0; i < width_; ++i)
        slow[static_cast<size_t>(rank)] = std::max(slow[static_cast<size_t>(rank)], speed(unit, rank, i));
    Costs costs;
    costs.send = handover_seconds(s_.plan, prepared_.share, work_);
    costs.own = [&](int rank, const Op& op) { return seconds(unit, rank, op, slow[static_cast<size_t>(rank)], out); };
    out.run = execute(schedule_, costs, record);
    return out;
  }

 private:
  const Scenario& s_;
  ModelWork work_;
  Prepared prepared_;
  Schedule schedule_;
  int64_t stage_ranks_ = 1, width_ = 1;
  std::vector<double> speeds_;
  std::vector<Loaded> stages_;

  void find_speeds() {
    auto gpus = static_cast<size_t>(s_.plan.fleet.gpus);
    speeds_.assign(gpus, 1);
    Random random = Random::named(s_.seed, "speed");
    if (s_.jitter > 0)
      for (double& speed : speeds_) speed = std::exp(s_.jitter * random.normal());
    for (const SlowGpu& slow : s_.slow) {
      if (slow.gpu < 0 || slow.gpu >= s_.plan.fleet.gpus || !(slow.factor > 0))
        throw Error(ErrorKind::usage,
                    fmt::format("--slow: expected a GPU from 0 to {} and a factor above 0, found {}:{}", gpus - 1,
                                slow.gpu, slow.factor));
      speeds_[static_cast<size_t>(slow.gpu)] *= slow.factor;
    }
  }

  void load_stages() {
    Share heavier = prepared_.share;
    heavier.imbalance += 1;
    std::vector<Seconds> slopes;
    for (const LayerWork& kind : work_.kinds)
      slopes.push_back(minus(layer_seconds(kind, heavier), layer_seconds(kind, prepared_.share)));
    for (const Stage& stage : prepared_.stages.stages) {
      Loaded loaded{stage.seconds, {}};
      for (int i : stage.items) {
        int kind = prepared_.stages.items[static_cast<size_t>(i)].kind;
        if (kind >= 0 && work_.kinds[static_cast<size_t>(kind)].experts)
          loaded.extra.push_back({i, slopes[static_cast<size_t>(kind)]});
      }
      stages_.push_back(std::move(loaded));
    }
  }

  double speed(int64_t unit, int rank, int64_t member) const {
    return speeds_[static_cast<size_t>(rank * stage_ranks_ + unit * width_ + member)];
  }

  // The busiest member of a layer's exchange: by load alone (bytes) and by load and speed (arithmetic).
  struct Busiest {
    double load = 1, work = 1;
  };
  Busiest busiest(int64_t unit, int rank, int micro, int layer, double slow) const {
    int64_t ep = s_.plan.layout.ep;
    if (ep <= 1 || s_.expert_jitter <= 0) return {1, slow};
    double held = 1;
    for (const LayerWork& kind : work_.kinds)
      if (kind.experts) held = static_cast<double>(kind.routes.experts) / static_cast<double>(ep);
    double sigma = s_.expert_jitter / std::sqrt(held);
    Random random =
        Random::named(s_.seed, "load", static_cast<uint64_t>((unit * schedule_.micro_batches + micro) * 4096 + layer));
    Busiest out{0, 0};
    for (int64_t i = 0; i < width_; ++i) {
      double load = std::max(0.0, 1 + sigma * random.normal());
      out.load = std::max(out.load, load), out.work = std::max(out.work, load * speed(unit, rank, i));
    }
    return out;
  }

  Seconds loaded(int64_t unit, int rank, int micro, int stage, double slow, Unit& count) const {
    const Loaded& from = stages_[static_cast<size_t>(stage)];
    Seconds out;
    add_scaled(out, from.even, slow, 1);
    for (const auto& [layer, slope] : from.extra) {
      Busiest top = busiest(unit, rank, micro, layer, slow);
      add_scaled(out, slope, top.work - slow, top.load - 1);
      count.loads += top.load, ++count.exchanges;
    }
    return out;
  }

  double seconds(int64_t unit, int rank, const Op& op, double slow, Unit& count) const {
    Seconds s = loaded(unit, rank, op.micro, op.stage, slow, count);
    double input = s.backward_input + s.exchange_backward + s.collective_backward;
    switch (op.kind) {
      case Kind::forward:
        return s.forward + s.exchange_forward + s.collective_forward;
      case Kind::backward:
        return input + s.weight;
      case Kind::backward_input:
        return input;
      case Kind::weight:
        return s.weight;
      case Kind::overlapped:
        return overlapped_seconds(s, loaded(unit, rank, op.micro_back, op.stage_back, slow, count),
                                  prepared_.share.gpu);
    }
    return 0;
  }
};

// Every op sends on what it made and received what it needed; both are counted where they happen.
void count_messages(const Schedule& schedule, double bytes, double members, Simulated& out) {
  auto forward = [&](int micro, int stage) {
    int here = schedule.rank(micro, stage);
    out.messages_sent += stage + 1 < schedule.stages && schedule.rank(micro, stage + 1) != here;
    out.messages_received += stage > 0 && schedule.rank(micro, stage - 1) != here;
  };
  auto backward = [&](int micro, int stage) {
    int here = schedule.rank(micro, stage);
    out.messages_sent += stage > 0 && schedule.rank(micro, stage - 1) != here;
    out.messages_received += stage + 1 < schedule.stages && schedule.rank(micro, stage + 1) != here;
  };
  for (const auto& order : schedule.order)
    for (const Op& op : order) {
      if (op.kind == Kind::forward || op.kind == Kind::overlapped) forward(op.micro, op.stage);
      if (op.kind == Kind::backward || op.kind == Kind::backward_input) backward(op.micro, op.stage);
      if (op.kind == Kind::overlapped) backward(op.micro_back, op.stage_back);
    }
  out.messages_sent *= members, out.messages_received *= members;
  out.bytes_sent = out.messages_sent * bytes, out.bytes_received = out.messages_received * bytes;
}

}  // namespace

Simulated simulate(const Scenario& scenario, Trace trace) {
  double operations = static_cast<double>(micro_batches(scenario.plan)) *
                      static_cast<double>(scenario.plan.layout.pp * scenario.plan.layout.vp);
  if (operations > 2e7)
    throw Error(ErrorKind::usage,
                fmt::format("{} micro-batches over {} stages are too many to simulate one by one",
                            micro_batches(scenario.plan), scenario.plan.layout.pp * scenario.plan.layout.vp),
                "take a smaller --batch");
  Floor floor(scenario);
  Simulated out;
  auto n = static_cast<size_t>(floor.units());
  std::vector<Floor::Unit> units(n);
  parallel_for(n, scenario.threads, [&](size_t i) {
    units[i] = floor.run(static_cast<int64_t>(i), trace == Trace::yes && i == 0 ? Record::events : Record::totals);
  });
  double loads = 0, exchanges = 0, busy = 0, slowest = 0;
  for (const auto& unit : units) {
    out.units.push_back(unit.run.seconds);
    slowest = std::max(slowest, unit.run.seconds);
    loads += unit.loads, exchanges += static_cast<double>(unit.exchanges);
    for (const Busy& rank : unit.run.ranks) busy += rank.sum();
  }
  StepSplit planned = Predictor(scenario.plan.config, scenario.plan.mtp)(scenario.plan, Predictor::Spread::no).step;
  out.planned_seconds = planned.step();
  out.optimizer_seconds = planned.optimizer;
  out.step_seconds = slowest + planned.optimizer;
  double lanes = static_cast<double>(n) * static_cast<double>(floor.schedule().ranks);
  out.waiting = 1 - (busy + planned.optimizer * lanes) / (out.step_seconds * lanes);
  out.slowest_gpu = floor.slowest();
  out.mean_expert_load = exchanges > 0 ? loads / exchanges : 1;
  for (const auto& order : floor.schedule().order) out.operations += static_cast<int64_t>(order.size() * n);
  const Layout& l = scenario.plan.layout;
  count_messages(floor.schedule(), handover_bytes(floor.prepared().share, floor.work()),
                 static_cast<double>(l.tp * l.cp * l.dp), out);
  for (const Event& event : units.front().run.events)
    out.trace.push_back({event.rank, event.op, event.start, event.end});
  return out;
}

}  // namespace octet::plan
