// The references on other devices than the CPU.
#include <csignal>

#include "octet/ops/cases_test.h"
#include "octet/ops/testing_far_device.h"

namespace octet::ops::test {

namespace {

std::vector<Case> cases_on(at::Device device) {
  std::vector<Case> cases = small_cases(at::kFloat);
  for (Case& c : cases)
    for (at::Tensor& x : c.inputs) x = x.to(device);
  return cases;
}

// Values and gradients of every operator, as on the CPU.
void expect_as_here(at::Device device) {
  std::vector<Case> there = cases_on(device), here = small_cases(at::kFloat);
  for (size_t i = 0; i < here.size(); ++i) {
    Result a = run(there[i], Path::kernels), b = run(here[i], Path::reference);
    EXPECT_EQ(a.y.device().type(), device.type()) << here[i].name;
    expect_close(a.y.cpu(), b.y, 1e-4, here[i].name);
    for (size_t g = 0; g < b.gradients.size(); ++g)
      expect_close(a.gradients[g].cpu(), b.gradients[g], 1e-4, here[i].name + ", gradient " + std::to_string(g));
  }
  at::Tensor q = random({3, 2, 6}, at::kFloat), cache = random({9, 6}, at::kFloat), rows = at::arange(9, at::kLong);
  at::Tensor start = at::zeros({3}, at::kLong), count = at::arange(3, 6, at::kLong);
  at::Tensor y =
      latent_attention(q.to(device), cache.to(device), rows.to(device), start.to(device), count.to(device), 4, 0.5);
  EXPECT_EQ(y.device().type(), device.type());
  expect_close(y.cpu(), latent_attention(q, cache, rows, start, count, 4, 0.5), 1e-4, "latent_attention");
}

TEST(Device, EveryReferenceRunsOnCuda) {
  if (!at::hasCUDA()) GTEST_SKIP() << "this libtorch sees no CUDA device";
  expect_as_here(at::kCUDA);
}

// What the next test rests on.
TEST(Device, TheFarDeviceRefusesWhatAnotherDeviceWould) {
  at::Tensor x = at::ones({2, 3}, far_device()), here = at::ones({2, 3});
  EXPECT_EQ((x + x).sum().item<float>(), 12);
  EXPECT_THROW(x + here, c10::Error);
  EXPECT_THROW(at::mm(here, x.t()), c10::Error);
  EXPECT_THROW(at::cat({x, here}), c10::Error);
  EXPECT_EXIT(std::exit(static_cast<int>(*x.const_data_ptr<float>())), testing::KilledBySignal(SIGSEGV), "");
}

// Shows on any machine that an operator, and its gradient, makes what it needs where its inputs are.
TEST(Device, EveryReferenceRunsWhereItsInputsAre) { expect_as_here(far_device()); }

}  // namespace

}  // namespace octet::ops::test
