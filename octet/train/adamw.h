// AdamW (Loshchilov & Hutter 2019): Adam with decoupled weight decay, as torch.optim.AdamW computes it.
#pragma once
#include <ATen/ATen.h>

namespace octet::train {

struct AdamW {
  double lr = 0, beta1 = 0.9, beta2 = 0.95, eps = 1e-8;
  double weight_decay = 0;
  double gradient_scale = 1;  // what clipping multiplies the gradient with
  int64_t step = 1;           // the first is 1: corrects the moments' start at 0
};

// The formula in ATen calls; any device, float64 too. Changes p, m and v in place.
void adamw_reference(const AdamW& rule, at::Tensor p, const at::Tensor& gradient, at::Tensor m, at::Tensor v);

// The same in one pass over contiguous float32 memory: elements from .. to-1. An element's result depends on nothing
// but its own numbers, so that any division among threads gives the same bits.
struct AdamWMemory {
  float* p;
  const float* gradient;
  float *m, *v;
};
void adamw_range(const AdamW& rule, const AdamWMemory& memory, int64_t from, int64_t to);

}  // namespace octet::train
