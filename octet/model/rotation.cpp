#include "octet/model/rotation.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>

#include "octet/base/error.h"
#include "octet/ops/ops.h"

namespace octet::model {

Rotation::Rotation(std::vector<double> frequencies, int64_t positions, at::Device device)
    : frequencies_(std::move(frequencies)), positions_(positions), device_(device) {}

at::Tensor Rotation::table(int64_t end) const {
  constexpr int64_t least = 1024;
  std::lock_guard lock(mutex_);
  int64_t has = cos_sin_PR_.defined() ? cos_sin_PR_.size(0) : 0;
  if (end > has) {
    check(end <= positions_, "a position is beyond the model's");
    c10::InferenceMode no_inference(false);  // what is made here may serve training later
    at::NoGradGuard no_grad;
    // Twice as far as before: a growing conversation makes few tables.
    cos_sin_PR_ = ops::rope_table(frequencies_, std::min(positions_, std::max({end, 2 * has, least}))).to(device_);
  }
  return cos_sin_PR_;
}

}  // namespace octet::model
