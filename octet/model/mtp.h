// Multi-token prediction: V3 report, section 2.2, eq. 21-24. Module k predicts the token k + 1 beyond the next one's.
#pragma once
#include "octet/model/block.h"

namespace octet::model {

struct MtpModule {
  double eps = 1e-6;
  at::Tensor enorm, hnorm, head_norm;
  ops::Weight eh_proj;  // M_k [D, 2D]; the embedding's half comes first
  Block block;

  // h' = M_k [norm(embedding of t_{i+1}) ; norm(h_i)], through the block and shared_head.norm: ready for the main
  // model's head, which the module shares. h is the main model's hidden state after its final norm (or the module
  // before's result).
  at::Tensor operator()(const at::Tensor& h_TD, const at::Tensor& next_embedding_TD, const Batch& batch,
                        std::vector<Routing>& routing) const;
  void visit(const std::string& prefix, const TensorVisitor& visitor);
};

}  // namespace octet::model
