// Answers on a device whose memory this processor can't read: those of the CPU.
#include <gtest/gtest.h>

#include "octet/infer/generator.h"
#include "octet/infer/model_runner.h"
#include "octet/infer/testing.h"
#include "octet/ops/testing_far_device.h"

namespace octet::infer {
namespace {

using testing::Bench;
using testing::request;
using testing::some_tokens;

std::shared_ptr<const model::Transformer> tiny_on(at::Device device) {
  auto folder = std::filesystem::path(OCTET_SOURCE_DIR) / "tests/golden/v3-mtp";
  return std::make_shared<model::Transformer>(model::load(folder, at::kFloat, model::Use::inference, device));
}

TEST(Elsewhere, OneTimelineAnswersAsOnTheCpu) {
  auto there = tiny_on(ops::test::far_device()), here = tiny_on(at::kCPU);
  Generator far(there, 256), near(here, 256);
  for (int64_t i = 0; i < 3; ++i) {
    std::vector<int64_t> prompt = some_tokens(20 + 7 * i, i, here->config.vocab);
    GenerateOptions options;
    options.max_tokens = 12;
    options.sampling.temperature = i == 2 ? 0.8 : 0;
    options.sampling.seed = 5;
    EXPECT_EQ(far.generate(prompt, options).tokens, near.generate(prompt, options).tokens) << i;
    for (size_t layer = 0; layer < near.trace().layers.size(); ++layer)
      EXPECT_EQ(far.trace().layers[layer].load(), near.trace().layers[layer].load()) << i << ", layer " << layer;
  }
}

// With the paged cache and MTP's guesses, and several at a time.
TEST(Elsewhere, TheEngineAnswersAsOnTheCpu) {
  auto there = tiny_on(ops::test::far_device()), here = tiny_on(at::kCPU);
  auto far = make_model_runner(there, {1024}), near = make_model_runner(here, {1024});
  auto ask = [&](int64_t i) { return request(some_tokens(30 + 11 * i, i, here->config.vocab), 10); };
  Bench together(*far);
  for (int64_t i = 0; i < 3; ++i) together.add(ask(i));
  together.run();
  for (int64_t i = 0; i < 3; ++i)
    EXPECT_EQ(together.heard[static_cast<size_t>(i)]->tokens(), Bench::alone(*near, ask(i))->tokens()) << i;
}

}  // namespace
}  // namespace octet::infer
