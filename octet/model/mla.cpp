#include "octet/model/mla.h"

namespace octet::model {

namespace {

// The parts of W_UKV: k_nope and v of head h are rows h*(nope+V) .. of kv_b. Views, so that nothing is derived.
struct UpProjections {
  at::Tensor w_uk_HNC, w_uv_HVC;
};

UpProjections up_projections(const MlaAttention& a) {
  const auto& s = a.spec;
  at::Tensor w = a.kv_b.data.view({s.heads, s.qk_nope_head_dim + s.v_head_dim, s.kv_lora_rank});
  return {w.narrow(1, 0, s.qk_nope_head_dim), w.narrow(1, s.qk_nope_head_dim, s.v_head_dim)};
}

// Keys and values of every head made from the latent (eq. 1-5): cheapest where many queries share them.
at::Tensor expanded(const MlaAttention& a, const at::Tensor& q_nope, const at::Tensor& q_pe, const at::Tensor& c_kv_TC,
                    const at::Tensor& k_pe_T1R, const Batch& batch) {
  const auto& s = a.spec;
  int64_t T = c_kv_TC.size(0);
  at::Tensor kv = ops::linear(c_kv_TC, a.kv_b).view({T, s.heads, s.qk_nope_head_dim + s.v_head_dim});
  at::Tensor k_nope = kv.narrow(2, 0, s.qk_nope_head_dim), v = kv.narrow(2, s.qk_nope_head_dim, s.v_head_dim);
  at::Tensor q = at::cat({q_nope, q_pe}, 2);
  at::Tensor k = at::cat({k_nope, k_pe_T1R.expand({T, s.heads, s.qk_rope_head_dim})}, 2);
  return ops::attention(q, k, v, batch.cu_seqlens_S1, a.scale);
}

// W_UK absorbed into the query and W_UV into the output (V2 report, 2.1.2): heads read the cached latent as it is.
at::Tensor absorbed(const MlaAttention& a, const at::Tensor& q_nope, const at::Tensor& q_pe, const Batch& batch) {
  auto [w_uk_HNC, w_uv_HVC] = up_projections(a);
  at::Tensor q_latent = ops::heads_product(q_nope, w_uk_HNC);  // [T, H, C]
  at::Tensor o_latent_THC = ops::latent_attention(at::cat({q_latent, q_pe}, 2), batch.cache->layer(a.layer), batch.rows,
                                                  batch.row_start_T, batch.row_count_T, a.spec.kv_lora_rank, a.scale);
  return ops::heads_product(o_latent_THC, w_uv_HVC.transpose(1, 2));  // [T, H, V]
}

}  // namespace

at::Tensor MlaAttention::operator()(const at::Tensor& x_TD, const Batch& batch) const {
  int64_t T = x_TD.size(0), H = spec.heads, nope = spec.qk_nope_head_dim, R = spec.qk_rope_head_dim;
  double eps = spec.latent_norm_eps;

  // eq. 6-9: c_Q = W_DQ h; [q_C; q_R] = [W_UQ; W_QR] norm(c_Q)
  at::Tensor q_THQ =
      q.defined() ? ops::linear(x_TD, q) : ops::linear(ops::rms_norm(ops::linear(x_TD, q_a), q_a_norm, eps), q_b);
  q_THQ = q_THQ.view({T, H, nope + R});
  at::Tensor q_nope = q_THQ.narrow(2, 0, nope), cos_sin_PR = rotation->table(batch.end());
  at::Tensor q_pe = ops::rope(q_THQ.narrow(2, nope, R), batch.positions_T, cos_sin_PR);

  // eq. 1 and 3: c_KV = W_DKV h, normalised; k_R = RoPE(W_KR h), one for all heads
  at::Tensor kv = ops::linear(x_TD, kv_a);
  at::Tensor c_kv_TC = ops::rms_norm(kv.narrow(1, 0, spec.kv_lora_rank), kv_a_norm, eps);
  at::Tensor k_pe_T1R = ops::rope(kv.narrow(1, spec.kv_lora_rank, R).unsqueeze(1), batch.positions_T, cos_sin_PR);

  if (batch.cache) {
    at::Tensor cached = batch.cache->layer(layer);
    cached.index_copy_(0, batch.slots_T, at::cat({c_kv_TC, k_pe_T1R.squeeze(1)}, 1).to(cached.scalar_type()));
  }
  // eq. 10: softmax over earlier tokens; eq. 11: u = W_O [o_1; ...; o_H]
  at::Tensor o_THV = batch.keys == Batch::Keys::in_batch ? expanded(*this, q_nope, q_pe, c_kv_TC, k_pe_T1R, batch)
                                                         : absorbed(*this, q_nope, q_pe, batch);
  return ops::linear(o_THV.reshape({T, H * spec.v_head_dim}), o);
}

void MlaAttention::visit(const std::string& prefix, const TensorVisitor& visitor) {
  auto tensor = [&](const char* name, at::Tensor& t, arch::Part part) {
    visitor.parameter({prefix + name, t, part, layer});
    visitor.published({prefix + name, t, &t});
  };
  using arch::Part;
  if (q.defined()) {
    tensor("q_proj.weight", q.data, Part::attention);
  } else {
    tensor("q_a_proj.weight", q_a.data, Part::attention);
    tensor("q_a_layernorm.weight", q_a_norm, Part::norm);
    tensor("q_b_proj.weight", q_b.data, Part::attention);
  }
  tensor("kv_a_proj_with_mqa.weight", kv_a.data, Part::attention);
  tensor("kv_a_layernorm.weight", kv_a_norm, Part::norm);
  tensor("kv_b_proj.weight", kv_b.data, Part::attention);
  tensor("o_proj.weight", o.data, Part::attention);
}

}  // namespace octet::model
