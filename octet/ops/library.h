// The operators as torch's dispatcher knows them (octet::name), for ops.cpp: the dispatcher picks reference or kernel
// by device, and puts the backward pass before it.
#pragma once
#include <ATen/ATen.h>

namespace octet::ops::library {

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& w, double eps);
at::Tensor linear(const at::Tensor& x, const at::Tensor& w);
at::Tensor swiglu(const at::Tensor& gate_up);
at::Tensor rope(const at::Tensor& x, const at::Tensor& positions, const at::Tensor& cos_sin);
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& cu_seqlens,
                     double scale);
at::Tensor latent_attention(const at::Tensor& q, const at::Tensor& cache, const at::Tensor& rows,
                            const at::Tensor& row_start, const at::Tensor& row_count, int64_t latent, double scale);
at::Tensor experts(const at::Tensor& x, const at::Tensor& indices, const at::Tensor& weights, const at::Tensor& gate_up,
                   const at::Tensor& down);
at::Tensor cross_entropy(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets);
at::Tensor cross_entropy_sum(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets);

}  // namespace octet::ops::library
