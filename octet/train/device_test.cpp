// Training steps on a device whose memory this processor can't read: the same losses as on the CPU.
#include <gtest/gtest.h>

#include "octet/ops/testing_far_device.h"
#include "octet/train/step.h"
#include "octet/train/testing.h"

namespace octet::train {
namespace {

std::vector<StepRecord> two_steps(OptimizerKind kind, at::ScalarType compute, at::Device device) {
  model::Transformer model = model::make_transformer(testing::tiny_config(), at::kFloat, device);
  model::initialise(model, 7);
  model.compute = compute;
  model.require_grad();
  Optimizer optimizer(model.parameters(), {.kind = kind, .lr = 3e-3, .muon_lr = 3e-3});
  std::vector<TrainBatch> batch = {make_train_batch(testing::packed_bytes(testing::page, 256), 1, device)};
  std::vector<StepRecord> records;
  for (int step = 0; step < 2; ++step)
    records.push_back(train_step(model, optimizer, batch, {1, {0.3, 0.01, 256}, 0.01}));
  return records;
}

void expect_same(OptimizerKind kind, at::ScalarType compute, double tolerance) {
  auto there = two_steps(kind, compute, ops::test::far_device()), here = two_steps(kind, compute, at::kCPU);
  for (size_t i = 0; i < here.size(); ++i) {
    EXPECT_NEAR(there[i].loss, here[i].loss, tolerance * here[i].loss) << i;
    EXPECT_NEAR(there[i].mtp_loss, here[i].mtp_loss, tolerance * here[i].mtp_loss) << i;
    EXPECT_NEAR(there[i].balance_loss, here[i].balance_loss, 10 * tolerance * here[i].balance_loss) << i;
    EXPECT_NEAR(there[i].gradient_norm, here[i].gradient_norm, 10 * tolerance * here[i].gradient_norm) << i;
  }
  EXPECT_LT(here.back().loss, here.front().loss);
}

TEST(Elsewhere, StepsOfAdamWAreThoseOfTheCpu) { expect_same(OptimizerKind::adamw, at::kFloat, 1e-3); }
TEST(Elsewhere, StepsOfMuonAreThoseOfTheCpu) { expect_same(OptimizerKind::muon, at::kFloat, 1e-3); }
TEST(Elsewhere, StepsInBfloat16AreThoseOfTheCpu) { expect_same(OptimizerKind::muon, at::kBFloat16, 0.02); }

}  // namespace
}  // namespace octet::train
