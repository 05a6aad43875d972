// Feed-forward layers: the dense one, and DeepSeekMoE: shared experts that see every token beside routed ones.
// V3 report, eq. 12.
#pragma once
#include <variant>

#include "octet/model/router.h"

namespace octet::model {

struct DenseMlp {
  ops::Weight gate_up;  // [2F, D], gate first
  ops::Weight down;     // [D, F]
  at::Tensor operator()(const at::Tensor& x_TD) const;
  void visit(const std::string& prefix, arch::Part part, int64_t layer, const TensorVisitor& visitor);
};

struct MoeMlp {
  Router router;
  at::Tensor gate_up_E2FD, down_EDF;  // all routed experts, stacked
  std::optional<DenseMlp> shared;
  int64_t layer = -1;
  // Result and what the router decided.
  std::pair<at::Tensor, Routing> operator()(const at::Tensor& x_TD) const;
  void visit(const std::string& prefix, const TensorVisitor& visitor);
};

}  // namespace octet::model
