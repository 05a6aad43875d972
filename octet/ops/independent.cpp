// What only the independent path computes in its own way, ATen's results depending on the number of rows: each head's
// product (the kernel's sums run along k in one order) and the sigmoid (ATen's vectors and what is left over at their
// end use different exponentials).
#include <cmath>

#include "octet/base/error.h"
#include "octet/kernels/table.h"
#include "octet/ops/kernel.h"
#include "octet/ops/ops.h"
#include "octet/ops/parallel.h"
#include "octet/ops/product.h"

namespace octet::ops {

namespace {

kernels::Matrix head_matrix(const at::Tensor& w_HAB, int64_t h) {
  bool bf16 = w_HAB.scalar_type() == at::kBFloat16;
  const char* data = static_cast<const char*>(w_HAB.const_data_ptr()) + h * w_HAB.stride(0) * w_HAB.element_size();
  return {data, w_HAB.stride(1), w_HAB.stride(2), bf16 ? kernels::Element::bf16 : kernels::Element::native};
}

template <class T>
at::Tensor by_head(const at::Tensor& x_THA, const at::Tensor& w_HAB) {
  int64_t rows = x_THA.size(0), heads = x_THA.size(1), a = x_THA.size(2), b = w_HAB.size(2);
  at::Tensor y = at::empty({rows, heads, b}, x_THA.options());
  const T* x = x_THA.const_data_ptr<T>();
  T* to = y.mutable_data_ptr<T>();
  parallel(heads, rows * heads * a * b, [&](int64_t h) {
    product_here(kernels::Gemm<T>{rows,
                                  b,
                                  a,
                                  {x + h * x_THA.stride(1), x_THA.stride(0), 1},
                                  head_matrix(w_HAB, h),
                                  to + h * b,
                                  heads * b,
                                  kernels::Into::overwrite,
                                  scratch<T>(kernels::gemm_scratch)});
  });
  return y;
}

}  // namespace

at::Tensor heads_product(const at::Tensor& x_THA, const at::Tensor& w_HAB) {
  check(x_THA.dim() == 3 && w_HAB.dim() == 3 && x_THA.size(1) == w_HAB.size(0) && x_THA.size(2) == w_HAB.size(1),
        "heads_product: x [T, H, A] needs w [H, A, B]");
  if (path() != Path::independent || !x_THA.is_cpu() || wants_gradient(x_THA, w_HAB))
    return at::bmm(x_THA.transpose(0, 1), w_HAB.to(x_THA.scalar_type())).transpose(0, 1);
  at::ScalarType type = compute_type(x_THA);
  bool as_stored = type == at::kFloat && w_HAB.scalar_type() == at::kBFloat16;
  at::Tensor x = adjacent(x_THA.to(type)), w = as_stored ? w_HAB : w_HAB.to(type);
  return with_type(type, [&](auto t) { return by_head<decltype(t)>(x, w); }).to(x_THA.scalar_type());
}

at::Tensor sigmoid(const at::Tensor& x) {
  if (path() != Path::independent || !x.is_cpu() || x.scalar_type() != at::kFloat || wants_gradient(x))
    return x.sigmoid();
  at::Tensor y = x.contiguous().clone();
  float* numbers = y.mutable_data_ptr<float>();
  for (int64_t i = 0; i < y.numel(); ++i) numbers[i] = 1 / (1 + std::exp(-numbers[i]));
  return y;
}

}  // namespace octet::ops
