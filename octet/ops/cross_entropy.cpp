// The loss of a vocabulary on the kernels. Logits exist a tile at a time: block_rows tokens by block_columns words.
// Forward, a unit is a block of tokens; backward, a slice of the vocabulary, whose rows of the head's gradient it owns.
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

constexpr int64_t block_rows = 384, block_columns = 192;

template <class T>
struct Head {
  int64_t T_, D, N;  // tokens, hidden, words
  const T* x;
  int64_t x_stride;
  const T* w;  // [N, D]
  const int64_t* target;

  // tile [rows, columns] = the logits of tokens t.. for words n..
  void logits(int64_t t, int64_t rows, int64_t n, int64_t columns, T* tile, T* gemm) const {
    product_here(Gemm<T>{rows,
                         columns,
                         D,
                         {x + t * x_stride, x_stride, 1},
                         {w + n * D, 1, D},
                         tile,
                         block_columns,
                         Into::overwrite,
                         gemm});
  }
};

template <class T>
Head<T> head_of(const at::Tensor& x, const at::Tensor& w, const at::Tensor& targets) {
  return {x.size(0),
          x.size(1),
          w.size(0),
          x.const_data_ptr<T>(),
          x.stride(0),
          w.const_data_ptr<T>(),
          targets.const_data_ptr<int64_t>()};
}

struct Loss {
  at::Tensor loss_T, lse_T;
};

template <class T>
Loss forward(const Head<T>& h, const at::Tensor& x) {
  Loss result{at::empty({h.T_}, x.options()), at::empty({h.T_}, x.options())};
  T *loss = result.loss_T.template mutable_data_ptr<T>(), *lse = result.lse_T.template mutable_data_ptr<T>();
  int64_t rows_a_unit = std::min(block_rows, (h.T_ + threads() - 1) / threads());
  parallel(h.T_ ? (h.T_ + rows_a_unit - 1) / rows_a_unit : 0, h.T_ * h.D * h.N, [&](int64_t unit) {
    int64_t t = unit * rows_a_unit, rows = std::min(rows_a_unit, h.T_ - t);
    T *gemm = scratch<T>(kernels::gemm_scratch + block_rows * block_columns), *tile = gemm + kernels::gemm_scratch;
    std::vector<kernels::SumExp<T>> sums(rows, {-std::numeric_limits<T>::infinity(), T(0)});
    for (int64_t n = 0; n < h.N; n += block_columns) {
      int64_t columns = std::min(block_columns, h.N - n);
      h.logits(t, rows, n, columns, tile, gemm);
      for (int64_t i = 0; i < rows; ++i) {
        const T* row = tile + i * block_columns;
        kernels::best<T>().rows.sum_exp(row, columns, &sums[i]);
        int64_t at = h.target[t + i] - n;
        check(h.target[t + i] < h.N, "cross_entropy: target outside the vocabulary");
        if (at >= 0 && at < columns) loss[t + i] = -row[at];
      }
    }
    for (int64_t i = 0; i < rows; ++i) {
      lse[t + i] = sums[i].max + std::log(sums[i].sum);
      loss[t + i] = h.target[t + i] < 0 ? 0 : loss[t + i] + lse[t + i];
    }
  });
  return result;
}

// With p = softmax(logits) and g the loss's gradient: d_logits = g (p - [word is the target]),
// dx += d_logits w, dw = d_logits^T x, for the words n .. n+columns-1.
template <class T>
void backward_slice(const Head<T>& h, int64_t n, const T* lse, const T* g, T* dx, T* dw) {
  T *gemm = scratch<T>(kernels::gemm_scratch + block_rows * block_columns), *tile = gemm + kernels::gemm_scratch;
  int64_t columns = std::min(block_columns, h.N - n);
  for (int64_t t = 0; t < h.T_; t += block_rows) {
    int64_t rows = std::min(block_rows, h.T_ - t);
    h.logits(t, rows, n, columns, tile, gemm);
    for (int64_t i = 0; i < rows; ++i) {
      T* row = tile + i * block_columns;
      int64_t target = h.target[t + i];
      T scale = target < 0 ? 0 : g[t + i];
      kernels::best<T>().rows.softmax_gradient(row, columns, lse[t + i], scale);
      if (target >= n && target < n + columns) row[target - n] -= scale;
    }
    if (dw)
      product_here(Gemm<T>{columns,
                           h.D,
                           rows,
                           {tile, 1, block_columns},
                           {h.x + t * h.x_stride, h.x_stride, 1},
                           dw + n * h.D,
                           h.D,
                           t == 0 ? Into::overwrite : Into::add,
                           gemm});
    if (dx)
      product_here(Gemm<T>{
          rows, h.D, columns, {tile, block_columns, 1}, {h.w + n * h.D, h.D, 1}, dx + t * h.D, h.D, Into::add, gemm});
  }
}

// Each share of the vocabulary's slices sums its own dx; the shares are added in order.
template <class T>
variable_list backward(const Head<T>& h, const variable_list& saved, const at::Tensor& g, bool want_x, bool want_w) {
  int64_t slices = (h.N + block_columns - 1) / block_columns, shares = std::min(threads(), slices);
  const at::Tensor &x = saved[0], &lse = saved[3];
  at::Tensor dx_S = want_x ? at::zeros({shares, h.T_, h.D}, x.options()) : at::Tensor();
  at::Tensor dw = want_w ? at::zeros({h.N, h.D}, x.options()) : at::Tensor();
  parallel(shares, 3 * h.T_ * h.D * h.N, [&](int64_t share) {
    T* dx = want_x ? dx_S.template mutable_data_ptr<T>() + share * h.T_ * h.D : nullptr;
    T* dw_data = want_w ? dw.template mutable_data_ptr<T>() : nullptr;
    for (int64_t s = slices * share / shares; s < slices * (share + 1) / shares; ++s)
      backward_slice(h, s * block_columns, lse.const_data_ptr<T>(), g.const_data_ptr<T>(), dx, dw_data);
  });
  if (!want_x) return {at::Tensor(), dw, {}};
  return {shares == 1 ? dx_S[0] : dx_S.sum(0), dw, {}};
}

struct CrossEntropyFunction : torch::autograd::Function<CrossEntropyFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& w, const at::Tensor& targets) {
    at::AutoDispatchBelowADInplaceOrView below;
    Loss loss =
        with_type(x.scalar_type(), [&](auto t) { return ops::forward(head_of<decltype(t)>(x, w, targets), x); });
    ctx->save_for_backward({x, w, targets, loss.lse_T});
    return loss.loss_T;
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d) {
    variable_list s = ctx->get_saved_variables();
    at::Tensor g = d[0].contiguous();
    return with_type(g.scalar_type(), [&](auto t) {
      return ops::backward(head_of<decltype(t)>(s[0], s[1], s[2]), s, g, ctx->needs_input_grad(0),
                           ctx->needs_input_grad(1));
    });
  }
};

}  // namespace

at::Tensor cross_entropy_cpu(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets) {
  at::Tensor rows = adjacent(x.to(compute_type(x))), w = head.to(rows.scalar_type()).contiguous();
  at::Tensor target = targets.contiguous();
  return with_type(rows.scalar_type(),
                   [&](auto t) { return forward(head_of<decltype(t)>(rows, w, target), rows).loss_T; });
}

at::Tensor cross_entropy_autograd(const at::Tensor& x, const at::Tensor& head, const at::Tensor& targets) {
  if (!wants_gradient(x, head)) {
    at::AutoDispatchBelowADInplaceOrView below;
    return cross_entropy_cpu(x, head, targets);
  }
  at::ScalarType type = compute_type(x);
  return CrossEntropyFunction::apply(adjacent(x.to(type)), head.to(type).contiguous(), targets.contiguous());
}

}  // namespace octet::ops
