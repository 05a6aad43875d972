// The operands of the routed experts as pointers, for experts.cpp (gradients, many tokens) and experts_few.cpp.
#pragma once
#include <ATen/ATen.h>

#include "octet/kernels/gemm.h"
#include "octet/ops/routing.h"

namespace octet::ops {

template <class T>
struct Layer {  // the operands as pointers; F is the expert width
  int64_t D, F;
  at::Tensor x_TD, weights_TK, gate_up_E2FD, down_EDF;

  const T* x(int64_t t) const { return x_TD.const_data_ptr<T>() + t * x_TD.stride(0); }
  T weight(int64_t pair) const { return weights_TK.const_data_ptr<T>()[pair]; }
  kernels::Matrix expert(const at::Tensor& w, int64_t e, int64_t row, int64_t column) const {
    bool bf16 = w.scalar_type() == at::kBFloat16;
    const char* data = static_cast<const char*>(w.const_data_ptr()) + e * w.stride(0) * w.element_size();
    return {data, row, column, bf16 ? kernels::Element::bf16 : kernels::Element::native};
  }
  kernels::Matrix gate_up(int64_t e) const { return expert(gate_up_E2FD, e, D, 1); }  // [2F, D]
  kernels::Matrix down(int64_t e) const { return expert(down_EDF, e, F, 1); }         // [D, F]
};

inline kernels::Matrix transposed(kernels::Matrix m) { return {m.data, m.column, m.row, m.element}; }

// y [T, D] for a few tokens, without what a backward pass would need: each chosen expert's weights are read once, as
// they are stored, and each token's answers are added in the order of its choices.
template <class T>
at::Tensor few_experts(const Layer<T>& a, const Routing& r);
extern template at::Tensor few_experts(const Layer<float>&, const Routing&);
extern template at::Tensor few_experts(const Layer<double>&, const Routing&);

}  // namespace octet::ops
