#include "octet/train/optimizer.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>

#include "octet/train/adamw.h"
#include "octet/train/muon.h"

namespace octet::train {
namespace {

at::Tensor random(at::IntArrayRef shape, int64_t seed, at::ScalarType dtype = at::kFloat) {
  at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<uint64_t>(seed));
  return at::randn(shape, generator, at::TensorOptions().dtype(at::kDouble)).to(dtype);
}

double largest(const at::Tensor& difference) { return difference.abs().max().item<double>(); }

TEST(AdamW, EqualsTorchOnThreeSteps) {
  auto vector = [](std::vector<double> values) { return at::tensor(values, at::kDouble); };
  at::Tensor p = vector({1, -2, 0.5, 0}), m = at::zeros_like(p), v = at::zeros_like(p);
  std::vector<at::Tensor> gradients = {vector({0.1, -0.2, 0, 3}), vector({0.3, 0.1, -0.5, 0}),
                                       vector({-0.2, 0.4, 0.25, -1})};
  for (int64_t i = 0; i < 3; ++i)
    adamw_reference({0.01, 0.9, 0.95, 1e-8, 0.1, 1, i + 1}, p, gradients[static_cast<size_t>(i)], m, v);
  // torch.optim.AdamW(lr=0.01, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1) in float64.
  at::Tensor expected = vector({0.97537937859980417, -1.9858532052193871, 0.50811943861481867, -0.019710384469448512});
  EXPECT_LT(largest(p - expected), 1e-12);
}

TEST(AdamW, OnePassEqualsTheReference) {
  at::Tensor p = random({1000}, 1), m = at::zeros_like(p), v = at::zeros_like(p);
  at::Tensor p64 = p.to(at::kDouble), m64 = m.to(at::kDouble), v64 = v.to(at::kDouble);
  for (int64_t step = 1; step <= 50; ++step) {
    at::Tensor g = random({1000}, 100 + step) * std::pow(10.0, step % 7 - 3);
    AdamW rule{0.01, 0.9, 0.95, 1e-8, 0.1, 0.5, step};
    AdamWMemory memory{p.data_ptr<float>(), g.const_data_ptr<float>(), m.data_ptr<float>(), v.data_ptr<float>()};
    adamw_range(rule, memory, 0, 333);
    adamw_range(rule, memory, 333, 1000);
    adamw_reference(rule, p64, g.to(at::kDouble), m64, v64);
  }
  EXPECT_LT(largest(p - p64), 2e-5);
}

TEST(AdamW, MomentsWithoutGradientsBecomeZeroNotDenormal) {
  at::Tensor p = at::ones({1}), g = at::ones({1}), m = at::zeros({1}), v = at::zeros({1});
  for (int64_t step = 1; step <= 5000; ++step) {
    if (step == 2) g.zero_();
    adamw_range({0.001, 0.9, 0.95, 1e-8, 0, 1, step},
                {p.data_ptr<float>(), g.const_data_ptr<float>(), m.data_ptr<float>(), v.data_ptr<float>()}, 0, 1);
    float moment = m.item<float>(), second = v.item<float>();
    ASSERT_TRUE(moment == 0 || std::fpclassify(moment) == FP_NORMAL) << step;
    ASSERT_TRUE(second == 0 || std::fpclassify(second) == FP_NORMAL) << step;
  }
  EXPECT_EQ(m.item<float>(), 0);
}

TEST(Muon, SingularValuesComeNearOne) {
  for (auto shape : {std::vector<int64_t>{48, 192}, {192, 48}, {64, 64}, {3, 16, 40}, {1, 9}}) {
    at::Tensor x = orthogonalise(random(shape, 3, at::kDouble));
    EXPECT_EQ(x.sizes(), at::IntArrayRef(shape));
    at::Tensor gram =
        shape[shape.size() - 2] <= shape.back() ? x.matmul(x.transpose(-2, -1)) : x.transpose(-2, -1).matmul(x);
    at::Tensor squares = at::linalg_eigvalsh(gram);
    // A square Gaussian matrix has a few tiny singular values, which five steps do not lift all the way.
    if (shape != std::vector<int64_t>{64, 64}) {
      EXPECT_GT(squares.min().item<double>(), 0.6 * 0.6);
    }
    EXPECT_LT(squares.max().item<double>(), 1.25 * 1.25);
  }
}

TEST(Muon, GramFormEqualsTheReference) {
  for (auto shape : {std::vector<int64_t>{48, 192}, {192, 48}, {40, 40}, {5, 16, 40}}) {
    at::Tensor m = random(shape, 4, at::kDouble) * 1e-3;
    at::Tensor exact = orthogonalise_reference(m);
    EXPECT_LT(largest(orthogonalise(m) - exact), 1e-8);
    EXPECT_LT(largest(orthogonalise(m.to(at::kFloat)) - exact), 2e-3);
  }
  // Nearly of rank 1, as gradients often are: what float32 loses in the Gram matrix must not be blown up.
  at::Tensor thin =
      random({64, 1}, 5, at::kDouble).matmul(random({1, 96}, 6, at::kDouble)) + 1e-4 * random({64, 96}, 7, at::kDouble);
  at::Tensor exact = orthogonalise_reference(thin), fast = orthogonalise(thin.to(at::kFloat));
  EXPECT_LT(largest(fast - exact), 5e-2);
}

TEST(Muon, ThreeUpdatesAreNearTorchs) {
  auto filled = [](const std::function<double(int, int)>& f) {
    at::Tensor t = at::empty({4, 6}, at::kDouble);
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 6; ++j) t[i][j] = f(i, j);
    return t;
  };
  at::Tensor p = filled([](int i, int j) { return std::sin(3 * i + j); }), buffer = at::zeros_like(p);
  // Gradients of full rank: where a singular value is nearly zero, bfloat16 decides the direction by its rounding.
  for (int k = 0; k < 3; ++k)
    muon_update({0.05, 0.95, 0.1, 1}, p,
                filled([&](int i, int j) { return std::cos(2 * i * i - 3 * j + i * j * (k + 1)); }), buffer, 1);
  // torch.optim.Muon(lr=0.05, weight_decay=0.1, momentum=0.95, nesterov=True, adjust_lr_fn="match_rms_adamw"), which
  // orthogonalises in bfloat16: each of the three updates is about 0.02 and right to a few per cent.
  std::vector<double> torchs = {-0.02431, 0.85857,  0.87132, 0.16852,  -0.76808, -0.92118, 0.16741, -0.77609,
                                -0.94999, -0.26026, 0.63195, 1.0082,   -0.25473, 0.64221,  0.96531, 0.3924,
                                -0.56099, -0.97043, 0.36796, -0.55857, -1.0118,  -0.55141, 0.40014, 0.95789};
  EXPECT_LT(largest(p - at::tensor(torchs, at::kDouble).view({4, 6})), 2e-3);
}

TEST(Muon, BlocksAreOrthogonalisedOneByOne) {
  at::Tensor p = random({3, 32, 24}, 8), g = random({3, 32, 24}, 9), buffer = at::zeros_like(p);
  at::Tensor apart = p.clone();
  Muon rule{0.1, 0.95, 0.1, 1};
  muon_update(rule, p, g, buffer, 2);
  for (int64_t e = 0; e < 3; ++e)
    for (int64_t half = 0; half < 2; ++half) {
      at::Tensor part = apart[e].narrow(0, 16 * half, 16).contiguous();
      at::Tensor zero = at::zeros_like(part);
      muon_update(rule, part, g[e].narrow(0, 16 * half, 16).contiguous(), zero, 1);
      EXPECT_LT(largest(part - p[e].narrow(0, 16 * half, 16)), 1e-5);
    }
}

std::vector<model::Parameter> parameters() {
  std::vector<model::Parameter> list = {{"embed", random({50, 8}, 10), arch::Part::embedding, -1, 1},
                                        {"head", random({50, 8}, 11), arch::Part::head, -1, 1},
                                        {"norm", random({8}, 12), arch::Part::norm, 0, 1},
                                        {"q", random({16, 8}, 13), arch::Part::attention, 0, 1},
                                        {"experts", random({4, 12, 8}, 14), arch::Part::routed_expert, 0, 2}};
  for (auto& parameter : list) parameter.tensor.set_requires_grad(true);
  return list;
}

void set_gradients(const std::vector<model::Parameter>& list, int64_t seed) {
  for (const auto& parameter : list) {
    at::Tensor p = parameter.tensor;
    p.mutable_grad() = random(p.sizes(), ++seed);
  }
}

TEST(Optimizer, MuonTakesMatricesAndAdamWTheRest) {
  Optimizer optimizer(parameters(), {.kind = OptimizerKind::muon});
  std::vector<Rule> rules;
  for (const auto& slot : optimizer.slots()) rules.push_back(slot.rule);
  EXPECT_EQ(rules, (std::vector<Rule>{Rule::adamw, Rule::adamw, Rule::adamw, Rule::muon, Rule::muon}));
  EXPECT_EQ(optimizer.slots()[2].weight_decay, 0) << "norms are not pulled towards 0";
}

TEST(Optimizer, ClippingScalesTheWholeGradient) {
  auto list = parameters();
  Optimizer optimizer(list,
                      {.lr = 0.1, .eps = 1, .weight_decay = 0, .clip = 1});  // a large eps keeps the scale visible
  set_gradients(list, 20);
  double squares = 0;
  for (const auto& parameter : list) squares += parameter.tensor.grad().to(at::kDouble).pow(2).sum().item<double>();
  double norm = optimizer.gradient_norm();
  EXPECT_NEAR(norm, std::sqrt(squares), 1e-9 * norm);
  at::Tensor before = list[3].tensor.detach().clone(), g = list[3].tensor.grad() / norm;
  optimizer.step(1, norm);
  // First step: m / (1 - beta1) = g, sqrt(v / (1 - beta2)) = |g|.
  EXPECT_LT(largest(list[3].tensor.detach() - (before - 0.1 * g / (g.abs() + 1))), 1e-6);
}

TEST(Optimizer, ThreadsChangeNoBit) {
  auto trained = [](int threads) {
    at::set_num_threads(threads);
    at::Tensor big = random({300, 700}, 30).set_requires_grad(true);
    std::vector<model::Parameter> list = {{"head", big, arch::Part::head, -1, 1}};
    Optimizer optimizer(list, {});
    for (int i = 0; i < 3; ++i) {
      set_gradients(list, 40 + i);
      optimizer.step(1, optimizer.gradient_norm());
    }
    return big.detach();
  };
  at::Tensor one = trained(1), two = trained(2);
  EXPECT_TRUE(at::equal(one, two));
}

}  // namespace
}  // namespace octet::train
