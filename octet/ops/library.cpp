// All schemas on one page. CompositeImplicitAutograd is the reference: any device, gradients from autograd. The CPU has
// kernels, and their own backward passes before them.
#include "octet/ops/library.h"

#include "octet/ops/kernel.h"
#include "octet/ops/reference.h"

TORCH_LIBRARY(octet, m) {
  m.def("rms_norm(Tensor x, Tensor w, float eps) -> Tensor");
  m.def("linear(Tensor x, Tensor w) -> Tensor");
  m.def("swiglu(Tensor gate_up) -> Tensor");
  m.def("rope(Tensor x, Tensor positions, Tensor cos_sin) -> Tensor");
  m.def("attention(Tensor q, Tensor k, Tensor v, Tensor cu_seqlens, float scale) -> Tensor");
  m.def(
      "latent_attention(Tensor q, Tensor cache, Tensor rows, Tensor row_start, Tensor row_count, int latent, "
      "float scale) -> Tensor");
  m.def("experts(Tensor x, Tensor indices, Tensor weights, Tensor gate_up, Tensor down) -> Tensor");
  m.def("cross_entropy(Tensor x, Tensor head, Tensor targets) -> Tensor");
  m.def("cross_entropy_sum(Tensor x, Tensor head, Tensor targets) -> Tensor");
}

TORCH_LIBRARY_IMPL(octet, CompositeImplicitAutograd, m) {
  namespace reference = octet::ops::reference;
  m.impl("rms_norm", &reference::rms_norm);
  m.impl("linear", &reference::linear);
  m.impl("swiglu", &reference::swiglu);
  m.impl("rope", &reference::rope);
  m.impl("attention", &reference::attention);
  m.impl("latent_attention", &reference::latent_attention);
  m.impl("experts", &reference::experts);
  m.impl("cross_entropy", &reference::cross_entropy);
  m.impl("cross_entropy_sum", &reference::cross_entropy_sum);
}

TORCH_LIBRARY_IMPL(octet, CPU, m) {
  m.impl("rms_norm", &octet::ops::rms_norm_cpu);
  m.impl("linear", &octet::ops::linear_cpu);
  m.impl("swiglu", &octet::ops::swiglu_cpu);
  m.impl("rope", &octet::ops::rope_cpu);
  m.impl("attention", &octet::ops::attention_cpu);
  m.impl("latent_attention", &octet::ops::latent_attention_cpu);
  m.impl("experts", &octet::ops::experts_cpu);
  m.impl("cross_entropy", &octet::ops::cross_entropy_cpu);
  m.impl("cross_entropy_sum", &octet::ops::cross_entropy_sum_cpu);
}

TORCH_LIBRARY_IMPL(octet, AutogradCPU, m) {
  m.impl("rms_norm", &octet::ops::rms_norm_autograd);
  m.impl("linear", &octet::ops::linear_autograd);
  m.impl("swiglu", &octet::ops::swiglu_autograd);
  m.impl("rope", &octet::ops::rope_autograd);
  m.impl("attention", &octet::ops::attention_autograd);
  m.impl("latent_attention", &octet::ops::latent_attention_autograd);
  m.impl("experts", &octet::ops::experts_autograd);
  m.impl("cross_entropy", &octet::ops::cross_entropy_autograd);
  m.impl("cross_entropy_sum", &octet::ops::cross_entropy_sum_autograd);
}

namespace octet::ops::library {

namespace {

template <class Signature>
c10::TypedOperatorHandle<Signature> find(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& w, double eps) {
  static const auto op = find<decltype(rms_norm)>("octet::rms_norm");
  return op.call(x, w, eps);
}

at::Tensor linear(const at::Tensor& x, const at::Tensor& w) {
  static const auto op = find<decltype(linear)>("octet::linear");
  return op.call(x, w);
}

at::Tensor swiglu(const at::Tensor& gate_up) {
  static const auto op = find<decltype(swiglu)>("octet::swiglu");
  return op.call(gate_up);
}

at::Tensor rope(const at::Tensor& x, const at::Tensor& positions, const at::Tensor& cos_sin) {
  static const auto op = find<decltype(rope)>("octet::rope");
  return op.call(x, positions, cos_sin);
}

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& cu_seqlens,
                     double scale) {
  static const auto op = find<decltype(attention)>("octet::attention");
  return op.call(q, k, v, cu_seqlens, scale);
}

at::Tensor latent_attention(const at::Tensor& q, const at::Tensor& cache, const at::Tensor& rows,
                            const at::Tensor& row_start, const at::Tensor& row_count, int64_t latent, double scale) {
  static const auto op = find<decltype(latent_attention)>("octet::latent_attention");
  return op.call(q, cache, rows, row_start, row_count, latent, scale);
}

at::Tensor experts(const at::Tensor& x, const at::Tensor& indices, const at::Tensor& weights, const at::Tensor& gate_up,
                   const at::Tensor& down) {
  static const auto op = find<decltype(experts)>("octet::experts");
  return op.call(x, indices, weights, gate_up, down);
}

at::Tensor cross_entropy(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets) {
  static const auto op = find<decltype(cross_entropy)>("octet::cross_entropy");
  return op.call(x, head, targets);
}

at::Tensor cross_entropy_sum(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets) {
  static const auto op = find<decltype(cross_entropy_sum)>("octet::cross_entropy_sum");
  return op.call(x, head, targets);
}

}  // namespace octet::ops::library
