// The references on other devices than the CPU.
#include "octet/ops/cases_test.h"

namespace octet::ops::test {

namespace {

std::vector<Case> cases_on(at::Device device) {
  std::vector<Case> cases = small_cases(at::kFloat);
  for (Case& c : cases)
    for (at::Tensor& x : c.inputs) x = x.to(device);
  return cases;
}

// Values and gradients as on the CPU.
TEST(Device, EveryReferenceRunsOnCuda) {
  if (!at::hasCUDA()) GTEST_SKIP() << "this libtorch sees no CUDA device";
  std::vector<Case> there = cases_on(at::kCUDA), here = small_cases(at::kFloat);
  for (size_t i = 0; i < here.size(); ++i) {
    Result a = run(there[i], Path::kernels), b = run(here[i], Path::reference);
    EXPECT_TRUE(a.y.is_cuda()) << here[i].name;
    expect_close(a.y.cpu(), b.y, 1e-4, here[i].name);
    for (size_t g = 0; g < b.gradients.size(); ++g)
      expect_close(a.gradients[g].cpu(), b.gradients[g], 1e-4, here[i].name + ", gradient " + std::to_string(g));
  }
  at::Tensor q = random({3, 2, 6}, at::kFloat), cache = random({9, 6}, at::kFloat), rows = at::arange(9, at::kLong);
  at::Tensor start = at::zeros({3}, at::kLong), count = at::arange(3, 6, at::kLong);
  at::Tensor y = latent_attention(q.cuda(), cache.cuda(), rows.cuda(), start.cuda(), count.cuda(), 4, 0.5);
  expect_close(y.cpu(), latent_attention(q, cache, rows, start, count, 4, 0.5), 1e-4, "latent_attention");
}

// Tensors without numbers refuse to be computed with those of another device: shows on any machine that an operator,
// and its gradient, makes what it needs where its inputs are. Not here: experts and rope, which select rows by numbers.
TEST(Device, ReferencesStayOnTheirInputsDevice) {
  int ran = 0;
  for (const Case& c : cases_on(at::kMeta)) {
    if (c.name.starts_with("experts") || c.name.starts_with("rope")) continue;
    Result result = run(c, Path::kernels);
    EXPECT_TRUE(result.y.is_meta()) << c.name;
    for (const at::Tensor& gradient : result.gradients) EXPECT_TRUE(gradient.is_meta()) << c.name;
    ++ran;
  }
  EXPECT_EQ(ran, 13);
}

}  // namespace

}  // namespace octet::ops::test
