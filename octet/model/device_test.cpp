// The whole model on a device whose memory this processor can't read, against the reference data.
#include <gtest/gtest.h>

#include "octet/model/testing.h"
#include "octet/ops/testing_far_device.h"

namespace octet::model {
namespace {

class Elsewhere : public testing::GoldenFolder {
 protected:
  Elsewhere() : GoldenFolder(ops::test::far_device()) {}

  void expect_golden(const at::Tensor& there, const std::string& name) {
    EXPECT_EQ(there.device().type(), device.type()) << name;
    EXPECT_LE(distance(there, tensor(name)), testing::tolerance) << name;
  }
};

TEST_P(Elsewhere, LogitsAreTheGoldenOnes) {
  expect_golden(model.logits(model.forward(make_batch({integers("tokens.1")}, device)).hidden_TD), "logits.1");
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

INSTANTIATE_TEST_SUITE_P(Folders, Elsewhere, testing::golden_folders(), testing::test_name);

class MtpElsewhere : public Elsewhere {};

TEST_P(MtpElsewhere, LogitsAreTheGoldenOnes) {
  Batch batch = make_batch({integers("tokens.1")}, device);
  Forward mtp = model.forward_mtp(0, model.forward(batch).hidden_TD, tensor("mtp.tokens.1").to(device), batch);
  expect_golden(model.logits(mtp.hidden_TD), "mtp.logits_unmasked.1");
}

INSTANTIATE_TEST_SUITE_P(Folders, MtpElsewhere, ::testing::Values("v3-mtp"), testing::test_name);

}  // namespace
}  // namespace octet::model
