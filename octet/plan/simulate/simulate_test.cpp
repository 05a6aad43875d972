#include "octet/plan/simulate/simulate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "octet/base/testing_sanitized.h"
#include "octet/plan/simulate/exchange.h"

namespace octet::plan {
namespace {

TrainPlan v3(int64_t gpus, int64_t batch) {
  TrainPlan plan;
  plan.model = "deepseek-v3";
  plan.config = arch::preset("deepseek-v3");
  plan.fleet = read_fleet(fmt::format("h800x{}", gpus));
  plan.layout = parse_layout("pp=8,ep=16");
  plan.batch = batch, plan.seq = 4096;
  plan.schedule = "dualpipe";
  plan.precision = Precision::fp8;
  plan.recompute = Recompute::selective;
  return complete(plan);
}

TEST(Simulate, EqualGpusAndExpertsGiveThePlannersStep) {
  Simulated s = simulate({.plan = v3(256, 32 * 24), .jitter = 0, .expert_jitter = 0});
  EXPECT_NEAR(s.step_seconds / s.planned_seconds, 1, 1e-9);
  EXPECT_EQ(s.units.size(), 2u);
}

TEST(Simulate, ASlowGpuHoldsUpEveryone) {
  Scenario scenario{.plan = v3(256, 32 * 24), .jitter = 0, .expert_jitter = 0};
  double before = simulate(scenario).step_seconds;
  scenario.slow = {{200, 1.5}};
  Simulated after = simulate(scenario);
  EXPECT_GT(after.step_seconds, 1.2 * before);
  EXPECT_LT(after.step_seconds, 1.5 * before);
  EXPECT_GT(after.waiting, 0.1);
  scenario.slow = {{256, 1.5}};
  EXPECT_THROW(simulate(scenario), Error);
}

TEST(Simulate, UnevenExpertsCostTime) {
  Scenario scenario{.plan = v3(256, 32 * 24), .jitter = 0, .expert_jitter = 0.3};
  Simulated s = simulate(scenario);
  EXPECT_GT(s.step_seconds, s.planned_seconds);
  EXPECT_GT(s.mean_expert_load, 1.05);
}

TEST(Simulate, SameSeedSameStepAtAnyNumberOfThreads) {
  Scenario scenario{.plan = v3(256, 32 * 16), .seed = 7, .threads = 1};
  double one = simulate(scenario).step_seconds;
  scenario.threads = 3;
  EXPECT_EQ(simulate(scenario).step_seconds, one);
  scenario.seed = 8;
  EXPECT_NE(simulate(scenario).step_seconds, one);
}

TEST(Simulate, BytesSentAreBytesReceived) {
  Simulated s = simulate({.plan = v3(256, 32 * 16)});
  EXPECT_GT(s.bytes_sent, 0);
  EXPECT_EQ(s.bytes_sent, s.bytes_received);
}

TEST(Simulate, TheTraceIsChromes) {
  Scenario scenario{.plan = v3(256, 32 * 16)};
  Simulated s = simulate(scenario, Trace::yes);
  Json trace = parse_json(chrome_trace(s, scenario), "trace");
  size_t ops = 0;
  double end = 0;
  for (const auto& event : trace["traceEvents"])
    if (event["ph"] == "X") {
      ++ops;
      EXPECT_GE(event["dur"].get<double>(), 0);
      end = std::max(end, event["ts"].get<double>() + event["dur"].get<double>());
    }
  EXPECT_EQ(static_cast<int64_t>(ops * s.units.size()), s.operations);
  EXPECT_NEAR(end * 1e-6, s.units.front(), 1e-6);
}

TEST(Run, GoodputAgreesWithTheFormula) {
  TrainPlan plan = v3(256, 32 * 16);
  double before = 2;
  for (double hours : {50000.0, 2000.0, 500.0, 100.0}) {  // to failures every three minutes
    plan.fleet.gpu_mtbf_hours = hours;
    Prediction p = predict(plan);
    RunOutcome run = simulate_run(plan.fleet, 1, 3e6, p.goodput.checkpoint_interval, 3);
    EXPECT_NEAR(run.goodput(), p.goodput.share, 0.02 * p.goodput.share) << hours;
    EXPECT_LT(p.goodput.share, before);
    EXPECT_GT(p.goodput.share, 0);
    EXPECT_NEAR(p.gpu_hours_with_failures * p.goodput.share, p.gpu_hours, 1e-6 * p.gpu_hours);
    before = p.goodput.share;
  }
  // No other interval does better.
  Fleet fleet = read_fleet("h800x2048");
  fleet.gpu_mtbf_hours = 500;
  plan.fleet.gpu_mtbf_hours = 500;
  double best = predict(plan).goodput.checkpoint_interval;
  auto at = [&](double interval) { return simulate_run(plan.fleet, 1, 1e7, interval, 4).goodput(); };
  EXPECT_GT(at(best), at(best / 2));
  EXPECT_GT(at(best), at(best * 2));
  fleet = read_fleet("h800x2048");
  RunOutcome run = simulate_run(fleet, 20, 2e6, 3600, 3);
  EXPECT_NEAR(run.seconds, run.training_seconds + run.lost_seconds + run.checkpoint_seconds + run.restart_seconds,
              1e-3);
  EXPECT_GT(run.failures, 100);
}

TEST(Topology, WhoSharesASwitch) {
  Fleet fleet = read_fleet("h800x2048");
  fleet.gpu.network.nodes_per_leaf = 4;
  Topology planes(fleet);
  EXPECT_EQ(planes.way(0, 0), Way::self);
  EXPECT_EQ(planes.way(0, 7), Way::nvlink);
  EXPECT_EQ(planes.way(0, 8), Way::leaf);
  EXPECT_EQ(planes.way(0, 9), Way::spine);   // another place, another plane
  EXPECT_EQ(planes.way(0, 32), Way::spine);  // the fifth node
  fleet.gpu.network.fabric = Fabric::fat_tree;
  EXPECT_EQ(Topology(fleet).way(0, 9), Way::leaf);
}

ExchangeOutcome exchanged(const Fleet& fleet, int64_t ep, Kernel kernel, double bytes, int64_t tokens) {
  return simulate_exchange({.fleet = fleet,
                            .routes = {256, 8, 8, 4},
                            .ranks = ep,
                            .tokens = tokens,
                            .bytes = bytes,
                            .kernel = kernel,
                            .seed = 1});
}

TEST(Exchange, LowLatencyKernelsAsPublished) {  // DeepEP README, H800: within 12 %
  OCTET_LONG_IF_SANITIZED();
  struct Case {
    int64_t ep;
    double dispatch, combine;
  };
  for (Case c : {Case{8, 77, 114}, {16, 118, 195}, {32, 155, 273}, {64, 173, 314}}) {
    Fleet fleet = read_fleet(fmt::format("h800x{}", c.ep));
    EXPECT_NEAR(exchanged(fleet, c.ep, Kernel::latency, 7392, 128).mean_seconds * 1e6 / c.dispatch, 1, 0.12) << c.ep;
    EXPECT_NEAR(exchanged(fleet, c.ep, Kernel::latency, 14336, 128).mean_seconds * 1e6 / c.combine, 1, 0.12) << c.ep;
  }
}

TEST(Exchange, AgreesWithTheFormula) {
  OCTET_LONG_IF_SANITIZED();
  Fleet fleet = read_fleet("h800x64");
  Group group = group_of(fleet.gpu, 64, 1);
  Routes routes{256, 8, 8, 4};
  double formula = exchange_seconds(fleet.gpu, group, reach(routes, group), 4096, 7392);
  ExchangeOutcome drawn = exchanged(fleet, 64, Kernel::throughput, 7392, 4096);
  // The formula draws experts uniformly within uniformly drawn groups and so reaches 3.63 nodes. The router takes the
  // groups for their two best experts, so that nearly all four hold one of the eight: 3.98 nodes, and as much more to
  // send.
  double sent = 0;
  for (const Port& port : drawn.network) sent += port.sent / 64;
  double nodes = sent / (4096 * 7392) * 8 / 7;  // seven of eight copies leave the node
  EXPECT_NEAR(reach(routes, group).nodes, 3.63, 0.01);
  EXPECT_NEAR(nodes, 3.98, 0.02);
  // A rank's own busiest direction is a little above the mean of both, the slowest rank's a little more.
  EXPECT_NEAR(drawn.mean_seconds / formula, nodes / reach(routes, group).nodes, 0.03);
  EXPECT_GE(drawn.seconds, drawn.mean_seconds);
  EXPECT_LT(drawn.seconds, 1.08 * drawn.mean_seconds);
}

TEST(Exchange, OversubscriptionShows) {
  OCTET_LONG_IF_SANITIZED();
  Fleet fleet = read_fleet("h800x64");
  fleet.gpu.network.nodes_per_leaf = 2;
  double before = exchanged(fleet, 64, Kernel::throughput, 7392, 512).seconds;
  fleet.gpu.network.oversubscription = 4;
  EXPECT_GT(exchanged(fleet, 64, Kernel::throughput, 7392, 512).seconds, 1.5 * before);
}

RC_GTEST_PROP(ExchangeProperty, EveryByteSentArrives, ()) {
  int64_t ep = 1 << *rc::gen::inRange(0, 7);
  Fleet fleet = read_fleet(fmt::format("h800x{}", ep));
  Kernel kernel = *rc::gen::element(Kernel::throughput, Kernel::latency);
  int64_t tokens = *rc::gen::inRange<int64_t>(0, 40);
  ExchangeOutcome out = exchanged(fleet, ep, kernel, 100, tokens);
  RC_ASSERT(std::abs(out.sent() - out.received()) < 1e-6 * (1 + out.sent()));
  double pairs = 0;
  for (double n : out.tokens_computed) pairs += n;
  RC_ASSERT(std::abs(pairs - static_cast<double>(8 * ep * tokens)) < 1e-6);
}

RC_GTEST_PROP(ExchangeProperty, AtMostFourNodesOfATokensOwn, ()) {
  Random random(*rc::gen::arbitrary<uint64_t>());
  auto experts = route({256, 8, 8, 4}, std::vector<double>(256, 0), random);
  std::vector<int> groups;
  for (int e : experts) groups.push_back(e / 32);
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  RC_ASSERT(groups.size() <= 4u);
  std::sort(experts.begin(), experts.end());
  RC_ASSERT(std::unique(experts.begin(), experts.end()) == experts.end());
  RC_ASSERT(experts.size() == 8u);
}

}  // namespace
}  // namespace octet::plan
