#include "octet/model/mtp.h"

namespace octet::model {

at::Tensor MtpModule::operator()(const at::Tensor& h_TD, const at::Tensor& next_embedding_TD, const Batch& batch,
                                 std::vector<Routing>& routing) const {
  at::Tensor joined =
      at::cat({ops::rms_norm(next_embedding_TD, enorm, eps), ops::rms_norm(h_TD, hnorm, eps)}, 1);  // eq. 21
  at::Tensor h = block(ops::linear(joined, eh_proj), batch, routing);                               // eq. 22
  return ops::rms_norm(h, head_norm, eps);                                                          // eq. 23
}

void MtpModule::visit(const std::string& prefix, const TensorVisitor& visitor) {
  int64_t layer = block.attention.layer;
  auto tensor = [&](const char* name, at::Tensor& t, arch::Part part) {
    visitor.parameter({prefix + name, t, part, layer});
    visitor.published({prefix + name, t, &t});
  };
  tensor("enorm.weight", enorm, arch::Part::norm);
  tensor("hnorm.weight", hnorm, arch::Part::norm);
  tensor("eh_proj.weight", eh_proj.data, arch::Part::mtp_projection);
  block.visit(prefix, visitor);
  tensor("shared_head.norm.weight", head_norm, arch::Part::norm);
}

}  // namespace octet::model
