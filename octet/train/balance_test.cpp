#include "octet/train/balance.h"

#include <gtest/gtest.h>

namespace octet::train {
namespace {

// A router of 16 experts, 4 chosen, whose weight favours the first ones: x's last number is 1 and carries the favour.
struct Skewed {
  model::Router router;
  at::Tensor x_TD;

  Skewed() {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(uint64_t{7});
    x_TD = at::randn({512, 24}, generator, at::TensorOptions().dtype(at::kFloat));
    x_TD.select(1, 23).fill_(1);
    router.rule.correction_bias = router.rule.normalise = true;
    router.top_k = 4;
    router.weight.data = 0.2 * at::randn({16, 24}, generator, at::TensorOptions().dtype(at::kFloat));
    router.weight.data.select(1, 23).copy_(at::linspace(3, -3, 16));
    router.bias_E = at::zeros({16});
  }
};

TEST(Balance, EvensOutASkewedRouter) {
  Skewed s;
  auto load = [&] { return expert_counts(s.router(s.x_TD, 0).indices_TK, 16); };
  EXPECT_GT(max_over_mean(load()), 3.5) << "skewed to begin with";
  EXPECT_EQ(load().min().item<double>(), 0) << "and some experts never asked";
  for (int step = 0; step < 400; ++step) update_bias(s.router.bias_E, load(), 0.005);
  EXPECT_LT(max_over_mean(load()), 1.2);
  EXPECT_GT(load().min().item<double>(), 0.8 * 512 * 4 / 16);
  EXPECT_NEAR(s.router.bias_E.mean().item<double>(), 0, 1e-6) << "kept centred";
}

TEST(Balance, BiasMovesByTheSpeedAgainstTheLoad) {
  at::Tensor bias = at::zeros({4}), counts = at::tensor({10.0f, 2.0f, 2.0f, 2.0f});
  update_bias(bias, counts, 0.01);  // signs -1, 1, 1, 1: their mean 0.5 is taken off
  EXPECT_TRUE(at::allclose(bias, at::tensor({-0.015f, 0.005f, 0.005f, 0.005f}), 1e-5, 1e-7));
  at::Tensor even = bias.clone();
  update_bias(even, at::full({4}, 4.0f), 0.01);
  EXPECT_TRUE(at::allclose(even, bias, 0, 1e-8)) << "an even load moves nothing";
}

TEST(Balance, SequenceLossIsTheReportsSum) {
  constexpr int64_t S = 3, L = 8, E = 6, K = 2;
  at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(uint64_t{9});
  at::Tensor scores = at::rand({S * L, E}, generator, at::TensorOptions().dtype(at::kFloat)).set_requires_grad(true);
  model::Routing routing;
  routing.scores_TE = scores;
  routing.indices_TK = std::get<1>(scores.detach().topk(K, 1));
  at::Tensor loss = sequence_balance(routing, L);
  double expected = 0;
  for (int64_t s = 0; s < S; ++s)
    for (int64_t i = 0; i < E; ++i) {
      double f = 0, p = 0;
      for (int64_t t = s * L; t < (s + 1) * L; ++t) {
        f += (routing.indices_TK[t] == i).any().item<bool>();
        p += scores[t][i].item<double>() / scores[t].sum().item<double>();
      }
      expected += E / static_cast<double>(K * L) * f * p / L;
    }
  EXPECT_NEAR(loss.item<double>(), expected / S, 1e-6);
  loss.backward();
  EXPECT_GT(scores.grad().abs().max().item<double>(), 0);
}

TEST(Balance, TheMeterSumsMicroBatches) {
  Skewed s;
  LoadMeter meter, whole;
  model::Routing all = s.router(s.x_TD, 0);
  whole.add({all, all});
  for (int64_t part = 0; part < 2; ++part) {
    model::Routing half = all;
    half.indices_TK = all.indices_TK.narrow(0, 256 * part, 256);
    meter.add({half, half});
  }
  ASSERT_EQ(meter.counts().size(), 2u);
  EXPECT_TRUE(at::equal(meter.counts()[1], whole.counts()[1]));
  EXPECT_EQ(meter.counts()[0].sum().item<double>(), 512 * 4);
  EXPECT_DOUBLE_EQ(meter.max_over_mean(), max_over_mean(whole.counts()[0]));
}

}  // namespace
}  // namespace octet::train
