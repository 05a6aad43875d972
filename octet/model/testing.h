// For the tests of this folder: a golden folder's model, on any device, and what it must compute.
#pragma once
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "octet/io/safetensors.h"
#include "octet/model/transformer.h"

namespace octet::model::testing {

constexpr double tolerance = 2e-4;  // of logits and hidden states: tests/golden/README.md

inline auto golden_folders() {
  return ::testing::Values("v3-tiny", "v3-tiny-bf16", "v3-yarn", "v2lite-tiny", "moonlight-tiny", "v3-fp8", "v3-mtp");
}

inline std::string test_name(const ::testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class GoldenFolder : public ::testing::TestWithParam<const char*> {
 protected:
  explicit GoldenFolder(at::Device where) : device(where) {}

  at::NoGradGuard no_grad;
  at::Device device;
  std::filesystem::path folder = std::filesystem::path(OCTET_SOURCE_DIR) / "tests/golden" / GetParam();
  io::SafetensorsFile expected{folder / "expected.safetensors"};
  Transformer model = load(folder, at::kFloat, Use::inference, device);

  at::Tensor tensor(const std::string& name) {  // on the CPU
    const auto& view = expected.at(name);
    return at::from_blob(const_cast<std::byte*>(view.bytes.data()), view.shape,
                         view.dtype == io::Dtype::I64 ? at::kLong : at::kFloat);
  }
  std::vector<int64_t> integers(const std::string& name) {
    auto span = expected.at(name).as<int64_t>();
    return {span.begin(), span.end()};
  }
  // The largest difference; `a` may be on another device than `b`.
  static double distance(const at::Tensor& a, const at::Tensor& b) {
    EXPECT_EQ(a.sizes(), b.sizes());
    return a.numel() == 0 ? 0 : (a.cpu() - b).abs().max().item<double>();
  }
};

}  // namespace octet::model::testing
