#include "octet/model/rotation.h"

#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "octet/base/error.h"
#include "octet/model/transformer.h"
#include "octet/ops/ops.h"

namespace octet::model {
namespace {

TEST(Rotation, GrowsWithThePositionsAskedFor) {
  const std::vector<double> frequencies = {1, 0.1};
  Rotation vast(frequencies, int64_t{1} << 40, at::kCPU);
  EXPECT_LE(vast.table(3).size(0), 1024);
  at::Tensor far = vast.table(5000);
  EXPECT_GE(far.size(0), 5000);
  EXPECT_LT(far.size(0), 20000);
  EXPECT_TRUE(at::equal(far, ops::rope_table(frequencies, far.size(0))));
  EXPECT_TRUE(vast.table(7).is_same(far));
  Rotation small(frequencies, 10, at::kCPU);
  EXPECT_EQ(small.table(4).size(0), 10);
  EXPECT_THROW(small.table(11), Bug);
}

TEST(Rotation, ATableMadeWhileAnsweringServesTraining) {
  Rotation rotation({1, 0.1}, 100, at::kCPU);
  {
    c10::InferenceMode inference;
    rotation.table(100);
  }
  at::Tensor x = at::ones({2, 1, 4}).requires_grad_(true);
  at::Tensor positions = at::arange(2, at::kLong);
  ops::rope(x, positions, rotation.table(2)).sum().backward();
  EXPECT_TRUE(x.grad().defined());
}

TEST(Load, CopiesThatAreNotNumbersAreCopiesAllTheSame) {
  at::NoGradGuard no_grad;
  namespace fs = std::filesystem;
  fs::path folder = fs::temp_directory_path() / fmt::format("octet-model-{}", ::getpid());
  Transformer model = load(fs::path(OCTET_SOURCE_DIR) / "tests/golden/v3-mtp", at::kFloat, Use::training);
  ASSERT_FALSE(model.mtp.empty());
  model.embed_VD[3][5] = std::numeric_limits<float>::quiet_NaN();
  fs::create_directories(folder);
  save(model, folder, at::kFloat);
  EXPECT_NO_THROW(load(folder, at::kFloat));
  EXPECT_NO_THROW(load(folder, at::kBFloat16));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace octet::model
