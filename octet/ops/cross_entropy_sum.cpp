// The summed loss of a vocabulary: its gradient is the same for every token but for one factor, so the forward pass
// makes it while the logits of a block of tokens are at hand, and nothing is computed twice. Blocks are shared out to
// threads in order; each share sums its own gradient of the head, and the shares are added in order.
#include <cmath>
#include <limits>

#include "octet/base/error.h"
#include "octet/kernels/table.h"
#include "octet/ops/kernel.h"
#include "octet/ops/parallel.h"
#include "octet/ops/product.h"

namespace octet::ops {

namespace {

using kernels::Gemm;
using kernels::Into;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t sum_rows = 256;
constexpr int64_t most_words = 16384;  // a block's logits must stay in the caches

template <class T>
struct Operands {
  int64_t tokens, D, N;  // N words
  const T* x;
  int64_t x_stride;
  const T* w;  // [N, D]
  const int64_t* target;
};

// Each row of logits becomes p - [word is the target], or 0 where there is no target. Returns the rows' summed loss.
template <class T>
double block_gradient(const Operands<T>& a, int64_t t, int64_t rows, T* logits) {
  const auto& kernel = kernels::best<T>().rows;
  double loss = 0;
  for (int64_t i = 0; i < rows; ++i, logits += a.N) {
    int64_t target = a.target[t + i];
    check(target < a.N, "cross_entropy: target outside the vocabulary");
    if (target < 0) {
      std::fill_n(logits, a.N, T(0));
      continue;
    }
    kernels::SumExp<T> state{-std::numeric_limits<T>::infinity(), T(0)};
    kernel.sum_exp(logits, a.N, &state);
    T lse = state.max + std::log(state.sum);
    loss += lse - logits[target];
    kernel.softmax_gradient(logits, a.N, lse, T(1));
    logits[target] -= 1;
  }
  return loss;
}

template <class T>
double block(const Operands<T>& a, int64_t t, T* dx, T* dw, Into into) {
  int64_t rows = std::min(sum_rows, a.tokens - t);
  T *gemm = scratch<T>(kernels::gemm_scratch + sum_rows * a.N), *logits = gemm + kernels::gemm_scratch;
  const T* x = a.x + t * a.x_stride;
  product_here(Gemm<T>{rows, a.N, a.D, {x, a.x_stride, 1}, {a.w, 1, a.D}, logits, a.N, Into::overwrite, gemm});
  double loss = block_gradient(a, t, rows, logits);
  product_here(Gemm<T>{rows, a.D, a.N, {logits, a.N, 1}, {a.w, a.D, 1}, dx + t * a.D, a.D, Into::overwrite, gemm});
  product_here(Gemm<T>{a.N, a.D, rows, {logits, 1, a.N}, {x, a.x_stride, 1}, dw, a.D, into, gemm});
  return loss;
}

struct Summed {
  at::Tensor loss, dx_TD, dw_ND;
};

template <class T>
Summed loss_and_gradient(const Operands<T>& a, at::TensorOptions options) {
  int64_t blocks = (a.tokens + sum_rows - 1) / sum_rows;
  int64_t shares = std::max<int64_t>(1, std::min(threads(), blocks));
  at::Tensor dx = at::empty({a.tokens, a.D}, options);
  at::Tensor dw = blocks ? at::empty({shares, a.N, a.D}, options) : at::zeros({1, a.N, a.D}, options);
  T *dx_data = dx.mutable_data_ptr<T>(), *dw_data = dw.mutable_data_ptr<T>();
  std::vector<double> loss(shares, 0.0);
  parallel(shares, 3 * a.tokens * a.D * a.N, [&](int64_t share) {
    int64_t first = blocks * share / shares, last = blocks * (share + 1) / shares;
    for (int64_t b = first; b < last; ++b)
      loss[share] +=
          block(a, b * sum_rows, dx_data, dw_data + share * a.N * a.D, b == first ? Into::overwrite : Into::add);
  });
  double total = 0;
  for (double part : loss) total += part;
  return {at::full({}, total, options), dx, shares == 1 ? dw[0] : dw.sum(0)};
}

struct SumFunction : torch::autograd::Function<SumFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& w, const at::Tensor& targets) {
    at::AutoDispatchBelowADInplaceOrView below;
    Summed s = with_type(x.scalar_type(), [&](auto t) {
      using T = decltype(t);
      Operands<T> a{x.size(0),
                    x.size(1),
                    w.size(0),
                    x.const_data_ptr<T>(),
                    x.stride(0),
                    w.const_data_ptr<T>(),
                    targets.const_data_ptr<int64_t>()};
      return loss_and_gradient(a, x.options());
    });
    ctx->save_for_backward({s.dx_TD, s.dw_ND});
    return s.loss;
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& g) {
    variable_list saved = ctx->get_saved_variables();
    return {saved[0] * g[0], saved[1] * g[0], {}};
  }
};

}  // namespace

at::Tensor cross_entropy_sum_cpu(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets) {
  return cross_entropy_cpu(x, head, targets).sum();
}

at::Tensor cross_entropy_sum_autograd(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets) {
  if (!wants_gradient(x, head) || head.size(0) > most_words) return cross_entropy_autograd(x, head, targets).sum();
  at::ScalarType type = compute_type(x);
  return SumFunction::apply(adjacent(x.to(type)), head.to(type).contiguous(), targets.contiguous());
}

}  // namespace octet::ops
