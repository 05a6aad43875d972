#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "octet/base/error.h"
#include "octet/base/testing_sanitized.h"
#include "octet/plan/serve/day.h"
#include "octet/plan/serve/predict.h"

namespace octet::plan {
namespace {

ServePlan pool(const char* gpu_name, Role role, int64_t ep, double batch, double context, int64_t redundant = 32) {
  ServePlan p;
  p.model = "deepseek-v3", p.config = arch::preset("deepseek-v3"), p.gpu = gpu(gpu_name);
  p.gpus = p.ep = ep, p.role = role, p.batch = batch, p.context = context, p.redundant_experts = redundant;
  return p;
}

const ServeModel& v3_served() {
  static const ServeModel model(arch::preset("deepseek-v3"));
  return model;
}

double rate(const ServePlan& p) { return predict_serving(v3_served(), p, Doubts::no).tokens_per_second_per_node; }

TEST(Serve, ExchangeBoundsComeOutExactly) {
  ExchangeLoad load{32, 9, 7000, 3, 61};
  ExchangeBound ib = exchange_bound(load, 50e9), nvlink = exchange_bound(load, 900e9);
  EXPECT_NEAR(ib.exchange, 120.96e-6, 1e-12);
  EXPECT_NEAR(ib.step, 14.76e-3, 14.76e-3 * 0.005);
  EXPECT_NEAR(ib.tokens_per_second, 67, 67 * 0.015);  // 67.8, published cut to 67
  EXPECT_NEAR(nvlink.exchange, 6.72e-6, 1e-12);
  EXPECT_NEAR(nvlink.step, 0.82e-3, 0.82e-3 * 0.005);
}

TEST(Serve, PredictsThePublishedPools) {
  EXPECT_NEAR(rate(pool("h100", Role::prefill, 32, 16, 1024)), 57674, 57674 * 0.15);
  EXPECT_NEAR(rate(pool("h100", Role::decode, 72, 256, 2000)), 22282, 22282 * 0.15);
  EXPECT_NEAR(rate(pool("h800", Role::decode, 144, 88, 4989)), 14800, 14800 * 0.15);
}

TEST(Serve, LatencyKernelsComeOutWithinTwelvePercent) {
  struct Row {
    int64_t ep;
    double dispatch, combine;
  };
  Gpu h800 = gpu("h800");
  for (auto [ep, dispatch, combine] : {Row{8, 77, 114}, Row{16, 118, 195}, Row{32, 155, 273}, Row{64, 173, 314}}) {
    Group group = group_of(h800, ep, 1);
    Routes routes{256, 8, 8, 4};
    EXPECT_NEAR(low_latency_exchange_seconds(h800, group, routes, 128, 7168 * (1 + 4.0 / 128)) * 1e6, dispatch,
                dispatch * 0.12);
    EXPECT_NEAR(low_latency_exchange_seconds(h800, group, routes, 128, 7168 * 2) * 1e6, combine, combine * 0.12);
  }
}

TEST(Serve, MemoryAddsUpAndDecidesWhatFits) {
  ServePrediction p = predict_serving(v3_served(), pool("h100", Role::decode, 72, 256, 2000), Doubts::no);
  EXPECT_NEAR(p.memory.cache, 256.0 * 2000 * 70272, 1);
  EXPECT_TRUE(p.fits);
  EXPECT_FALSE(predict_serving(v3_served(), pool("h100", Role::decode, 72, 256, 8000), Doubts::no).fits);
  ServePlan one = pool("h100", Role::decode, 1, 1, 100, 0);
  EXPECT_FALSE(predict_serving(v3_served(), one, Doubts::no).fits);  // 671 GB on 80
}

TEST(Serve, IntervalHoldsThePredictionAndSaysFromWhat) {
  ServePrediction p = predict_serving(v3_served(), pool("h800", Role::decode, 72, 128, 4096));
  EXPECT_LT(p.step_interval.low, p.step.seconds);
  EXPECT_GT(p.step_interval.high, p.step.seconds);
  EXPECT_GE(p.doubts.size(), 5u);
  Json json = to_json(p);
  for (const char* key : {"tokens_per_second_per_node", "tpot_ms", "memory_gib_per_gpu", "fits", "interval"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_TRUE(json["interval"].contains("tpot_ms"));
  EXPECT_TRUE(to_json(predict_serving(v3_served(), pool("h800", Role::prefill, 32, 1, 4096))).contains("ttft_ms"));
}

TEST(Serve, SpeculationPaysInProportionToWhatIsAccepted) {
  ServePlan none = pool("h800", Role::decode, 72, 32, 4096), half = none, all = none;
  half.mtp_accept = 0.5, all.mtp_accept = 0.9;
  EXPECT_GT(rate(all), rate(half));
  EXPECT_NEAR(rate(all) / rate(half), 1.9 / 1.5, 1e-9);
  EXPECT_GT(rate(all), rate(none));
}

TEST(Serve, RefusesWhatCannotBe) {
  auto refused = [](auto change, const char* words) {
    ServePlan p = pool("h800", Role::decode, 32, 8, 1024, 32);
    change(p);
    try {
      predict_serving(v3_served(), p, Doubts::no);
      ADD_FAILURE() << "accepted: " << words;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find(words), std::string::npos) << e.what();
      EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
    }
  };
  refused([](ServePlan& p) { p.gpus = p.ep = 72, p.redundant_experts = 0; }, "--redundant-experts 32");
  refused([](ServePlan& p) { p.ep = 64; }, "exceeds");
  refused([](ServePlan& p) { p.gpus = 48; }, "does not divide 48 GPUs");
  refused([](ServePlan& p) { p.tp = 3; }, "tp=3");
  refused([](ServePlan& p) { p.batch = -1; }, "--batch-per-gpu");
  refused([](ServePlan& p) { p.context = 0; }, "--context");
  refused([](ServePlan& p) { p.mtp_accept = 1.5; }, "--mtp-accept");
  refused([](ServePlan& p) { p.role = Role::prefill, p.mtp_accept = 0.5; }, "prefill");
  refused([](ServePlan& p) { p.gpu = gpu("a100"); }, "FP8");
  refused([](ServePlan& p) { p.imbalance = 0.5; }, "--imbalance");
  ServePlan dense = pool("h100", Role::decode, 8, 8, 1024, 0);
  dense.config = arch::preset("llama-3.1-405b"), dense.model = "llama-3.1-405b";
  EXPECT_THROW(check_plan(dense), Error);
}

ServePlan any_pool() {
  std::string name = *rc::gen::element<std::string>("h800", "h100", "h200", "h20", "b200", "gb200");
  int64_t ep = *rc::gen::element<int64_t>(8, 16, 32, 64, 72, 144);
  ServePlan p = pool(name.c_str(), *rc::gen::element(Role::prefill, Role::decode), ep, *rc::gen::inRange(1, 513),
                     *rc::gen::inRange(16, 131072), ep == 64 ? 0 : 32);
  p.batch = p.role == Role::prefill ? 1 + static_cast<int>(p.batch) % 8 : p.batch;
  p.precision = *rc::gen::element(Precision::bf16, Precision::fp8);
  p.imbalance = *rc::gen::element(1.0, 1.5);  // fixed: it depends on the batch by simulation
  return p;
}

RC_GTEST_PROP(ServeProperty, LongerContextsAndLargerBatchesTakeLonger, ()) {
  OCTET_LONG_IF_SANITIZED();
  ServePlan p = any_pool(), longer = p, larger = p;
  longer.context *= 2, larger.batch *= 2;
  RC_ASSERT(v3_served().step(longer).seconds >= v3_served().step(p).seconds);
  RC_ASSERT(v3_served().step(larger).seconds >= v3_served().step(p).seconds);
  RC_ASSERT(v3_served().step(larger).seconds <= 2 * v3_served().step(p).seconds * (1 + 1e-9));
}

RC_GTEST_PROP(ServeProperty, FreeNetworkGivesTheComputeBound, ()) {
  OCTET_LONG_IF_SANITIZED();
  ServePlan p = any_pool();
  Assumptions free;
  free.network = 1e12;
  ServeStep bound = v3_served().step(p, free), real = v3_served().step(p);
  RC_ASSERT(bound.seconds <= real.seconds * (1 + 1e-9));
  ServePrediction prediction = predict_serving(v3_served(), p, Doubts::no);
  RC_ASSERT(prediction.tokens_per_second_per_node <= prediction.bound_rate * (1 + 1e-9));
}

RC_GTEST_PROP(ServeProperty, BetterHardwareIsNeverSlower, ()) {
  OCTET_LONG_IF_SANITIZED();
  ServePlan p = any_pool(), better = p;
  better.gpu.hbm_bandwidth *= 1.5, better.gpu.nic *= 1.5, better.gpu.nvlink *= 1.5;
  RC_ASSERT(v3_served().step(better).seconds <= v3_served().step(p).seconds * (1 + 1e-9));
  better = p;
  better.gpu.fp8 *= 1.5, better.gpu.bf16 *= 1.5;
  RC_ASSERT(v3_served().step(better).seconds <= v3_served().step(p).seconds * (1 + 1e-9));
}

RC_GTEST_PROP(ServeProperty, MemoryIsTheSumOfItsParts, ()) {
  ServePlan p = any_pool();
  ServeMemory m = serve_memory(v3_served().work(), p);
  RC_ASSERT(m.total() == m.weights + m.cache + m.activations + m.buffers);
  ServePlan longer = p;
  longer.context *= 2;
  RC_ASSERT(std::abs(serve_memory(v3_served().work(), longer).cache - 2 * m.cache) < 1);
}

RC_GTEST_PROP(ServeProperty, RenamingAGpuChangesNothing, ()) {
  ServePlan p = any_pool(), renamed = p;
  renamed.gpu.name = "another", renamed.model = "another";
  RC_ASSERT(v3_served().step(p).seconds == v3_served().step(renamed).seconds);
}

TEST(Imbalance, PlacementAndCopiesEvenOutWhatIsKnown) {
  ExpertLoad load{256, 0, 32, 8, 1e9, 1};
  ExpertSkew still{0.9, 0, 0};
  Imbalance none = expert_imbalance(load, still);
  load.redundant = 32;
  Imbalance copies = expert_imbalance(load, still);
  EXPECT_GT(none.in_order, none.placed);
  EXPECT_LE(copies.placed, none.placed);
  EXPECT_LT(copies.placed, 1.05);  // all is known: nine slots a rank pack evenly
  EXPECT_DOUBLE_EQ(expert_imbalance({256, 0, 1, 8, 100, 1}, still).placed, 1);
  EXPECT_NEAR(expert_imbalance({256, 0, 32, 8, 1e12, 1}, {0, 0, 0}).placed, 1, 1e-3);  // equal experts, endless tokens
}

TEST(Imbalance, ExplainsTheMeasuredGainsOfPlacing) {
  // EPLB's gains in throughput by SGLang: 1.49 in prefill, 2.54 in decode. One popularity must give both, within a
  // fifth.
  auto gain = [](ServePlan p) {
    ServePrediction placed = predict_serving(v3_served(), p, Doubts::no);
    p.imbalance = placed.step.imbalance_in_order;
    return placed.tokens_per_second_per_node / predict_serving(v3_served(), p, Doubts::no).tokens_per_second_per_node;
  };
  EXPECT_NEAR(gain(pool("h100", Role::prefill, 32, 4, 4096)), 1.49, 1.49 * 0.2);
  EXPECT_NEAR(gain(pool("h100", Role::decode, 72, 256, 2000)), 2.54, 2.54 * 0.2);
}

DayPlan day_six() {
  DayPlan plan;
  plan.model = "deepseek-v3", plan.config = arch::preset("deepseek-v3"), plan.fleet = read_fleet("h800x4000");
  plan.load = read_load("input=608B,output=168B,hit=56.25%,context=4989,peak=1.226");
  plan.prefill_ep = 32, plan.decode_ep = 144, plan.redundant_experts = 32;
  return plan;
}

TEST(Day, MeetsItsObjectivesAndSplitsItsMoney) {
  OCTET_LONG_IF_SANITIZED();
  Day day = plan_day(day_six());
  ASSERT_TRUE(day.meets);
  EXPECT_LE(day.prefill->latency, 2.0);
  EXPECT_LE(day.decode->latency, 0.050);
  double millions = day.dollars_miss * 266e3 + day.dollars_hit * 342e3 + day.dollars_output * 168e3;
  EXPECT_NEAR(millions, day.dollars, day.dollars * 1e-9);
  EXPECT_NEAR(day.dollars, day.mean_nodes * 8 * 24 * 2, 1e-6);
  EXPECT_LT(day.dollars_hit, day.dollars_miss);
  EXPECT_LT(day.dollars_miss, day.dollars_output);
  DayPlan dear = day_six();
  dear.price = 4;
  EXPECT_NEAR(plan_day(dear).dollars, 2 * day.dollars, 1e-6);
}

TEST(Day, GpusThatAUnitLeavesOfItsNodesDoNoWork) {
  OCTET_LONG_IF_SANITIZED();
  DayPlan plan = day_six();
  plan.redundant_experts.reset();
  for (auto [ep, busy] : {std::pair{20, 20.0 / 24}, {144, 1.0}, {4, 1.0}, {3, 6.0 / 8}}) {
    plan.decode_ep = ep;
    plan.objective.tpot = ep < 8 ? 1 : 0.05;
    Day day = plan_day(plan);
    if (!day.decode) continue;  // V3 does not fit a few GPUs
    EXPECT_DOUBLE_EQ(day.decode->busy, busy) << ep;
    double needed = 168e9 / 86400 / (day.decode->at.tokens_per_second_per_gpu * 8 * plan.headroom * busy);
    EXPECT_GE(day.decode->mean_nodes, needed - 1e-6) << ep;
  }
}

TEST(Day, SaysWhatIsMissed) {
  DayPlan small = day_six();
  small.fleet = read_fleet("h800x800");
  Day day = plan_day(small);
  EXPECT_FALSE(day.meets);
  EXPECT_NE(day.missed.find("peak hour"), std::string::npos);
  DayPlan hasty = day_six();
  hasty.objective.tpot = 0.001;
  day = plan_day(hasty);
  EXPECT_FALSE(day.meets);
  EXPECT_TRUE(day.fits);
}

TEST(Day, ReadsLoadsAndObjectives) {
  DailyLoad load = read_load("input=608B,output=168B,hit=56.25%,context=4989,peak=1.5");
  EXPECT_DOUBLE_EQ(load.input, 608e9);
  EXPECT_DOUBLE_EQ(load.hit, 0.5625);
  double sum = 0;
  for (double part : load.curve) sum += part;
  EXPECT_NEAR(sum, 24, 1e-9);
  EXPECT_NEAR(*std::max_element(load.curve.begin(), load.curve.end()), 1.5, 1e-9);
  Objective o = parse_objective("ttft=1.5s,tpot=30ms");
  EXPECT_DOUBLE_EQ(o.ttft, 1.5);
  EXPECT_DOUBLE_EQ(o.tpot, 0.030);
  for (const char* bad : {"", "input=5", "input=608B", "input=608B,output=168B,hits=3%",
                          "input=608B,output=168B,hit=300%", "input=-1B,output=1B", "input=608B,output=168B,peak=x"})
    EXPECT_THROW(read_load(bad), Error) << bad;
  for (const char* bad : {"ttft", "ttft=2", "ttft=2GB", "ttft=0s", "tbot=2s"})
    EXPECT_THROW(parse_objective(bad), Error) << bad;
}

TEST(Day, MeasuredMachinesArePricedByTheirSpeed) {
  MachineDay day = plan_machines(read_load("input=10M,output=1M"), read_machine("prefill=900,decode=45,price=0.1"));
  EXPECT_DOUBLE_EQ(day.machines, 1);
  EXPECT_NEAR(day.dollars, 2.4, 1e-9);
  EXPECT_NEAR(day.dollars_miss * 10 + day.dollars_output, day.dollars, 1e-9);
  EXPECT_THROW(read_machine("prefill=900"), Error);
  EXPECT_THROW(read_machine("prefill=900,decode=0"), Error);
}

void pages_hold(const std::string& page, const std::vector<Explained>& lines) {
  EXPECT_NE(page.find("<svg"), std::string::npos);
  for (const char* outside : {"http://", "https://", "<script", "src=", "href="})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  EXPECT_GT(lines.size(), 5u);
  for (const auto& line : lines)
    EXPECT_FALSE(line.value.empty() || line.formula.empty() || line.source.empty()) << line.name;
}

TEST(Report, PoolsDaysAndMachinesHavePagesAndExplanations) {
  ServePrediction p = predict_serving(v3_served(), pool("h800", Role::decode, 72, 128, 4096));
  pages_hold(to_html(p), explain(p));
  Day day = plan_day(day_six());
  pages_hold(to_html(day), explain(day));
  EXPECT_NE(to_html(day).find("Nodes by the hour"), std::string::npos);
  MachineDay machines = plan_machines(read_load("input=10M,output=1M"), read_machine("prefill=900,decode=45"));
  pages_hold(to_html(machines, "mini"), explain(machines));
}

}  // namespace
}  // namespace octet::plan
