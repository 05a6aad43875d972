#include "octet/plan/schedule/execute.h"

#include <algorithm>

#include "octet/base/error.h"

namespace octet::plan {

double Costs::of(int rank, const Op& op) const {
  if (own) return own(rank, op);
  double factor = slowdown.empty() ? 1 : slowdown[static_cast<size_t>(rank)];
  auto stage = static_cast<size_t>(op.stage);
  switch (op.kind) {
    case Kind::forward:
      return factor * forward[stage];
    case Kind::backward:
      return factor * (backward_input[stage] + weight[stage]);
    case Kind::backward_input:
      return factor * backward_input[stage];
    case Kind::weight:
      return factor * weight[stage];
    case Kind::overlapped: {
      auto back = static_cast<size_t>(op.stage_back);
      if (overlapped.empty()) return factor * (forward[stage] + backward_input[back] + weight[back]);
      return factor * overlapped[stage * forward.size() + back];
    }
  }
  return 0;
}

namespace {

constexpr double not_yet = -1;

// When the forward or backward of (micro, stage) ended, on the ranks' clocks and along needs alone.
class Ends {
 public:
  Ends(int stages, int micro_batches)
      : micros_(static_cast<size_t>(micro_batches)), at_(static_cast<size_t>(stages) * micros_, {not_yet, 0}) {}
  struct End {
    double time, chain;
  };
  End& of(int micro, int stage) { return at_[static_cast<size_t>(stage) * micros_ + static_cast<size_t>(micro)]; }

 private:
  size_t micros_;
  std::vector<End> at_;
};

class Runner {
 public:
  Runner(const Schedule& schedule, const Costs& costs, Record record)
      : schedule_(schedule),
        costs_(costs),
        record_(record),
        forwards_(schedule.stages, schedule.micro_batches),
        backwards_(schedule.stages, schedule.micro_batches),
        next_(schedule.order.size(), 0),
        clock_(schedule.order.size(), 0) {
    out_.ranks.resize(schedule.order.size());
  }

  Execution run() {
    for (bool progress = true; progress;) {
      progress = false;
      for (int rank = 0; rank < schedule_.ranks; ++rank)
        while (step(rank)) progress = true;
    }
    for (size_t rank = 0; rank < next_.size(); ++rank) {
      check(next_[rank] == schedule_.order[rank].size(), "a schedule whose ranks wait for each other");
      out_.seconds = std::max(out_.seconds, clock_[rank]);
      out_.critical_path = std::max(out_.critical_path, out_.ranks[rank].sum());
    }
    return std::move(out_);
  }

 private:
  const Schedule& schedule_;
  const Costs& costs_;
  Record record_;
  Ends forwards_, backwards_;
  std::vector<size_t> next_;
  std::vector<double> clock_;
  Execution out_;

  struct Ready {
    bool yes;
    double arrival = 0, chain = 0;
    void join(const Ready& other) {
      yes = yes && other.yes;
      arrival = std::max(arrival, other.arrival);
      chain = std::max(chain, other.chain);
    }
  };

  Ready arrived(Ends& ends, int micro, int from_stage, int to_stage) {
    auto& end = ends.of(micro, from_stage);
    if (end.time == not_yet) return {false};
    double send = schedule_.rank(micro, from_stage) == schedule_.rank(micro, to_stage) ? 0 : costs_.send;
    return {true, end.time + send, end.chain + send};
  }
  Ready forward_ready(int micro, int stage) {
    return stage == 0 ? Ready{true} : arrived(forwards_, micro, stage - 1, stage);
  }
  Ready backward_ready(int micro, int stage) {
    Ready ready = arrived(forwards_, micro, stage, stage);
    if (stage + 1 < schedule_.stages && ready.yes) ready.join(arrived(backwards_, micro, stage + 1, stage));
    return ready;
  }
  Ready ready(const Op& op) {
    switch (op.kind) {
      case Kind::forward:
        return forward_ready(op.micro, op.stage);
      case Kind::backward:
      case Kind::backward_input:
        return backward_ready(op.micro, op.stage);
      case Kind::weight:
        return arrived(backwards_, op.micro, op.stage, op.stage);
      case Kind::overlapped: {
        Ready both = forward_ready(op.micro, op.stage);
        if (both.yes) both.join(backward_ready(op.micro_back, op.stage_back));
        return both;
      }
    }
    return {false};
  }

  bool step(int rank) {
    auto r = static_cast<size_t>(rank);
    if (next_[r] == schedule_.order[r].size()) return false;
    const Op& op = schedule_.order[r][next_[r]];
    Ready when = ready(op);
    if (!when.yes) return false;
    double cost = costs_.of(rank, op);
    double start = std::max(clock_[r], when.arrival), end = start + cost;
    clock_[r] = end;
    finish(op, end, when.chain + cost);
    count(op, out_.ranks[r], cost);
    out_.critical_path = std::max(out_.critical_path, when.chain + cost);
    if (record_ == Record::events) out_.events.push_back({rank, op, start, end});
    ++next_[r];
    return true;
  }

  void finish(const Op& op, double end, double chain) {
    if (op.kind == Kind::forward || op.kind == Kind::overlapped) forwards_.of(op.micro, op.stage) = {end, chain};
    if (op.kind == Kind::backward || op.kind == Kind::backward_input) backwards_.of(op.micro, op.stage) = {end, chain};
    if (op.kind == Kind::overlapped) backwards_.of(op.micro_back, op.stage_back) = {end, chain};
  }

  void count(const Op& op, Busy& busy, double cost) {
    switch (op.kind) {
      case Kind::forward:
        busy.forward += cost;
        break;
      case Kind::backward:
        busy.backward += cost;
        break;
      case Kind::backward_input:
        busy.backward += cost;
        break;
      case Kind::weight:
        busy.weight += cost;
        break;
      case Kind::overlapped:
        busy.overlapped += cost;
        break;
    }
  }
};

}  // namespace

Execution execute(const Schedule& schedule, const Costs& costs, Record record) {
  check(costs.own || costs.forward.size() == static_cast<size_t>(schedule.stages), "a cost for every stage");
  return Runner(schedule, costs, record).run();
}

}  // namespace octet::plan
