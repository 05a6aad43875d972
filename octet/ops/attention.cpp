// Attention over packed sequences on the kernels: a unit of work is one head of one sequence.
#include "octet/kernels/table.h"
#include "octet/ops/kernel.h"
#include "octet/ops/parallel.h"

namespace octet::ops {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class T>
kernels::Rows<T> head_rows(const at::Tensor& x_THN, int64_t token, int64_t head) {
  return {x_THN.const_data_ptr<T>() + token * x_THN.stride(0) + head * x_THN.stride(1), x_THN.stride(0), x_THN.size(2)};
}
template <class T>
kernels::OutRows<T> head_out(at::Tensor& x_THN, int64_t token, int64_t head) {
  return {x_THN.mutable_data_ptr<T>() + token * x_THN.stride(0) + head * x_THN.stride(1), x_THN.stride(0)};
}

// body(first token, length, head) for each head of each sequence.
template <class Body>
void each_head(const at::Tensor& cu_seqlens, int64_t heads, int64_t widths, Body&& body) {
  const int64_t *bound = cu_seqlens.const_data_ptr<int64_t>(), sequences = cu_seqlens.size(0) - 1;
  int64_t pairs = 0;
  for (int64_t s = 0; s < sequences; ++s) pairs += (bound[s + 1] - bound[s]) * (bound[s + 1] - bound[s]);
  parallel(sequences * heads, pairs * heads * widths, [&](int64_t unit) {
    int64_t s = unit / heads, length = bound[s + 1] - bound[s];
    if (length > 0) body(bound[s], length, unit % heads);
  });
}

struct Attended {
  at::Tensor out, lse;
};

template <class T>
Attended forward(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& cu_seqlens,
                 double scale) {
  const auto& kernel = kernels::best<T>().attention;
  Attended result{at::empty({v.size(0), v.size(1), v.size(2)}, v.options()),
                  at::empty({q.size(0), q.size(1), 1}, q.options())};
  each_head(cu_seqlens, q.size(1), q.size(2) + v.size(2), [&](int64_t token, int64_t length, int64_t head) {
    kernel.forward({length, static_cast<T>(scale), head_rows<T>(q, token, head), head_rows<T>(k, token, head),
                    head_rows<T>(v, token, head), head_out<T>(result.out, token, head),
                    head_out<T>(result.lse, token, head),
                    scratch<T>(kernel.forward_scratch(length, q.size(2), v.size(2)))});
  });
  return result;
}

template <class T>
variable_list backward(const variable_list& saved, const at::Tensor& d_out, double scale) {
  const auto& kernel = kernels::best<T>().attention;
  const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &out = saved[3], &lse = saved[4];
  at::Tensor dq = at::empty(q.sizes(), q.options()), dk = at::empty(k.sizes(), k.options());
  at::Tensor dv = at::empty(v.sizes(), v.options());
  each_head(saved[5], q.size(1), q.size(2) + v.size(2), [&](int64_t token, int64_t length, int64_t head) {
    kernel.backward({length, static_cast<T>(scale), head_rows<T>(q, token, head), head_rows<T>(k, token, head),
                     head_rows<T>(v, token, head), head_rows<T>(out, token, head), head_rows<T>(d_out, token, head),
                     head_rows<T>(lse, token, head), head_out<T>(dq, token, head), head_out<T>(dk, token, head),
                     head_out<T>(dv, token, head), scratch<T>(kernel.backward_scratch(length, q.size(2), v.size(2)))});
  });
  return {dq, dk, dv, {}, {}};
}

struct AttentionFunction : torch::autograd::Function<AttentionFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const at::Tensor& cu_seqlens, double scale) {
    at::AutoDispatchBelowADInplaceOrView below;
    Attended a =
        with_type(q.scalar_type(), [&](auto t) { return ops::forward<decltype(t)>(q, k, v, cu_seqlens, scale); });
    ctx->save_for_backward({q, k, v, a.out, a.lse, cu_seqlens});
    ctx->saved_data["scale"] = scale;
    return a.out;
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d_out) {
    double scale = ctx->saved_data["scale"].toDouble();
    at::Tensor d = adjacent(d_out[0]);
    return with_type(d.scalar_type(),
                     [&](auto t) { return ops::backward<decltype(t)>(ctx->get_saved_variables(), d, scale); });
  }
};

// The kernels compute in one type, on rows whose numbers are adjacent.
struct Inputs {
  at::Tensor q, k, v, cu_seqlens;
  Inputs(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& cu)
      : q(adjacent(q.to(compute_type(q)))),
        k(adjacent(k.to(compute_type(q)))),
        v(adjacent(v.to(compute_type(q)))),
        cu_seqlens(cu.contiguous()) {}
};

}  // namespace

at::Tensor attention_cpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& cu_seqlens,
                         double scale) {
  Inputs in(q, k, v, cu_seqlens);
  at::Tensor out = with_type(in.q.scalar_type(),
                             [&](auto t) { return forward<decltype(t)>(in.q, in.k, in.v, in.cu_seqlens, scale).out; });
  return out.to(v.scalar_type());
}

at::Tensor attention_autograd(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              const at::Tensor& cu_seqlens, double scale) {
  if (!wants_gradient(q, k, v)) {
    at::AutoDispatchBelowADInplaceOrView below;
    return attention_cpu(q, k, v, cu_seqlens, scale);
  }
  Inputs in(q, k, v, cu_seqlens);
  return AttentionFunction::apply(in.q, in.k, in.v, in.cu_seqlens, scale).to(v.scalar_type());
}

}  // namespace octet::ops
