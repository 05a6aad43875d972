// The linear layer on octet's own product where that beats ATen's.
#include "octet/base/cpu.h"
#include "octet/ops/kernel.h"
#include "octet/ops/ops.h"
#include "octet/ops/product.h"
#include "octet/ops/reference.h"

namespace octet::ops {

namespace {

using kernels::Element;
using kernels::Gemm;
using kernels::Into;
using kernels::Matrix;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// ATen's float32 product (MKL) is slower than ours on AMD's processors, which mostly have AVX2 only, and as fast with
// AVX-512. bfloat16 inputs are ATen's where the processor multiplies bfloat16; without that, float32 is faster.
bool ours(at::ScalarType x, at::ScalarType w) {
  if (x == at::kDouble) return w == at::kDouble;
  if (w != at::kFloat && w != at::kBFloat16) return false;
  if (x == at::kFloat) return w == at::kBFloat16 || best_isa() == Isa::avx2;
  return x == at::kBFloat16 && !multiplies_bf16();
}

template <class T>
Matrix matrix(const at::Tensor& x, int64_t row, int64_t column) {
  bool bf16 = x.scalar_type() == at::kBFloat16;
  return {x.const_data_ptr(), row, column, bf16 ? Element::bf16 : Element::native};
}

// A few rows: a pass over w as it is stored, whatever the types but float64 with float32. On the independent path any
// number of rows, since each has its own sums there.
bool few(const at::Tensor& rows, const at::Tensor& w) {
  auto known = [](at::ScalarType t) { return t == at::kFloat || t == at::kBFloat16; };
  bool types = known(rows.scalar_type()) ? known(w.scalar_type()) : ours(rows.scalar_type(), w.scalar_type());
  return types && (path() == Path::independent || rows.numel() <= small_rows * rows.size(-1));
}

template <class T>
at::Tensor few_forward(const at::Tensor& x, const at::Tensor& w) {
  at::Tensor y = at::empty({x.size(0), w.size(0)}, x.options());
  small_product(SmallProduct<T>{x.size(0), w.size(0), x.size(1), x.const_data_ptr<T>(), x.stride(0),
                                matrix<T>(w, w.stride(0), 1), y.mutable_data_ptr<T>(), w.size(0)});
  return y;
}

// y = x w^T for rows x [M, D].
template <class T>
at::Tensor forward(const at::Tensor& x, const at::Tensor& w) {
  int64_t m = x.size(0), n = w.size(0), k = x.size(1);
  at::Tensor y = at::empty({m, n}, x.options().dtype(compute_type(x)));
  product(Gemm<T>{m, n, k, matrix<T>(x, x.stride(0), 1), matrix<T>(w, 1, w.stride(0)), y.mutable_data_ptr<T>(), n,
                  Into::overwrite, nullptr});
  return y;
}

// dx = dy w, dw = dy^T x.
template <class T>
at::Tensor input_gradient(const at::Tensor& dy, const at::Tensor& w) {
  int64_t m = dy.size(0), n = w.size(1), k = dy.size(1);
  at::Tensor dx = at::empty({m, n}, dy.options());
  product(Gemm<T>{m, n, k, matrix<T>(dy, dy.stride(0), 1), matrix<T>(w, w.stride(0), 1), dx.mutable_data_ptr<T>(), n,
                  Into::overwrite, nullptr});
  return dx;
}
template <class T>
at::Tensor weight_gradient(const at::Tensor& dy, const at::Tensor& x) {
  int64_t m = dy.size(1), n = x.size(1), k = dy.size(0);
  at::Tensor dw = at::empty({m, n}, dy.options());
  product(Gemm<T>{m, n, k, matrix<T>(dy, 1, dy.stride(0)), matrix<T>(x, x.stride(0), 1), dw.mutable_data_ptr<T>(), n,
                  Into::overwrite, nullptr});
  return dw;
}

struct LinearFunction : torch::autograd::Function<LinearFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& w) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->save_for_backward({x, w});
    return with_type(compute_type(x), [&](auto t) { return ops::forward<decltype(t)>(x, w); }).to(x.scalar_type());
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d) {
    variable_list saved = ctx->get_saved_variables();
    const at::Tensor &x = saved[0], &w = saved[1];
    at::Tensor dy = adjacent(d[0].to(compute_type(x))), dx, dw;
    with_type(dy.scalar_type(), [&](auto t) {
      using T = decltype(t);
      if (ctx->needs_input_grad(0)) dx = input_gradient<T>(dy, w).to(x.scalar_type());
      if (ctx->needs_input_grad(1)) dw = weight_gradient<T>(dy, x).to(w.scalar_type());
    });
    return {dx, dw};
  }
};

at::Tensor in_shape(const at::Tensor& y, const at::Tensor& x) {
  if (x.dim() == 2) return y;
  std::vector<int64_t> sizes = x.sizes().vec();
  sizes.back() = y.size(1);
  return y.view(sizes);
}

}  // namespace

at::Tensor linear_cpu(const at::Tensor& x, const at::Tensor& w) {
  if (few(x, w)) {
    at::Tensor rows = as_rows(x.to(compute_type(x))), matrix = adjacent(w);
    at::Tensor y = with_type(rows.scalar_type(), [&](auto t) { return few_forward<decltype(t)>(rows, matrix); });
    return in_shape(y.to(x.scalar_type()), x);
  }
  if (!ours(x.scalar_type(), w.scalar_type())) return reference::linear(x, w);
  at::Tensor rows = as_rows(x), matrix = adjacent(w);
  at::Tensor y = with_type(compute_type(x), [&](auto t) { return forward<decltype(t)>(rows, matrix); });
  return in_shape(y.to(x.scalar_type()), x);
}

at::Tensor linear_autograd(const at::Tensor& x, const at::Tensor& w) {
  if (!wants_gradient(x, w)) {
    at::AutoDispatchBelowADInplaceOrView below;
    return linear_cpu(x, w);
  }
  if (!ours(x.scalar_type(), w.scalar_type())) return reference::linear(x, w);
  return in_shape(LinearFunction::apply(as_rows(x), adjacent(w)), x);
}

}  // namespace octet::ops
