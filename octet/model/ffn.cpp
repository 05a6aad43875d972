#include "octet/model/ffn.h"

namespace octet::model {

at::Tensor DenseMlp::operator()(const at::Tensor& x_TD) const {
  return ops::linear(ops::swiglu(ops::linear(x_TD, gate_up)), down);
}

void DenseMlp::visit(const std::string& prefix, arch::Part part, int64_t layer, const TensorVisitor& visitor) {
  int64_t F = gate_up.data.size(0) / 2;
  visitor.parameter({prefix + "gate_up_proj.weight", gate_up.data, part, layer, 2});
  visitor.parameter({prefix + "down_proj.weight", down.data, part, layer});
  visitor.published({prefix + "gate_proj.weight", gate_up.data.narrow(0, 0, F)});
  visitor.published({prefix + "up_proj.weight", gate_up.data.narrow(0, F, F)});
  visitor.published({prefix + "down_proj.weight", down.data, &down.data});
}

std::pair<at::Tensor, Routing> MoeMlp::operator()(const at::Tensor& x_TD) const {
  Routing routing = router(x_TD, layer);
  at::Tensor y = ops::experts(x_TD, routing.indices_TK, routing.weights_TK, gate_up_E2FD, down_EDF);
  if (shared) y = y + (*shared)(x_TD);
  return {y, std::move(routing)};
}

void MoeMlp::visit(const std::string& prefix, const TensorVisitor& visitor) {
  using arch::Part;
  visitor.parameter({prefix + "gate.weight", router.weight.data, Part::router, layer});
  visitor.published({prefix + "gate.weight", router.weight.data, &router.weight.data});
  if (router.bias_E.defined()) visitor.published({prefix + "gate.e_score_correction_bias", router.bias_E});
  visitor.parameter({prefix + "experts.gate_up_proj.weight", gate_up_E2FD, Part::routed_expert, layer, 2});
  visitor.parameter({prefix + "experts.down_proj.weight", down_EDF, Part::routed_expert, layer});
  int64_t F = down_EDF.size(2);
  for (int64_t e = 0; e < down_EDF.size(0); ++e) {
    std::string expert = fmt::format("{}experts.{}.", prefix, e);
    visitor.published({expert + "gate_proj.weight", gate_up_E2FD[e].narrow(0, 0, F)});
    visitor.published({expert + "up_proj.weight", gate_up_E2FD[e].narrow(0, F, F)});
    visitor.published({expert + "down_proj.weight", down_EDF[e]});
  }
  if (shared) shared->visit(prefix + "shared_experts.", Part::shared_expert, layer, visitor);
}

}  // namespace octet::model
