// One decoder layer: h = h + attention(norm(h)); h = h + ffn(norm(h)).
#pragma once
#include "octet/model/ffn.h"
#include "octet/model/mla.h"

namespace octet::model {

struct Block {
  double eps = 1e-6;
  at::Tensor input_norm, post_attention_norm;
  MlaAttention attention;
  std::variant<DenseMlp, MoeMlp> ffn;

  // h [T, D] -> [T, D]; a routed layer appends its decision to `routing`.
  at::Tensor operator()(const at::Tensor& h_TD, const Batch& batch, std::vector<Routing>& routing) const;
  void visit(const std::string& prefix, const TensorVisitor& visitor);
};

}  // namespace octet::model
