#include "octet/train/step.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "octet/train/testing.h"

namespace octet::train {
namespace {

using testing::packed_bytes;
using testing::page;
using testing::tiny_config;

model::Transformer tiny_model(uint64_t seed, int64_t layers = 2) {
  model::Transformer model = model::make_transformer(tiny_config(layers), at::kFloat);
  model::initialise(model, seed);
  model.require_grad();
  return model;
}

data::PackedBatch three_pieces() {
  data::PackedBatch batch;
  batch.tokens = {10, 11, 12, 13, 20, 21, 30};
  batch.targets = {11, 12, 13, -1, 21, 22, 31};  // the second piece is cut: its document goes on with 22
  batch.targets2 = {12, 13, -1, -1, 22, -1, -1};
  batch.positions = {0, 1, 2, 3, 0, 1, 0};
  batch.cu_seqlens = {0, 4, 6, 7};
  return batch;
}

TEST(TrainBatch, MtpModulesSeeTheTokensOneAndTwoAhead) {
  TrainBatch batch = make_train_batch(three_pieces(), 2);
  auto values = [](const at::Tensor& t) {
    return std::vector<int64_t>(t.const_data_ptr<int64_t>(), t.const_data_ptr<int64_t>() + t.numel());
  };
  EXPECT_EQ(batch.targets, 6);
  EXPECT_EQ(values(batch.mtp_next_T[0]), (std::vector<int64_t>{11, 12, 13, 0, 21, 0, 0}));
  EXPECT_EQ(values(batch.mtp_targets_T[0]), (std::vector<int64_t>{12, 13, -1, -1, 22, -1, -1}));
  EXPECT_EQ(values(batch.mtp_next_T[1]), (std::vector<int64_t>{12, 13, 0, 0, 0, 0, 0}));
  EXPECT_EQ(values(batch.mtp_targets_T[1]), (std::vector<int64_t>{13, -1, -1, -1, -1, -1, -1}));
  EXPECT_EQ(batch.mtp_targets, (std::vector<int64_t>{3, 1}));
  EXPECT_DOUBLE_EQ(batch.keys_per_token, (16 + 4 + 1) / 7.0);
}

TEST(Step, TheFirstLossIsTheLogarithmOfTheVocabulary) {
  model::Transformer model = tiny_model(1);
  TrainBatch batch = make_train_batch(packed_bytes(page, 256), 1);
  Loss loss = compute_loss(model, batch, count_targets({batch}), {0.3, 0, 256});
  EXPECT_NEAR(loss.main, std::log(256), 0.2);
  EXPECT_NEAR(loss.mtp, std::log(256), 0.2);
  EXPECT_NEAR(loss.total.item<double>(), loss.main + 0.3 * loss.mtp, 1e-5);
  EXPECT_EQ(loss.routing.size(), 2u) << "one routed layer and the MTP module's";
}

TEST(Step, MicroBatchesChangeNothingButRounding) {
  auto gradients = [](bool cut) {
    model::Transformer model = tiny_model(2);
    data::PackedBatch whole = packed_bytes(page, 256);
    whole.targets[5] = whole.targets[7] = whole.targets2[300] = -1;  // unequal counts in the parts
    std::vector<TrainBatch> parts;
    auto rows = static_cast<int64_t>(whole.cu_seqlens.size()) - 1;
    for (int64_t row = 0; cut && row < rows; ++row) {
      auto slice = [&](const std::vector<int32_t>& v) {
        return std::vector<int32_t>(v.begin() + row * 256, v.begin() + (row + 1) * 256);
      };
      parts.push_back(make_train_batch(
          {slice(whole.tokens), slice(whole.targets), slice(whole.targets2), slice(whole.positions), {0, 256}}, 1));
    }
    if (!cut) parts.push_back(make_train_batch(whole, 1));
    TargetCounts counts = count_targets(parts);
    for (const auto& part : parts) compute_loss(model, part, counts, {0.3, 0.01, 256}).total.backward();
    std::vector<at::Tensor> out;
    for (const auto& p : model.parameters()) out.push_back(p.tensor.grad());
    return out;
  };
  auto whole = gradients(false), cut = gradients(true);
  ASSERT_EQ(whole.size(), cut.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    ASSERT_TRUE(whole[i].defined());
    EXPECT_TRUE(at::allclose(whole[i], cut[i], 1e-3, 1e-6)) << i;
  }
}

TEST(Step, ATwoLayerModelOverfitsAPageOfText) {
  model::Transformer model = tiny_model(3);
  Optimizer optimizer(model.parameters(), {.kind = OptimizerKind::muon, .lr = 0.01, .muon_lr = 0.02});
  std::vector<TrainBatch> batch = {make_train_batch(packed_bytes(page, 256), 1)};
  StepRecord record;
  for (int64_t step = 0; step < 150; ++step)
    record = train_step(model, optimizer, batch,
                        {std::min(1.0, (150 - static_cast<double>(step)) / 75), {0.3, 1e-4, 256}, 0.001});
  EXPECT_LT(record.loss, 0.1);
  EXPECT_LT(record.mtp_loss, 0.3);
  EXPECT_LT(mean_loss(model, batch), 0.1);
}

TEST(Step, AdamWLearnsToo) {
  model::Transformer model = tiny_model(4);
  Optimizer optimizer(model.parameters(), {.lr = 0.005});
  std::vector<TrainBatch> batch = {make_train_batch(packed_bytes(page, 256), 1)};
  double first = train_step(model, optimizer, batch, {}).loss, last = first;
  for (int step = 0; step < 60; ++step) last = train_step(model, optimizer, batch, {}).loss;
  EXPECT_LT(last, 0.6 * first);
}

TEST(Step, BiasesOfEveryRouterMoveAndStayCentred) {
  model::Transformer model = tiny_model(5, 3);
  Optimizer optimizer(model.parameters(), {.lr = 0});
  std::vector<TrainBatch> batch = {make_train_batch(packed_bytes(page, 256), 1)};
  for (int step = 0; step < 3; ++step) train_step(model, optimizer, batch, {1, {0.3, 0, 256}, 0.01});
  for (auto* router : model.routers()) {
    EXPECT_GT(router->bias_E.abs().max().item<double>(), 0);
    EXPECT_NEAR(router->bias_E.mean().item<double>(), 0, 1e-7);
  }
}

TEST(Step, DivergenceIsSaidBeforeAnythingIsUpdated) {
  model::Transformer model = tiny_model(6);
  Optimizer optimizer(model.parameters(), {});
  std::vector<TrainBatch> batch = {make_train_batch(packed_bytes(page, 256), 1)};
  {
    at::NoGradGuard no_grad;
    model.norm_D[0] = std::numeric_limits<float>::quiet_NaN();
  }
  at::Tensor before = model.embed_VD.detach().clone();
  EXPECT_THROW(train_step(model, optimizer, batch, {}), Error);
  EXPECT_TRUE(at::equal(model.embed_VD.detach(), before));
  EXPECT_EQ(optimizer.steps(), 0);
}

}  // namespace
}  // namespace octet::train
