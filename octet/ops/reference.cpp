#include "octet/ops/reference.h"

#include <cmath>
#include <limits>

namespace octet::ops::reference {

namespace {

// What "in float32 inside" means: float64 stays, all else becomes float32.
at::ScalarType wide(const at::Tensor& x) { return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat; }

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& w_D, double eps) {
  at::Tensor wide_x = x.to(wide(x));
  at::Tensor scale = at::rsqrt(wide_x.square().mean(-1, /*keepdim=*/true) + eps);
  return (wide_x * scale * w_D.to(wide(x))).to(x.scalar_type());
}

at::Tensor linear(const at::Tensor& x, const at::Tensor& w_ND) { return at::linear(x, w_ND.to(x.scalar_type())); }

at::Tensor swiglu(const at::Tensor& gate_up) {
  std::vector<at::Tensor> half = gate_up.to(wide(gate_up)).chunk(2, -1);
  return (at::silu(half[0]) * half[1]).to(gate_up.scalar_type());
}

at::Tensor rope(const at::Tensor& x, const at::Tensor& positions_T, const at::Tensor& cos_sin_PR) {
  std::vector<int64_t> shape(x.dim(), 1);  // [T, 1, .., R/2]: the same angles for all heads
  shape.front() = x.size(0);
  shape.back() = x.size(-1) / 2;
  std::vector<at::Tensor> half = cos_sin_PR.index_select(0, positions_T).to(wide(x)).chunk(2, -1);
  at::Tensor cos = half[0].reshape(shape), sin = half[1].reshape(shape);
  at::Tensor pairs = x.to(wide(x)).unflatten(-1, {x.size(-1) / 2, 2});
  at::Tensor even = pairs.select(-1, 0), odd = pairs.select(-1, 1);
  return at::stack({even * cos - odd * sin, even * sin + odd * cos}, -1).flatten(-2).to(x.scalar_type());
}

at::Tensor attention(const at::Tensor& q_THQ, const at::Tensor& k_THQ, const at::Tensor& v_THV,
                     const at::Tensor& cu_seqlens_S1, double scale) {
  at::ScalarType type = wide(q_THQ);
  at::Tensor bounds = cu_seqlens_S1.cpu();
  const int64_t* bound = bounds.const_data_ptr<int64_t>();
  std::vector<at::Tensor> out;
  for (int64_t s = 0; s + 1 < bounds.size(0); ++s) {
    auto part = [&](const at::Tensor& x) { return x.slice(0, bound[s], bound[s + 1]).to(type).transpose(0, 1); };
    at::Tensor score_HLL = at::matmul(part(q_THQ), part(k_THQ).transpose(1, 2)) * scale;
    int64_t length = bound[s + 1] - bound[s];
    at::Tensor future = at::ones({length, length}, score_HLL.options().dtype(at::kBool)).triu(1);
    at::Tensor p_HLL = score_HLL.masked_fill(future, -std::numeric_limits<double>::infinity()).softmax(-1);
    out.push_back(at::matmul(p_HLL, part(v_THV)).transpose(0, 1));
  }
  if (out.empty()) return at::zeros_like(v_THV);
  return at::cat(out).to(v_THV.scalar_type());
}

at::Tensor latent_attention(const at::Tensor& q_THCR, const at::Tensor& cache, const at::Tensor& rows,
                            const at::Tensor& row_start_T, const at::Tensor& row_count_T, int64_t latent,
                            double scale) {
  at::ScalarType type = wide(q_THCR);
  at::Tensor starts = row_start_T.cpu(), counts = row_count_T.cpu();
  std::vector<at::Tensor> out;
  for (int64_t t = 0; t < q_THCR.size(0); ++t) {
    int64_t start = starts[t].item<int64_t>(), count = counts[t].item<int64_t>();
    at::Tensor seen_LCR = cache.index_select(0, rows.slice(0, start, start + count)).to(type);
    at::Tensor p_HL = (at::matmul(q_THCR[t].to(type), seen_LCR.t()) * scale).softmax(-1);
    out.push_back(at::matmul(p_HL, seen_LCR.slice(1, 0, latent)));
  }
  if (out.empty()) return at::zeros({0, q_THCR.size(1), latent}, q_THCR.options());
  return at::stack(out).to(q_THCR.scalar_type());
}

at::Tensor experts(const at::Tensor& x_TD, const at::Tensor& indices_TK, const at::Tensor& weights_TK,
                   const at::Tensor& gate_up_E2FD, const at::Tensor& down_EDF) {
  at::ScalarType type = wide(x_TD);
  at::Tensor y_TD = at::zeros(x_TD.sizes(), x_TD.options().dtype(type));
  for (int64_t e = 0; e < gate_up_E2FD.size(0); ++e) {
    std::vector<at::Tensor> at_tk = (indices_TK == e).nonzero().unbind(1);
    at::Tensor h = reference::swiglu(reference::linear(x_TD.index_select(0, at_tk[0]), gate_up_E2FD[e]));
    at::Tensor w = weights_TK.to(type).index({at_tk[0], at_tk[1]}).unsqueeze(1);
    y_TD = y_TD.index_add(0, at_tk[0], reference::linear(h, down_EDF[e]).to(type) * w);
  }
  return y_TD.to(x_TD.scalar_type());
}

at::Tensor cross_entropy(const at::Tensor& x_TD, const at::Tensor& head_ND, const at::Tensor& targets_T) {
  at::Tensor logp_TN = reference::linear(x_TD, head_ND).to(wide(x_TD)).log_softmax(-1);
  at::Tensor loss_T = -logp_TN.gather(1, targets_T.clamp_min(0).unsqueeze(1)).squeeze(1);
  return loss_T.masked_fill(targets_T < 0, 0);
}

at::Tensor cross_entropy_sum(const at::Tensor& x_TD, const at::Tensor& head_ND, const at::Tensor& targets_T) {
  return reference::cross_entropy(x_TD, head_ND, targets_T).sum();
}

}  // namespace octet::ops::reference
