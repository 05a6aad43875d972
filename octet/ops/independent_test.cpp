// Path::independent: a row's result is the same bits whatever the other rows are and however many.
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "octet/ops/ops.h"

namespace octet::ops {
namespace {

class Independent : public ::testing::TestWithParam<at::ScalarType> {
 protected:
  at::NoGradGuard no_grad;
  UsePath independent{Path::independent};

  at::Tensor numbers(at::IntArrayRef sizes) { return at::randn(sizes).to(GetParam()); }

  // What rows 0.. of x give together, against each few of them alone.
  void expect_rows_alone(const at::Tensor& x, const std::function<at::Tensor(const at::Tensor&, int64_t)>& body) {
    at::Tensor all = body(x, 0);
    for (int64_t few : {1, 2, 5, 17})
      for (int64_t at = 0; at + few <= x.size(0); at += 11)
        ASSERT_TRUE(at::equal(body(x.narrow(0, at, few), at), all.narrow(0, at, few))) << few << " rows from " << at;
  }
};

TEST_P(Independent, Linear) {
  for (auto [n, d] : {std::pair<int64_t, int64_t>{50, 83}, {256, 192}, {3, 1000}}) {
    Weight w{numbers({n, d})};
    expect_rows_alone(numbers({100, d}), [&](const at::Tensor& x, int64_t) { return linear(x, w); });
    EXPECT_LE((linear(w.data, w).to(at::kFloat) - at::linear(w.data.to(at::kFloat), w.data.to(at::kFloat)))
                  .abs()
                  .max()
                  .item<double>(),
              GetParam() == at::kFloat ? 1e-3 : 0.02 * static_cast<double>(d));
  }
}

TEST_P(Independent, HeadsProduct) {
  at::Tensor w = numbers({4, 32, 64}), x = numbers({100, 4, 48}).narrow(2, 5, 32);
  expect_rows_alone(x, [&](const at::Tensor& rows, int64_t) { return heads_product(rows, w); });
  at::Tensor mine = heads_product(x, w).to(at::kFloat);
  at::Tensor plain = at::bmm(x.to(at::kFloat).transpose(0, 1), w.to(at::kFloat)).transpose(0, 1);
  EXPECT_LE((mine - plain).abs().max().item<double>(), GetParam() == at::kFloat ? 1e-4 : 0.2);
  at::Tensor turned = heads_product(numbers({9, 4, 64}), w.transpose(1, 2));
  EXPECT_EQ(turned.sizes(), (std::vector<int64_t>{9, 4, 32}));
}

TEST_P(Independent, Experts) {
  int64_t E = 8, K = 3, D = 40, F = 24, T = 100;
  at::Tensor gate_up = numbers({E, 2 * F, D}), down = numbers({E, D, F});
  at::Tensor indices = std::get<1>(at::rand({T, E}).topk(K, 1)), weights = at::rand({T, K});
  at::Tensor x = numbers({T, D});
  expect_rows_alone(x, [&](const at::Tensor& rows, int64_t at) {
    return experts(rows, indices.narrow(0, at, rows.size(0)), weights.narrow(0, at, rows.size(0)), gate_up, down);
  });
}

TEST_P(Independent, Sigmoid) {
  for (int64_t width : {3, 8, 16, 30})
    expect_rows_alone(at::randn({100, width}), [&](const at::Tensor& rows, int64_t) { return ops::sigmoid(rows); });
  at::Tensor x = at::randn({50}) * 20;
  EXPECT_LE((ops::sigmoid(x) - at::sigmoid(x)).abs().max().item<double>(), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Types, Independent, ::testing::Values(at::kFloat, at::kBFloat16),
                         [](const auto& info) { return std::string(at::toString(info.param)); });

}  // namespace
}  // namespace octet::ops
