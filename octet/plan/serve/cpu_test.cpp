// Serving on one machine from measured speeds: what is measured comes out again, and scales as it must.
#include "octet/plan/serve/cpu.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <fstream>

#include "octet/base/error.h"

namespace octet::plan {
namespace {

CpuSpeeds some_speeds() {
  CpuSpeeds s;
  s.processor = "a processor", s.threads = 2, s.memory = 16.0 * (1 << 30);
  s.narrow = {90e9, 30e9, 40e9, 10e9}, s.wide = {150e9, 40e9, 60e9, 20e9};
  s.dense_layer = 80e-6, s.expert_layer = 200e-6, s.pass = 50e-6;
  return s;
}

CpuServePlan some_plan(const char* model) {
  CpuServePlan p;
  p.model = model, p.config = arch::preset(model), p.speeds = some_speeds();
  return p;
}

TEST(CpuServing, MeasuringFindsTheSpeedsThatMadeTheTimes) {
  CpuSpeeds truth = some_speeds();
  TimeModel machine = [&](const arch::Config& config, const CpuWorkload& workload) {
    CpuServing s = predict_cpu_serving({"timed", config, truth, workload});
    return CpuTimes{s.prompt_seconds, s.step_seconds};
  };
  CpuSpeeds found = measure_speeds(machine, 2);
  EXPECT_NEAR(found.dense_layer / truth.dense_layer, 1, 0.02);
  EXPECT_NEAR(found.expert_layer / truth.expert_layer, 1, 0.02);
  EXPECT_NEAR(found.pass / truth.pass, 1, 0.05);
  for (auto [mine, theirs] : {std::pair{found.narrow, truth.narrow}, {found.wide, truth.wide}}) {
    EXPECT_NEAR(mine.attending / theirs.attending, 1, 0.02);
    EXPECT_NEAR(mine.reading / theirs.reading, 1, 0.02);
    EXPECT_NEAR(mine.few_products / theirs.few_products, 1, 0.02);
    EXPECT_NEAR(mine.products / theirs.products, 1, 0.02);
  }
  EXPECT_NEAR(truth.rates(100).reading, 10e9, 1);
  EXPECT_NEAR(truth.rates(5000).reading, 20e9, 1);
  EXPECT_NEAR(truth.rates(512).reading, std::sqrt(2.0) * 10e9, 1);
}

TEST(CpuServing, LargeModelsAreBoundByReading) {
  CpuServePlan plan = some_plan("deepseek-v2-lite");
  plan.speeds.wide.few_products = 1e15, plan.speeds.wide.attending = 1e15;
  CpuServing lite = predict_cpu_serving(plan);
  // 2.66B active parameters less the embedding's 0.21B, two bytes each, at 20 GB/s; and 27 layers' own time.
  EXPECT_NEAR(lite.step_seconds, 2.45e9 * 2 / 20e9 + 26 * 200e-6 + 80e-6 + 50e-6, 0.02 * 0.25);
  EXPECT_NEAR(lite.weights, 15.7e9 * 2, 0.01 * 31.4e9);
  EXPECT_FALSE(lite.fits);  // 31.4 GB into 16 GiB
  CpuServing mini = predict_cpu_serving(some_plan("octet-mini"));
  EXPECT_TRUE(mini.fits);
  EXPECT_LT(mini.step_seconds, lite.step_seconds / 20);
  EXPECT_LT(mini.factor.low, 1);
  EXPECT_GT(mini.factor.high, 1);
}

TEST(CpuServing, AsManySequencesAsTheObjectiveAllows) {
  CpuServePlan p = some_plan("octet-mini");
  double many = most_sequences(p, 0.1), few = most_sequences(p, 0.004);
  EXPECT_GT(many, few);
  EXPECT_EQ(most_sequences(p, 1e-9), 0);
  p.workload.sequences = few;
  EXPECT_LE(predict_cpu_serving(p).step_seconds, 0.004);
}

RC_GTEST_PROP(CpuServingProperty, FasterMachinesAreNeverSlowerAndLargerStepsNeverShorter, ()) {
  CpuServePlan p = some_plan(*rc::gen::element("octet-mini", "deepseek-v2-lite", "moonlight-16b-a3b"));
  p.workload = {static_cast<double>(*rc::gen::inRange(1, 4000)), static_cast<double>(*rc::gen::inRange(1, 4000)),
                static_cast<double>(*rc::gen::inRange(1, 40))};
  CpuServing base = predict_cpu_serving(p);
  CpuServePlan faster = p, larger = p, dear = p;
  for (CpuRates* r : {&faster.speeds.narrow, &faster.speeds.wide}) r->reading *= 2, r->products *= 2;
  RC_ASSERT(predict_cpu_serving(faster).step_seconds <= base.step_seconds);
  RC_ASSERT(predict_cpu_serving(faster).prompt_seconds < base.prompt_seconds);
  larger.workload.sequences += 1;
  CpuServing more = predict_cpu_serving(larger);
  RC_ASSERT(more.step_seconds >= base.step_seconds);
  RC_ASSERT(more.decode >= base.decode * (1 - 1e-9));  // weights are read once for all
  dear.price = 2 * p.price;
  RC_ASSERT(predict_cpu_serving(dear).dollars_out == 2 * base.dollars_out);
}

TEST(CpuServing, SpeedsAreKeptAndReadAgain) {
  CpuSpeeds speeds = some_speeds();
  speeds.measured.push_back({"octet-mini", 512, 512, 1, 5000, 300});
  std::string path = testing::TempDir() + "speeds.toml";
  std::ofstream(path) << speeds_toml(speeds);
  CpuSpeeds again = read_speeds(path);
  EXPECT_NEAR(again.narrow.reading, speeds.narrow.reading, 1e-3 * speeds.narrow.reading);
  EXPECT_NEAR(again.expert_layer, speeds.expert_layer, 1e-3 * speeds.expert_layer);
  EXPECT_EQ(again.threads, 2);
  CpuServePlan p = some_plan("octet-mini");
  p.speeds = again;
  CpuServing s = predict_cpu_serving(p);
  ASSERT_TRUE(s.measured.has_value());
  EXPECT_EQ(s.measured->decode, 300);
  EXPECT_NE(report(s).find("measured 300"), std::string::npos);
  p.workload.sequences = 2;  // another workload than the one measured
  EXPECT_FALSE(predict_cpu_serving(p).measured.has_value());
}

TEST(CpuServing, RefusesWhatCannotBe) {
  EXPECT_THROW(predict_cpu_serving(some_plan("llama-3.1-8b")), Error);
  CpuServePlan p = some_plan("octet-mini");
  p.workload.sequences = 0;
  EXPECT_THROW(predict_cpu_serving(p), Error);
  p = some_plan("octet-mini"), p.price = std::nan("");
  EXPECT_THROW(predict_cpu_serving(p), Error);
  for (const char* bad : {"", "processor = \"p\"\n", "processor = \"p\"\nthreads = 0\ndtype = \"bfloat16\"\n[speeds]\n",
                          "processor = \"p\"\nthreads = 2\ndtype = \"int4\"\n[speeds]\n"}) {
    std::string path = testing::TempDir() + "bad-speeds.toml";
    std::ofstream(path) << bad;
    EXPECT_THROW(read_speeds(path), Error) << bad;
  }
}

TEST(CpuServing, ThePageAndTheExplanationHoldEveryNumber) {
  CpuServing s = predict_cpu_serving(some_plan("octet-mini"));
  std::string page = to_html(s);
  EXPECT_NE(page.find("More sequences together"), std::string::npos);
  EXPECT_EQ(page.find("http"), std::string::npos);
  for (const auto& line : explain(s))
    EXPECT_FALSE(line.value.empty() || line.formula.empty() || line.source.empty()) << line.name;
}

}  // namespace
}  // namespace octet::plan
