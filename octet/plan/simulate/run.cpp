// A whole run, failure by failure, and the trace of a step.
#include <cmath>

#include "octet/base/random.h"
#include "octet/plan/simulate/simulate.h"

namespace octet::plan {

RunOutcome simulate_run(const Fleet& fleet, double step_seconds, double steps, double checkpoint_interval,
                        uint64_t seed) {
  RunOutcome out;
  double mtbf = fleet.gpu_mtbf_hours * 3600 / static_cast<double>(fleet.gpus), need = step_seconds * steps;
  double interval = checkpoint_interval > 0 ? std::max(checkpoint_interval, step_seconds) : need;
  constexpr int64_t most_failures = 10'000'000;
  Random random = Random::named(seed, "failures");
  auto next_failure = [&] { return -mtbf * std::log(1 - random.uniform()); };
  double until = next_failure();  // of running time
  while (out.training_seconds < need - 1e-9 && out.failures < most_failures) {
    double stretch = std::min(interval, need - out.training_seconds);
    bool last = out.training_seconds + stretch >= need - 1e-9;
    double with_checkpoint = stretch + (last ? 0 : fleet.checkpoint_seconds);
    if (until >= with_checkpoint) {
      until -= with_checkpoint;
      out.training_seconds += stretch;
      if (!last) out.checkpoint_seconds += fleet.checkpoint_seconds, ++out.checkpoints;
    } else {
      out.lost_seconds += until;
      ++out.failures;
      until = next_failure();
      for (; until < fleet.restart_seconds && out.failures < most_failures;
           ++out.failures) {  // again, while restarting
        out.restart_seconds += until;
        until = next_failure();
      }
      out.restart_seconds += fleet.restart_seconds;
      until -= fleet.restart_seconds;
    }
  }
  out.seconds = out.training_seconds + out.lost_seconds + out.checkpoint_seconds + out.restart_seconds;
  return out;
}

namespace {

std::string label(const Op& op) {
  switch (op.kind) {
    case Kind::forward:
      return fmt::format("F {}", op.micro);
    case Kind::backward:
      return fmt::format("B {}", op.micro);
    case Kind::backward_input:
      return fmt::format("Bi {}", op.micro);
    case Kind::weight:
      return fmt::format("W {}", op.micro);
    case Kind::overlapped:
      return fmt::format("F {} & B {}", op.micro, op.micro_back);
  }
  return "";
}

}  // namespace

std::string chrome_trace(const Simulated& simulated, const Scenario& scenario) {
  Json events = Json::array();
  for (int64_t rank = 0; rank < scenario.plan.layout.pp; ++rank)
    events.push_back({{"name", "thread_name"},
                      {"ph", "M"},
                      {"pid", 0},
                      {"tid", rank},
                      {"args", {{"name", fmt::format("pipeline rank {}", rank)}}}});
  for (const SimulatedOp& op : simulated.trace)
    events.push_back({{"name", label(op.op)},
                      {"ph", "X"},
                      {"pid", 0},
                      {"tid", op.rank},
                      {"ts", op.start * 1e6},
                      {"dur", (op.end - op.start) * 1e6},
                      {"args", {{"stage", op.op.stage}}}});
  Json out;
  out["displayTimeUnit"] = "ms";
  out["traceEvents"] = std::move(events);
  return dump(out);
}

}  // namespace octet::plan
