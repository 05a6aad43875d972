// Where a simulation's numbers come from.
#include "octet/base/units.h"
#include "octet/plan/simulate/exchange.h"
#include "octet/plan/simulate/simulate.h"

namespace octet::plan {

namespace {

std::string network_words(const Fleet& fleet) {
  return fmt::format("{}, NVLink domains of {}, {} nodes a leaf switch, {:g} x oversubscribed",
                     name(fleet.gpu.network.fabric), fleet.gpu.nvlink_domain, fleet.gpu.network.nodes_per_leaf,
                     fleet.gpu.network.oversubscription);
}

}  // namespace

std::vector<Explained> explain(const Scenario& scenario, const Simulated& s, const RunOutcome& run,
                               double checkpoint_interval) {
  const std::string file = "octet/plan/simulate/simulate.h", fleet = "the fleet's file, or its default";
  const Fleet& f = scenario.plan.fleet;
  auto share = [](double x) { return fmt::format("{:.4f}", x); };
  auto seconds = [](double x) { return fmt::format("{:.3f} s", x); };
  return {{"units", fmt::format("{}", s.units.size()),
           "sets of pipelines whose ranks exchange tokens: they move in lockstep and meet at the optimizer", file},
          {"planned step", seconds(s.planned_seconds), "the planner's: equal GPUs, equal experts",
           "octet/plan/train/predict.h"},
          {"slowest GPU", share(s.slowest_gpu),
           fmt::format("times the usual time: log-normal, sigma {:g}, and the GPUs given as slow", scenario.jitter),
           "assumed: --jitter, --slow"},
          {"expert load", share(s.mean_expert_load),
           fmt::format("busiest rank over the mean at an exchange: an expert's load scatters by {:g} of its mean",
                       scenario.expert_jitter),
           "assumed: --expert-jitter"},
          {"slowest unit", seconds(s.step_seconds - s.optimizer_seconds),
           "the schedule event by event; each op takes its slowest member's time, each exchange its busiest",
           "octet/plan/schedule: " + scenario.plan.schedule},
          {"optimizer", seconds(s.optimizer_seconds), "traffic between data parallel ranks, and the update",
           "octet/plan/train/step.h"},
          {"step", seconds(s.step_seconds), "slowest unit + optimizer", file},
          {"waiting", share(s.waiting), "1 - busy GPU seconds / (step x GPUs)", file},
          {"bytes between pipeline ranks", format_bytes(s.bytes_sent),
           fmt::format("{:.0f} messages of micro-batch x hidden x 2 bytes / tp; received: {}", s.messages_sent,
                       format_bytes(s.bytes_received)),
           file},
          {"failures", fmt::format("{}", run.failures),
           fmt::format("exponential, a GPU each {:g} h; {:g} s to restart and the work since the last checkpoint",
                       f.gpu_mtbf_hours, f.restart_seconds),
           "Llama 3 report, section 3.3.4; " + fleet},
          {"checkpoints", fmt::format("{}", run.checkpoints),
           fmt::format("every {}, the best for pauses of {:g} s and the fleet's mean time between failures",
                       format_duration(checkpoint_interval), f.checkpoint_seconds),
           "Daly 2006; " + fleet},
          {"run", format_duration(run.seconds), "training + lost + checkpoints + restarts", file},
          {"goodput", share(run.goodput()), "training / run", file},
          {"network", network_words(f), "steps take the planner's formulas of it, --exchange each message", fleet}};
}

std::vector<Explained> explain(const ExchangeQuery& q, const ExchangeOutcome& dispatch,
                               const ExchangeOutcome& combine) {
  const std::string file = "octet/plan/simulate/exchange.h", fleet = "the fleet's file, or its default";
  const Gpu& gpu = q.fleet.gpu;
  auto us = [](double seconds) { return fmt::format("{:.1f} us", seconds * 1e6); };
  std::string path = q.kernel == Kernel::throughput
                         ? "one copy a node over the network to the sender's place there, then one a rank over NVLink"
                         : "one message an expert, straight to its rank";
  return {{"tokens' experts", fmt::format("{} of {}", q.routes.top_k, q.routes.experts),
           fmt::format("drawn token by token, in at most {} of {} groups", q.routes.topk_group, q.routes.n_group),
           "DeepSeek-V3 report, section 2.1.2"},
          {"network", network_words(q.fleet), "who reaches whom through what", fleet},
          {"latency",
           fmt::format("{:.1f} us below a leaf, {:.1f} across", q.fleet.gpu.network.latency_same_leaf * 1e6,
                       q.fleet.gpu.network.latency_cross_leaf * 1e6),
           "the farthest message's", "Insights into DeepSeek-V3 (ISCA 2025); " + fleet},
          {"port", fmt::format("{:.1f} GB/s", gpu.nic * gpu.measured.nic / 1e9), "stated bandwidth x calibrated share",
           "octet/plan/machine"},
          {"NVLink", fmt::format("{:.1f} GB/s", gpu.nvlink * gpu.measured.nvlink / 1e9),
           "stated bandwidth x calibrated share", "octet/plan/machine"},
          {"kernels", us(gpu.measured.exchange_seconds()), "a kernel that sends and one that receives",
           "octet calibrate-hardware"},
          {"dispatch", us(dispatch.mean_seconds),
           path + ": the busiest of port, NVLink and switch, and latency and kernels; mean over ranks", file},
          {"combine", us(combine.mean_seconds), "the mirror of it, in bf16", file},
          {"busiest rank", fmt::format("{:.3f}", dispatch.imbalance), "pairs of token and expert over the mean", file}};
}

}  // namespace octet::plan
