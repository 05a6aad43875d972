#include "octet/plan/rl/rl.h"

#include <gtest/gtest.h>

#include "octet/base/error.h"
#include "octet/base/testing_sanitized.h"

namespace octet::plan {
namespace {

RlPlan zero() {  // R1-Zero: 512 H800, rounds of 8,192 answers with 16 updates, 10,400 updates in all
  RlPlan p;
  p.model = "deepseek-v3", p.config = arch::preset("deepseek-v3"), p.fleet = read_fleet("h800x512");
  p.rounds = 650;
  p.redundant_experts = 32;
  p.train_layout = parse_layout("pp=16,ep=32");
  p.schedule = "dualpipe";
  return p;
}

TEST(Rl, SharesAddUpAndMoneyFollows) {
  OCTET_LONG_IF_SANITIZED();
  RlPrediction p = predict_rl(zero());
  EXPECT_NEAR(p.round(), p.rollout + p.learning + p.refresh + p.reward, 1e-9);
  EXPECT_NEAR(p.gpu_hours, p.round() * 650 * 512 / 3600, 1e-6);
  EXPECT_NEAR(p.dollars, 2 * p.gpu_hours, 1e-6);
  EXPECT_NEAR(p.dollars_per_update * 650 * 16, p.dollars, 1e-6);
  EXPECT_LT(p.round_interval.low, p.round());
  EXPECT_GT(p.round_interval.high, p.round());
  RlPlan dear = zero();
  dear.price = 4;
  EXPECT_NEAR(predict_rl(dear).dollars, 2 * p.dollars, 1e-6);
}

TEST(Rl, PublishedHoursOfR1ZeroLieInTheInterval) {
  OCTET_LONG_IF_SANITIZED();
  // 512 H800 for 198 hours. Lengths are assumed, so the interval is wide; it must hold the published figure.
  RlPrediction p = predict_rl(zero());
  double per_second = p.gpu_hours / p.round();
  EXPECT_LT(p.round_interval.low * per_second, 512 * 198);
  EXPECT_GT(p.round_interval.high * per_second, 512 * 198);
}

TEST(Rl, TheLongTailCostsTimeWithoutTokens) {
  OCTET_LONG_IF_SANITIZED();
  RlPlan even = zero(), wide = zero();
  even.spread = 0.1, wide.spread = 1.2;
  RlPrediction a = predict_rl(even), b = predict_rl(wide);
  EXPECT_GT(b.longest, a.longest);
  EXPECT_GT(b.tail / b.rollout, a.tail / a.rollout);
  EXPECT_GT(b.rollout / b.tokens, a.rollout / a.tokens);
}

TEST(Rl, LengthsAreADistribution) {
  RlPlan p = zero();
  EXPECT_DOUBLE_EQ(longer_than(p, 0), 1);
  EXPECT_DOUBLE_EQ(longer_than(p, p.max_length), 0);
  double mean = 0, before = 1;
  for (double t = 0; t < 200000; t += 10) {
    RlPlan uncut = p;
    uncut.max_length = 1e9;
    double share = longer_than(uncut, t + 5);
    EXPECT_LE(share, before);
    before = share, mean += 10 * share;
  }
  EXPECT_NEAR(mean, p.mean_length, p.mean_length * 0.005);
}

TEST(Rl, ThePageAndTheExplanationHoldEveryNumber) {
  RlPrediction p = predict_rl(zero());
  std::string page = to_html(p);
  for (const char* words : {"The long tail", "refresh", "learning", "<svg", "Where each number comes from"})
    EXPECT_NE(page.find(words), std::string::npos) << words;
  EXPECT_EQ(page.find("http"), std::string::npos);
  for (const auto& line : explain(p))
    EXPECT_FALSE(line.value.empty() || line.formula.empty() || line.source.empty()) << line.name;
}

TEST(Rl, RefusesWhatCannotBe) {
  auto refused = [](auto change) {
    RlPlan p = zero();
    change(p);
    EXPECT_THROW(predict_rl(p), Error);
  };
  refused([](RlPlan& p) { p.answers = 0; });
  refused([](RlPlan& p) { p.updates = 0; });
  refused([](RlPlan& p) { p.max_length = 10; });
  refused([](RlPlan& p) { p.price = -1; });
  refused([](RlPlan& p) { p.serve_ep = 7; });
  refused([](RlPlan& p) { p.train_layout.pp = 15; });
}

}  // namespace
}  // namespace octet::plan
