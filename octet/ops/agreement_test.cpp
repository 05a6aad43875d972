// Kernels against references: values and gradients, on awkward shapes.
#include <ATen/core/grad_mode.h>

#include "octet/base/error.h"
#include "octet/ops/cases_test.h"

namespace octet::ops::test {

namespace {

void expect_agreement(const std::vector<Case>& cases, double tolerance) {
  for (const Case& c : cases) {
    Result fast = run(c, Path::kernels), plain = run(c, Path::reference);
    expect_close(fast.y, plain.y, tolerance, c.name);
    ASSERT_EQ(fast.gradients.size(), plain.gradients.size());
    for (size_t i = 0; i < fast.gradients.size(); ++i)
      expect_close(fast.gradients[i], plain.gradients[i], tolerance, c.name + ", gradient " + std::to_string(i));
  }
}

TEST(Agreement, SmallShapes) { expect_agreement(small_cases(at::kFloat), 2e-5); }
TEST(Agreement, LargeShapes) { expect_agreement(large_cases(at::kFloat), 2e-5); }
TEST(Agreement, Float64) {
  expect_agreement(small_cases(at::kDouble), 1e-12);
  expect_agreement(large_cases(at::kDouble), 1e-12);
}
TEST(Agreement, Bfloat16) { expect_agreement(large_cases(at::kBFloat16), 2e-2); }

TEST(Agreement, WithoutGradients) {
  at::NoGradGuard none;
  for (const Case& c : large_cases(at::kFloat)) {
    at::Tensor fast = c.call(c.inputs);
    UsePath use(Path::reference);
    expect_close(fast, c.call(c.inputs), 2e-5, c.name);
  }
}

TEST(Agreement, NoTokens) {
  for (at::ScalarType type : {at::kFloat, at::kDouble}) {
    EXPECT_EQ(attention(random({0, 2, 4}, type), random({0, 2, 4}, type), random({0, 2, 3}, type),
                        at::tensor({int64_t{0}}, at::kLong), 1)
                  .sizes(),
              (std::vector<int64_t>{0, 2, 3}));
    EXPECT_EQ(experts(random({0, 4}, type), at::empty({0, 2}, at::kLong), random({0, 2}, type), random({3, 4, 4}, type),
                      random({3, 4, 2}, type))
                  .sizes(),
              (std::vector<int64_t>{0, 4}));
    EXPECT_EQ(cross_entropy(random({0, 4}, type), Weight{random({5, 4}, type)}, at::empty({0}, at::kLong)).size(0), 0);
    EXPECT_EQ(ops::linear(random({0, 4}, type), Weight{random({5, 4}, type)}).sizes(), (std::vector<int64_t>{0, 5}));
    EXPECT_EQ(rms_norm(random({0, 4}, type), random({4}, type), 1e-6).size(0), 0);
  }
}

// A bfloat16 weight under float32 inputs: no copy of the weight, the same numbers; its gradient is bfloat16.
TEST(Agreement, MixedTypes) {
  at::manual_seed(9);
  at::Tensor x = random({37, 50}, at::kFloat), w = random({29, 50}, at::kBFloat16);
  expect_close(ops::linear(x, Weight{w}), ops::linear(x, Weight{w.to(at::kFloat)}), 1e-6, "linear");
  at::Tensor leaf = w.clone().requires_grad_(true);
  ops::linear(x, Weight{leaf}).sum().backward();
  EXPECT_EQ(leaf.grad().scalar_type(), at::kBFloat16);
  at::Tensor indices = at::rand({37, 6}).argsort(true, 1).slice(1, 0, 3), weights = at::rand({37, 3});
  at::Tensor gate_up = random({6, 20, 50}, at::kBFloat16), down = random({6, 50, 10}, at::kBFloat16);
  expect_close(experts(x, indices, weights, gate_up, down),
               experts(x, indices, weights, gate_up.to(at::kFloat), down.to(at::kFloat)), 1e-6, "experts");
}

TEST(Contract, WrongShapesAreBugs) {
  at::Tensor x = at::randn({4, 6}), one = at::tensor({int64_t{0}, int64_t{4}}, at::kLong);
  EXPECT_THROW(rms_norm(x, at::randn({5}), 1e-6), Bug);
  EXPECT_THROW(ops::linear(x, Weight{at::randn({3, 5})}), Bug);
  EXPECT_THROW(swiglu(at::randn({4, 5})), Bug);
  EXPECT_THROW(attention(x, x, x, one, 1), Bug);
  at::Tensor q = at::randn({4, 1, 6});
  EXPECT_THROW(attention(q, q, q, at::tensor({int64_t{0}, int64_t{5}}, at::kLong), 1), Bug);
  EXPECT_THROW(attention(q, q, q, at::tensor({int64_t{0}, int64_t{5}, int64_t{4}}, at::kLong), 1), Bug);
  at::Tensor up = at::randn({3, 4, 6}), down = at::randn({3, 6, 2}), weights = at::ones({4, 1});
  EXPECT_THROW(experts(x, at::full({4, 1}, 3, at::kLong), weights, up, down), Bug);
  EXPECT_THROW(cross_entropy(x, Weight{at::randn({5, 6})}, at::full({4}, 5, at::kLong)), Bug);
  EXPECT_THROW(rope(x, at::arange(4, at::kLong), rope_table({1, 2, 3}, 3)), Bug);
  at::Tensor cache = at::randn({2, 6}), counts = at::full({4}, 1, at::kLong);
  at::Tensor starts = at::arange(4, at::kLong), rows = at::arange(4, at::kLong);  // rows 2 and 3 are not in the cache
  EXPECT_THROW(latent_attention(q, cache, rows, starts, counts, 4, 1), Bug);
}

TEST(Agreement, ExtremeScoresStayFinite) {
  at::Tensor q = at::full({60, 1, 16}, 30.0), k = at::randn({60, 1, 16}) * 30, v = at::randn({60, 1, 8});
  at::Tensor bounds = at::tensor({int64_t{0}, int64_t{60}}, at::kLong);
  at::Tensor y = attention(q, k, v, bounds, 1);
  UsePath use(Path::reference);
  expect_close(y, attention(q, k, v, bounds, 1), 1e-4, "attention");
}

struct Decoding {
  at::Tensor q, cache, rows, start, count;
  int64_t latent;
};

// Tokens of contexts as long as `counts`, scattered over the cache.
Decoding decoding(const std::vector<int64_t>& counts, int64_t heads, int64_t latent, int64_t rope,
                  at::ScalarType type) {
  int64_t total = 0, tokens = static_cast<int64_t>(counts.size());
  std::vector<int64_t> start;
  for (int64_t count : counts) start.push_back(std::exchange(total, total + count));
  at::Tensor rows = at::randperm(total + 50, at::kLong).slice(0, 0, total);
  return {random({tokens, heads, latent + rope}, type),
          random({total + 50, latent + rope}, type),
          rows,
          at::tensor(start, at::kLong),
          at::tensor(counts, at::kLong),
          latent};
}

at::Tensor attend(const Decoding& d) { return latent_attention(d.q, d.cache, d.rows, d.start, d.count, d.latent, 0.2); }

TEST(Agreement, LatentAttention) {
  at::manual_seed(10);
  for (at::ScalarType type : {at::kFloat, at::kDouble, at::kBFloat16})
    for (auto [heads, latent, rope] : {std::array<int64_t, 3>{4, 64, 16}, {1, 5, 2}, {19, 33, 8}}) {
      Decoding d = decoding({1, 30, 48, 49, 1700}, heads, latent, rope, type);
      at::Tensor fast = attend(d);
      UsePath use(Path::reference);
      expect_close(fast, attend(d), type == at::kBFloat16 ? 1e-2 : 2e-5, "latent_attention");
    }
}

TEST(Agreement, LatentAttentionOnABfloat16CacheIsExact) {
  at::manual_seed(11);
  Decoding d = decoding({7, 100}, 4, 64, 16, at::kFloat), wide = d;
  d.cache = d.cache.to(at::kBFloat16);
  wide.cache = d.cache.to(at::kFloat);
  EXPECT_TRUE(at::equal(attend(d), attend(wide)));
}

// What a token gets does not depend on its company: batched = alone, bit for bit.
TEST(Agreement, BatchedIsAlone) {
  at::manual_seed(12);
  at::NoGradGuard none;
  Decoding d = decoding({7, 2000, 100}, 4, 64, 16, at::kFloat);
  at::Tensor all = attend(d), x = random({6, 192}, at::kFloat), w = random({500, 192}, at::kFloat);
  for (int64_t t = 0; t < 3; ++t) {
    Decoding one{d.q.slice(0, t, t + 1), d.cache, d.rows, d.start.slice(0, t, t + 1), d.count.slice(0, t, t + 1), 64};
    EXPECT_TRUE(at::equal(attend(one), all.slice(0, t, t + 1)));
  }
  at::Tensor indices = at::rand({6, 32}).argsort(true, 1).slice(1, 0, 8), weights = at::rand({6, 8});
  at::Tensor up = random({32, 96, 192}, at::kFloat), down = random({32, 192, 48}, at::kFloat);
  at::Tensor y = ops::linear(x, Weight{w}), z = experts(x, indices, weights, up, down);
  for (int64_t t = 0; t < 6; ++t) {
    auto one = [t](const at::Tensor& a) { return a.slice(0, t, t + 1); };
    EXPECT_TRUE(at::equal(ops::linear(one(x), Weight{w}), one(y)));
    EXPECT_TRUE(at::equal(experts(one(x), one(indices), one(weights), up, down), one(z)));
  }
}

TEST(Determinism, TwoRunsAreEqualBitForBit) {
  for (const Case& c : large_cases(at::kFloat)) {
    Result a = run(c, Path::kernels), b = run(c, Path::kernels);
    EXPECT_TRUE(at::equal(a.y, b.y)) << c.name;
    for (size_t i = 0; i < a.gradients.size(); ++i) EXPECT_TRUE(at::equal(a.gradients[i], b.gradients[i])) << c.name;
  }
}

}  // namespace

}  // namespace octet::ops::test
