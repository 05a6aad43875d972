// The whole model on a device whose memory this processor can't read, against the reference data.
#include <gtest/gtest.h>

#include "octet/io/safetensors.h"
#include "octet/model/transformer.h"
#include "octet/ops/testing_far_device.h"

namespace octet::model {
namespace {

struct Elsewhere : testing::TestWithParam<const char*> {
  at::NoGradGuard no_grad;
  at::Device device = ops::test::far_device();
  std::filesystem::path folder = std::filesystem::path(OCTET_SOURCE_DIR) / "tests/golden" / GetParam();
  io::SafetensorsFile expected{folder / "expected.safetensors"};
  Transformer model = load(folder, at::kFloat, Use::inference, device);

  std::vector<int64_t> integers(const std::string& name) {
    auto span = expected.at(name).as<int64_t>();
    return {span.begin(), span.end()};
  }
  void expect_equal(const at::Tensor& there, const std::string& name) {
    EXPECT_EQ(there.device().type(), device.type()) << name;
    const auto& view = expected.at(name);
    at::Tensor here = at::from_blob(const_cast<std::byte*>(view.bytes.data()), view.shape, at::kFloat);
    EXPECT_LE((there.cpu() - here).abs().max().item<double>(), 2e-4) << name;
  }
};

TEST_P(Elsewhere, LogitsAreTheGoldenOnes) {
  expect_equal(model.logits(model.forward(make_batch({integers("tokens.1")}, device)).hidden_TD), "logits.1");
}

TEST_P(Elsewhere, GreedyContinuationThroughTheCacheIsTheGoldenOne) {
  Cache cache(model.config, 512, at::kFloat, device);
  Timeline timeline(cache);
  std::vector<int64_t> tokens = integers("tokens.1"), greedy = integers("greedy.1"), ours;
  while (ours.size() < greedy.size()) {
    Continuation part{&timeline, tokens};
    Forward out = model.forward(make_batch(cache, {&part, 1}, device));
    at::Tensor last = model.logits(out.hidden_TD.narrow(0, out.hidden_TD.size(0) - 1, 1))[0];
    tokens = {last.argmax().item<int64_t>()};
    ours.push_back(tokens[0]);
  }
  EXPECT_EQ(ours, greedy);
}

TEST_P(Elsewhere, MtpLogitsAreTheGoldenOnes) {
  if (!expected.tensors().contains("mtp.tokens.1")) return;
  std::vector<int64_t> next = integers("mtp.tokens.1");
  Batch batch = make_batch({integers("tokens.1")}, device);
  Forward mtp = model.forward_mtp(0, model.forward(batch).hidden_TD, at::tensor(next, at::kLong).to(device), batch);
  expect_equal(model.logits(mtp.hidden_TD), "mtp.logits_unmasked.1");
}

INSTANTIATE_TEST_SUITE_P(Folders, Elsewhere,
                         testing::Values("v3-tiny", "v3-tiny-bf16", "v3-yarn", "v2lite-tiny", "moonlight-tiny",
                                         "v3-fp8", "v3-mtp"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace octet::model
