// The operators on the CPU's kernels, as library.cpp registers them. x_cpu computes; x_autograd stands before it and
// records the backward pass where a gradient is wanted. Both fall back to the reference for what no kernel handles.
#pragma once
#include <ATen/ATen.h>

namespace octet::ops {

at::Tensor rms_norm_cpu(const at::Tensor& x, const at::Tensor& w, double eps);
at::Tensor rms_norm_autograd(const at::Tensor& x, const at::Tensor& w, double eps);
at::Tensor linear_cpu(const at::Tensor& x, const at::Tensor& w);
at::Tensor linear_autograd(const at::Tensor& x, const at::Tensor& w);
at::Tensor swiglu_cpu(const at::Tensor& gate_up);
at::Tensor swiglu_autograd(const at::Tensor& gate_up);
at::Tensor rope_cpu(const at::Tensor& x, const at::Tensor& positions, const at::Tensor& cos_sin);
at::Tensor rope_autograd(const at::Tensor& x, const at::Tensor& positions, const at::Tensor& cos_sin);
at::Tensor attention_cpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& cu_seqlens,
                         double scale);
at::Tensor attention_autograd(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              const at::Tensor& cu_seqlens, double scale);
at::Tensor latent_attention_cpu(const at::Tensor& q, const at::Tensor& cache, const at::Tensor& rows,
                                const at::Tensor& row_start, const at::Tensor& row_count, int64_t latent, double scale);
at::Tensor latent_attention_autograd(const at::Tensor& q, const at::Tensor& cache, const at::Tensor& rows,
                                     const at::Tensor& row_start, const at::Tensor& row_count, int64_t latent,
                                     double scale);
at::Tensor experts_cpu(const at::Tensor& x, const at::Tensor& indices, const at::Tensor& weights,
                       const at::Tensor& gate_up, const at::Tensor& down);
at::Tensor experts_autograd(const at::Tensor& x, const at::Tensor& indices, const at::Tensor& weights,
                            const at::Tensor& gate_up, const at::Tensor& down);
at::Tensor cross_entropy_cpu(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets);
at::Tensor cross_entropy_autograd(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets);
at::Tensor cross_entropy_sum_cpu(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets);
at::Tensor cross_entropy_sum_autograd(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets);

// Whether a backward pass must be recorded for any of these.
template <class... Tensors>
bool wants_gradient(const Tensors&... x) {
  return at::GradMode::is_enabled() && (x.requires_grad() || ...);
}

// The type an operator computes in, given its main input: float64 stays, all else is float32.
inline at::ScalarType compute_type(const at::Tensor& x) {
  return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}

// x with adjacent numbers in its last dimension.
inline at::Tensor adjacent(const at::Tensor& x) {
  return x.dim() > 0 && (x.stride(-1) == 1 || x.size(-1) == 1) ? x : x.contiguous();
}

// [.., N] as rows [M, N] with adjacent numbers, without a copy where the strides allow.
inline at::Tensor as_rows(const at::Tensor& x) { return adjacent(x.dim() == 2 ? x : x.reshape({-1, x.size(-1)})); }

// Calls body(T{}) with T = float or double.
template <class Body>
auto with_type(at::ScalarType type, Body&& body) {
  return type == at::kDouble ? body(double{}) : body(float{});
}

}  // namespace octet::ops
