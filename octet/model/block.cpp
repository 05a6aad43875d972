#include "octet/model/block.h"

namespace octet::model {

at::Tensor Block::operator()(const at::Tensor& h_TD, const Batch& batch, std::vector<Routing>& routing) const {
  at::Tensor h = h_TD + attention(ops::rms_norm(h_TD, input_norm, eps), batch);
  at::Tensor x = ops::rms_norm(h, post_attention_norm, eps);
  if (const auto* dense = std::get_if<DenseMlp>(&ffn)) return h + (*dense)(x);
  auto [y, decision] = std::get<MoeMlp>(ffn)(x);
  routing.push_back(std::move(decision));
  return h + y;
}

void Block::visit(const std::string& prefix, const TensorVisitor& visitor) {
  auto norm = [&](const char* name, at::Tensor& t) {
    visitor.parameter({prefix + name, t, arch::Part::norm, attention.layer});
    visitor.published({prefix + name, t, &t});
  };
  norm("input_layernorm.weight", input_norm);
  attention.visit(prefix + "self_attn.", visitor);
  norm("post_attention_layernorm.weight", post_attention_norm);
  if (auto* dense = std::get_if<DenseMlp>(&ffn))
    dense->visit(prefix + "mlp.", arch::Part::dense_ffn, attention.layer, visitor);
  else
    std::get<MoeMlp>(ffn).visit(prefix + "mlp.", visitor);
}

}  // namespace octet::model
