// Multi-head latent attention: V2 report, section 2.1; V3 report, eq. 1-11.
#pragma once
#include <memory>

#include "octet/model/batch.h"
#include "octet/model/rotation.h"
#include "octet/model/tensors.h"
#include "octet/ops/ops.h"

namespace octet::model {

struct MlaAttention {
  arch::Mla spec;
  double scale = 0;                          // of the softmax
  int64_t layer = -1;                        // index in the checkpoint and in the cache
  std::shared_ptr<const Rotation> rotation;  // shared by all layers

  // Queries: W_DQ, its norm and W_UQ, W_QR together, or one W_Q where queries are not compressed.
  ops::Weight q_a, q_b, q;
  at::Tensor q_a_norm;
  ops::Weight kv_a;      // W_DKV and W_KR: [C + R, D]
  at::Tensor kv_a_norm;  // [C]
  ops::Weight kv_b;      // W_UK and W_UV, by head: [H * (nope + V), C]
  ops::Weight o;         // W_O [D, H * V]

  // x [T, D] -> [T, D]. Writes the batch's latents into its cache, if there is one.
  at::Tensor operator()(const at::Tensor& x_TD, const Batch& batch) const;

  void visit(const std::string& prefix, const TensorVisitor& visitor);
};

}  // namespace octet::model
