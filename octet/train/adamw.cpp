#include "octet/train/adamw.h"

#include <cmath>

namespace octet::train {

void adamw_reference(const AdamW& rule, at::Tensor p, const at::Tensor& gradient, at::Tensor m, at::Tensor v) {
  at::Tensor g = gradient * rule.gradient_scale;
  p.mul_(1 - rule.lr * rule.weight_decay);
  m.mul_(rule.beta1).add_(g, 1 - rule.beta1);
  v.mul_(rule.beta2).addcmul_(g, g, 1 - rule.beta2);
  double first = 1 - std::pow(rule.beta1, rule.step), second = 1 - std::pow(rule.beta2, rule.step);
  at::Tensor size = v.sqrt().div_(std::sqrt(second)).add_(rule.eps);
  p.addcdiv_(m, size, -rule.lr / first);
}

void adamw_range(const AdamW& rule, const AdamWMemory& memory, int64_t from, int64_t to) {
  const auto keep = static_cast<float>(1 - rule.lr * rule.weight_decay);
  const auto scale = static_cast<float>(rule.gradient_scale);
  const auto beta1 = static_cast<float>(rule.beta1), rest1 = static_cast<float>(1 - rule.beta1);
  const auto beta2 = static_cast<float>(rule.beta2), rest2 = static_cast<float>(1 - rule.beta2);
  const auto lr = static_cast<float>(rule.lr / (1 - std::pow(rule.beta1, rule.step)));
  const auto unbias = static_cast<float>(1 / std::sqrt(1 - std::pow(rule.beta2, rule.step)));
  const auto eps = static_cast<float>(rule.eps);
  // A moment whose gradient stays away decays into denormal numbers, on which processors are a hundred times slower.
  constexpr float least = 1e-30f;
  float* __restrict p = memory.p, * __restrict m = memory.m, * __restrict v = memory.v;
  const float* __restrict gradient = memory.gradient;
  for (int64_t i = from; i < to; ++i) {
    float g = gradient[i] * scale;
    float mi = beta1 * m[i] + rest1 * g;
    float vi = beta2 * v[i] + rest2 * (g * g);
    mi = std::fabs(mi) < least ? 0.0f : mi;
    vi = vi < least ? 0.0f : vi;
    m[i] = mi;
    v[i] = vi;
    p[i] = p[i] * keep - lr * mi / (std::sqrt(vi) * unbias + eps);
  }
}

}  // namespace octet::train
