// Each operator of ops.h as a composition of ATen calls: what it means, in the fewest words. Any device; float64 is
// computed in float64, everything else in float32 where ops.h says so; gradients come from autograd. The kernels are
// held against these. Shapes and contracts: ops.h; nothing is checked here.
#pragma once
#include "octet/ops/ops.h"

namespace octet::ops::reference {

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& w_D, double eps);
at::Tensor linear(const at::Tensor& x, const at::Tensor& w_ND);
at::Tensor swiglu(const at::Tensor& gate_up);
at::Tensor rope(const at::Tensor& x, const at::Tensor& positions_T, const at::Tensor& cos_sin_PR);
at::Tensor attention(const at::Tensor& q_THQ, const at::Tensor& k_THQ, const at::Tensor& v_THV,
                     const at::Tensor& cu_seqlens_S1, double scale);
at::Tensor latent_attention(const at::Tensor& q_THCR, const at::Tensor& cache, const at::Tensor& rows,
                            const at::Tensor& row_start_T, const at::Tensor& row_count_T, int64_t latent, double scale);
at::Tensor experts(const at::Tensor& x_TD, const at::Tensor& indices_TK, const at::Tensor& weights_TK,
                   const at::Tensor& gate_up_E2FD, const at::Tensor& down_EDF);
at::Tensor cross_entropy(const at::Tensor& x_TD, const at::Tensor& head_ND, const at::Tensor& targets_T);
at::Tensor cross_entropy_sum(const at::Tensor& x_TD, const at::Tensor& head_ND, const at::Tensor& targets_T);

}  // namespace octet::ops::reference
