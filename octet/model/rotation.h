// The rotation table (ops::rope_table), made as far as positions are asked for: a configuration may promise many more
// than a conversation ever has.
#pragma once
#include <ATen/ATen.h>

#include <mutex>
#include <vector>

namespace octet::model {

class Rotation {
 public:
  Rotation(std::vector<double> frequencies, int64_t positions, at::Device device);

  // float32 [P, R] with `end` rows or more. Bug beyond the model's positions. May be called from several threads.
  at::Tensor table(int64_t end) const;

 private:
  std::vector<double> frequencies_;
  int64_t positions_;
  at::Device device_;
  mutable std::mutex mutex_;
  mutable at::Tensor cos_sin_PR_;
};

}  // namespace octet::model
