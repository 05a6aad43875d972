// The routed experts on the kernels. A thread takes a chunk of tokens through all experts and adds their answers in
// expert order, so that sums do not depend on threads; the weights' gradients are made expert by expert afterwards.
// Kept for the backward pass: gate_up's output of every pair, in the order of Routing.
#include "octet/base/error.h"
#include "octet/kernels/table.h"
#include "octet/ops/experts_layer.h"
#include "octet/ops/kernel.h"
#include "octet/ops/ops.h"
#include "octet/ops/parallel.h"
#include "octet/ops/product.h"
#include "octet/ops/routing.h"

namespace octet::ops {

namespace {

using kernels::Gemm;
using kernels::Into;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t expert_rows = 512;  // pairs of one expert taken together

template <class T>
void gather(const T* x, int64_t stride, const Routing& r, int64_t place, int64_t rows, int64_t width, T* to) {
  for (int64_t i = 0; i < rows; ++i) std::copy_n(x + r.token(place + i) * stride, width, to + i * width);
}

// body(expert, first place, rows) for the pairs of a chunk, in blocks.
template <class Body>
void each_block(const Routing& r, int64_t chunk, int64_t expert, Body&& body) {
  for (int64_t place = r.begin(chunk, expert); place < r.end(chunk, expert); place += expert_rows)
    body(place, std::min(expert_rows, r.end(chunk, expert) - place));
}

// y [T, D] += the answers of chunk `chunk`; h [pairs, 2F] receives gate_up's output.
template <class T>
void forward_chunk(const Layer<T>& a, const Routing& r, int64_t chunk, T* h, T* y) {
  const auto& kernel = kernels::best<T>().rows;
  int64_t D = a.D, F = a.F;
  T *gemm = scratch<T>(kernels::gemm_scratch + expert_rows * (2 * D + F)), *x = gemm + kernels::gemm_scratch;
  T *out = x + expert_rows * D, *g = out + expert_rows * D;
  for (int64_t e = 0; e < r.experts; ++e)
    each_block(r, chunk, e, [&](int64_t place, int64_t rows) {
      T* h_rows = h + place * 2 * F;
      gather(a.x(0), a.x_TD.stride(0), r, place, rows, D, x);
      product_here(Gemm<T>{rows, 2 * F, D, {x, D, 1}, transposed(a.gate_up(e)), h_rows, 2 * F, Into::overwrite, gemm});
      kernel.swiglu({rows, F, h_rows, 2 * F, nullptr, g});
      product_here(Gemm<T>{rows, D, F, {g, F, 1}, transposed(a.down(e)), out, D, Into::overwrite, gemm});
      for (int64_t i = 0; i < rows; ++i)
        kernel.add_scaled(y + r.token(place + i) * D, out + i * D, a.weight(r.pair[place + i]), D);
    });
}

// dx += the gradient of chunk `chunk` (null: not wanted); dh [pairs, 2F] and d_weights [T, K] are written.
// With u = down^T dy:  dh = swiglu'(h)(weight u),  d_weight = u . swiglu(h),  dx = gate_up^T dh.
template <class T>
void backward_chunk(const Layer<T>& a, const Routing& r, int64_t chunk, const T* h, const T* dy, T* dh, T* d_weights,
                    T* dx) {
  const auto& kernel = kernels::best<T>().rows;
  int64_t D = a.D, F = a.F;
  T *gemm = scratch<T>(kernels::gemm_scratch + expert_rows * (D + F + 2)), *d = gemm + kernels::gemm_scratch;
  T *u = d + expert_rows * D, *weight = u + expert_rows * F, *d_weight = weight + expert_rows;
  for (int64_t e = 0; e < r.experts; ++e)
    each_block(r, chunk, e, [&](int64_t place, int64_t rows) {
      T* dh_rows = dh + place * 2 * F;
      gather(dy, D, r, place, rows, D, d);
      for (int64_t i = 0; i < rows; ++i) weight[i] = a.weight(r.pair[place + i]);
      product_here(Gemm<T>{rows, F, D, {d, D, 1}, a.down(e), u, F, Into::overwrite, gemm});
      kernel.swiglu_backward({rows, F, h + place * 2 * F, 2 * F, weight, u, dh_rows, d_weight});
      for (int64_t i = 0; i < rows; ++i) d_weights[r.pair[place + i]] = d_weight[i];
      if (!dx) return;
      product_here(Gemm<T>{rows, D, 2 * F, {dh_rows, 2 * F, 1}, a.gate_up(e), d, D, Into::overwrite, gemm});
      for (int64_t i = 0; i < rows; ++i) kernel.add_scaled(dx + r.token(place + i) * D, d + i * D, 1, D);
    });
}

// d_gate_up[e] = dh^T x over the expert's pairs.
template <class T>
void gate_up_gradient(const Layer<T>& a, const Routing& r, int64_t e, const T* dh, T* to) {
  int64_t D = a.D, F = a.F;
  T *gemm = scratch<T>(kernels::gemm_scratch + expert_rows * D), *x = gemm + kernels::gemm_scratch;
  std::fill_n(to, 2 * F * D, T(0));
  for (int64_t chunk = 0; chunk < r.chunks; ++chunk)
    each_block(r, chunk, e, [&](int64_t place, int64_t rows) {
      gather(a.x(0), a.x_TD.stride(0), r, place, rows, D, x);
      product_here(Gemm<T>{2 * F, D, rows, {dh + place * 2 * F, 1, 2 * F}, {x, D, 1}, to, D, Into::add, gemm});
    });
}

// d_down[e] = dy^T (weight swiglu(h)) over the expert's pairs.
template <class T>
void down_gradient(const Layer<T>& a, const Routing& r, int64_t e, const T* h, const T* dy, T* to) {
  int64_t D = a.D, F = a.F;
  T *gemm = scratch<T>(kernels::gemm_scratch + expert_rows * (D + F + 1)), *d = gemm + kernels::gemm_scratch;
  T *g = d + expert_rows * D, *weight = g + expert_rows * F;
  std::fill_n(to, D * F, T(0));
  for (int64_t chunk = 0; chunk < r.chunks; ++chunk)
    each_block(r, chunk, e, [&](int64_t place, int64_t rows) {
      gather(dy, D, r, place, rows, D, d);
      for (int64_t i = 0; i < rows; ++i) weight[i] = a.weight(r.pair[place + i]);
      kernels::best<T>().rows.swiglu({rows, F, h + place * 2 * F, 2 * F, weight, g});
      product_here(Gemm<T>{D, F, rows, {d, 1, D}, {g, F, 1}, to, F, Into::add, gemm});
    });
}

Routing route_for(const at::Tensor& indices, int64_t experts) {
  constexpr int64_t most_tokens = 4096;  // of a chunk: its part of y stays in the caches
  int64_t tokens = indices.size(0), fair = (tokens + threads() - 1) / threads();
  return route(indices.const_data_ptr<int64_t>(), tokens, indices.size(1), experts,
               std::max<int64_t>(1, std::min(fair, most_tokens)));
}

template <class T>
Layer<T> layer(const at::Tensor& x, const at::Tensor& weights, const at::Tensor& gate_up, const at::Tensor& down) {
  return {x.size(1), down.size(2), x, weights, gate_up, down};
}

struct Answer {
  at::Tensor y, h;
};

template <class T>
Answer forward(const Layer<T>& a, const Routing& r) {
  Answer answer{at::zeros({r.tokens, a.D}, a.x_TD.options()),
                at::empty({r.tokens * r.chosen, 2 * a.F}, a.x_TD.options())};
  T *h = answer.h.template mutable_data_ptr<T>(), *y = answer.y.template mutable_data_ptr<T>();
  int64_t work = 3 * r.tokens * r.chosen * a.D * a.F;
  parallel(r.chunks, work, [&](int64_t chunk) { forward_chunk(a, r, chunk, h, y); });
  return answer;
}

struct Wanted {
  bool x, weights, gate_up, down;
};

template <class T>
variable_list backward(const Layer<T>& a, const Routing& r, const at::Tensor& h_P2F, const at::Tensor& dy_TD,
                       Wanted wanted) {
  auto options = a.x_TD.options();
  at::Tensor dx = wanted.x ? at::zeros({r.tokens, a.D}, options) : at::Tensor();
  at::Tensor d_weights = at::empty({r.tokens, r.chosen}, options), dh_P2F = at::empty(h_P2F.sizes(), options);
  at::Tensor d_gate_up = wanted.gate_up ? at::empty(a.gate_up_E2FD.sizes(), options) : at::Tensor();
  at::Tensor d_down = wanted.down ? at::empty(a.down_EDF.sizes(), options) : at::Tensor();
  const T *h = h_P2F.const_data_ptr<T>(), *dy = dy_TD.const_data_ptr<T>();
  T *dh = dh_P2F.mutable_data_ptr<T>(), *dw = d_weights.mutable_data_ptr<T>();
  T* dx_data = wanted.x ? dx.mutable_data_ptr<T>() : nullptr;
  int64_t work = 3 * r.tokens * r.chosen * a.D * a.F;
  parallel(r.chunks, work, [&](int64_t chunk) { backward_chunk(a, r, chunk, h, dy, dh, dw, dx_data); });
  parallel(2 * r.experts, work, [&](int64_t unit) {
    int64_t e = unit / 2;
    if (unit % 2 == 0 && wanted.gate_up)
      gate_up_gradient(a, r, e, dh, d_gate_up.mutable_data_ptr<T>() + e * 2 * a.F * a.D);
    if (unit % 2 == 1 && wanted.down) down_gradient(a, r, e, h, dy, d_down.mutable_data_ptr<T>() + e * a.D * a.F);
  });
  return {dx, {}, wanted.weights ? d_weights : at::Tensor(), d_gate_up, d_down};
}

struct ExpertsFunction : torch::autograd::Function<ExpertsFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& indices,
                            const at::Tensor& weights, const at::Tensor& gate_up, const at::Tensor& down) {
    at::AutoDispatchBelowADInplaceOrView below;
    Routing r = route_for(indices, gate_up.size(0));
    Answer answer = with_type(x.scalar_type(),
                              [&](auto t) { return ops::forward(layer<decltype(t)>(x, weights, gate_up, down), r); });
    ctx->save_for_backward({x, indices, weights, gate_up, down, answer.h});
    ctx->saved_data["chunk_tokens"] = r.chunk_tokens;
    return answer.y;
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d) {
    variable_list s = ctx->get_saved_variables();
    Routing r = route(s[1].const_data_ptr<int64_t>(), s[1].size(0), s[1].size(1), s[3].size(0),
                      ctx->saved_data["chunk_tokens"].toInt());
    Wanted wanted{ctx->needs_input_grad(0), ctx->needs_input_grad(2), ctx->needs_input_grad(3),
                  ctx->needs_input_grad(4)};
    at::Tensor dy = d[0].contiguous();
    return with_type(dy.scalar_type(), [&](auto t) {
      return ops::backward(layer<decltype(t)>(s[0], s[2], s[3], s[4]), r, s[5], dy, wanted);
    });
  }
};

}  // namespace

at::Tensor experts_cpu(const at::Tensor& x, const at::Tensor& indices, const at::Tensor& weights,
                       const at::Tensor& gate_up, const at::Tensor& down) {
  at::ScalarType type = compute_type(x);
  auto operand = [&](const at::Tensor& w) {  // bfloat16 is widened while it is packed
    return (w.scalar_type() == at::kBFloat16 && type == at::kFloat ? w : w.to(type)).contiguous();
  };
  at::Tensor rows = adjacent(x.to(type)), w = weights.to(type).contiguous(), up = operand(gate_up), d = operand(down);
  at::Tensor chosen = indices.contiguous();
  bool few = x.size(0) <= small_rows || path() == Path::independent;
  Routing r = few ? route(chosen.const_data_ptr<int64_t>(), x.size(0), chosen.size(1), gate_up.size(0),
                          std::max(x.size(0), small_rows))
                  : route_for(chosen, gate_up.size(0));
  at::Tensor y = with_type(type, [&](auto t) {
    auto a = layer<decltype(t)>(rows, w, up, d);
    return few ? few_experts(a, r) : forward(a, r).y;
  });
  return y.to(x.scalar_type());
}

at::Tensor experts_autograd(const at::Tensor& x, const at::Tensor& indices, const at::Tensor& weights,
                            const at::Tensor& gate_up, const at::Tensor& down) {
  if (!wants_gradient(x, weights, gate_up, down)) {
    at::AutoDispatchBelowADInplaceOrView below;
    return experts_cpu(x, indices, weights, gate_up, down);
  }
  at::ScalarType type = compute_type(x);
  return ExpertsFunction::apply(adjacent(x.to(type)), indices.contiguous(), weights.to(type).contiguous(),
                                gate_up.to(type).contiguous(), down.to(type).contiguous())
      .to(x.scalar_type());
}

}  // namespace octet::ops
