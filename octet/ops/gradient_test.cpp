// The backward passes of our own, in float64 against central differences: every coordinate of every input.
#include <ATen/core/grad_mode.h>

#include "octet/ops/cases_test.h"

namespace octet::ops::test {

namespace {

// d/dx_i of sum(y * weight), weight as in run().
at::Tensor by_differences(const Case& c, size_t input) {
  at::NoGradGuard none;
  constexpr double step = 1e-5;
  std::vector<at::Tensor> in;
  for (const at::Tensor& x : c.inputs) in.push_back(x.clone());
  auto loss = [&] {
    at::Tensor y = c.call(in);
    return (y * at::cos(at::arange(y.numel(), y.options()) * 1.7).view(y.sizes())).sum().item<double>();
  };
  at::Tensor gradient = at::empty_like(in[input]);
  double *x = in[input].mutable_data_ptr<double>(), *g = gradient.mutable_data_ptr<double>();
  for (int64_t i = 0; i < gradient.numel(); ++i) {
    double at = x[i];
    x[i] = at + step;
    double above = loss();
    x[i] = at - step;
    g[i] = (above - loss()) / (2 * step);
    x[i] = at;
  }
  return gradient;
}

void expect_gradients(Path path) {
  for (const Case& c : small_cases(at::kDouble)) {
    Result own = run(c, path);
    UsePath use(path);
    for (size_t i = 0; i < c.inputs.size(); ++i)
      expect_close(own.gradients[i], by_differences(c, i), 1e-8, c.name + ", input " + std::to_string(i));
  }
}

TEST(Gradient, KernelsAgainstDifferences) { expect_gradients(Path::kernels); }
TEST(Gradient, ReferencesAgainstDifferences) { expect_gradients(Path::reference); }

TEST(Gradient, ExpertNobodyChoseGetsZero) {
  at::Tensor gate_up = at::randn({3, 4, 5}).requires_grad_(true), down = at::randn({3, 5, 2}).requires_grad_(true);
  at::Tensor indices = at::tensor({int64_t{0}, int64_t{2}}, at::kLong).view({1, 2});
  experts(at::randn({1, 5}), indices, at::ones({1, 2}), gate_up, down).sum().backward();
  EXPECT_EQ(gate_up.grad()[1].abs().sum().item<double>(), 0);
  EXPECT_EQ(down.grad()[1].abs().sum().item<double>(), 0);
  EXPECT_GT(gate_up.grad()[2].abs().sum().item<double>(), 0);
}

}  // namespace

}  // namespace octet::ops::test
