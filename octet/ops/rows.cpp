// rms_norm, swiglu and rope on the kernels: rows in parallel.
#include "octet/base/error.h"
#include "octet/kernels/table.h"
#include "octet/ops/kernel.h"
#include "octet/ops/parallel.h"

namespace octet::ops {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rows a unit, so that a unit has about 16 thousand numbers: enough to be worth a thread, few enough to share out.
int64_t rows_a_unit(int64_t width) { return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, width)); }

// body(unit, first row, rows).
template <class Body>
void each_rows(int64_t rows, int64_t width, Body&& body) {
  int64_t unit = rows_a_unit(width);
  parallel((rows + unit - 1) / unit, 8 * rows * width,
           [&](int64_t u) { body(u, u * unit, std::min(unit, rows - u * unit)); });
}

at::Tensor like(const at::Tensor& x, at::IntArrayRef sizes) { return at::empty(sizes, x.options()); }

std::vector<int64_t> with_last(const at::Tensor& x, int64_t last) {
  std::vector<int64_t> sizes = x.sizes().vec();
  sizes.back() = last;
  return sizes;
}

template <class T>
at::Tensor norm_forward(const at::Tensor& x, const at::Tensor& w, double eps, const at::Tensor& r) {
  at::Tensor y = like(x, x.sizes());
  const T *x_data = x.const_data_ptr<T>(), *w_data = w.const_data_ptr<T>();
  T *y_data = y.mutable_data_ptr<T>(), *r_data = r.mutable_data_ptr<T>();
  int64_t width = x.size(1), stride = x.stride(0);
  each_rows(x.size(0), width, [&](int64_t, int64_t t, int64_t n) {
    kernels::best<T>().rows.rms_norm(
        {n, width, x_data + t * stride, stride, w_data, static_cast<T>(eps), y_data + t * width, r_data + t});
  });
  return y;
}

template <class T>
variable_list norm_backward(const at::Tensor& x, const at::Tensor& w, const at::Tensor& r, const at::Tensor& dy) {
  int64_t width = x.size(1), stride = x.stride(0), unit = rows_a_unit(width);
  at::Tensor dx = like(x, x.sizes());
  at::Tensor dw = at::zeros({(x.size(0) + unit - 1) / unit, width}, x.options());  // a sum a unit
  T *dx_data = dx.mutable_data_ptr<T>(), *dw_data = dw.mutable_data_ptr<T>();
  const T *x_data = x.const_data_ptr<T>(), *w_data = w.const_data_ptr<T>(), *r_data = r.const_data_ptr<T>();
  const T* dy_data = dy.const_data_ptr<T>();
  each_rows(x.size(0), width, [&](int64_t u, int64_t t, int64_t n) {
    kernels::best<T>().rows.rms_norm_backward({n, width, x_data + t * stride, stride, w_data, r_data + t,
                                               dy_data + t * width, dx_data + t * width, dw_data + u * width});
  });
  return {dx, dw.sum(0), {}};
}

struct NormFunction : torch::autograd::Function<NormFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& w, double eps) {
    at::AutoDispatchBelowADInplaceOrView below;
    at::Tensor r = like(x, {x.size(0)});
    ctx->save_for_backward({x, w, r});
    return with_type(x.scalar_type(), [&](auto t) { return norm_forward<decltype(t)>(x, w, eps, r); });
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& dy) {
    variable_list saved = ctx->get_saved_variables();
    at::Tensor d = dy[0].contiguous();
    return with_type(d.scalar_type(),
                     [&](auto t) { return norm_backward<decltype(t)>(saved[0], saved[1], saved[2], d); });
  }
};

template <class T>
at::Tensor swiglu_forward(const at::Tensor& gate_up) {
  int64_t width = gate_up.size(1) / 2, stride = gate_up.stride(0);
  at::Tensor y = like(gate_up, {gate_up.size(0), width});
  const T* data = gate_up.const_data_ptr<T>();
  T* y_data = y.mutable_data_ptr<T>();
  each_rows(gate_up.size(0), width, [&](int64_t, int64_t t, int64_t n) {
    kernels::best<T>().rows.swiglu({n, width, data + t * stride, stride, nullptr, y_data + t * width});
  });
  return y;
}

template <class T>
at::Tensor swiglu_backward(const at::Tensor& gate_up, const at::Tensor& dy) {
  int64_t width = dy.size(1), stride = gate_up.stride(0);
  at::Tensor d_gate_up = like(gate_up, gate_up.sizes());
  const T *data = gate_up.const_data_ptr<T>(), *dy_data = dy.const_data_ptr<T>();
  T* d_data = d_gate_up.mutable_data_ptr<T>();
  each_rows(dy.size(0), width, [&](int64_t, int64_t t, int64_t n) {
    kernels::best<T>().rows.swiglu_backward(
        {n, width, data + t * stride, stride, nullptr, dy_data + t * width, d_data + t * 2 * width, nullptr});
  });
  return d_gate_up;
}

struct SwigluFunction : torch::autograd::Function<SwigluFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& gate_up) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->save_for_backward({gate_up});
    return with_type(gate_up.scalar_type(), [&](auto t) { return swiglu_forward<decltype(t)>(gate_up); });
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& dy) {
    at::Tensor gate_up = ctx->get_saved_variables()[0], d = dy[0].contiguous();
    return {with_type(d.scalar_type(), [&](auto t) { return swiglu_backward<decltype(t)>(gate_up, d); })};
  }
};

template <class T>
at::Tensor rope_turn(const at::Tensor& x_THR, const at::Tensor& positions, const at::Tensor& cos_sin, T direction) {
  int64_t heads = x_THR.size(1), width = x_THR.size(2), row = heads * width;
  at::Tensor y = like(x_THR, x_THR.sizes());
  const T* x = x_THR.const_data_ptr<T>();
  const int64_t* position = positions.const_data_ptr<int64_t>();
  const float* table = cos_sin.const_data_ptr<float>();
  T* y_data = y.mutable_data_ptr<T>();
  each_rows(x_THR.size(0), row, [&](int64_t, int64_t first, int64_t n) {
    for (int64_t t = first; t < first + n; ++t) {
      check(position[t] >= 0 && position[t] < cos_sin.size(0), "rope: position outside the table");
      const float* cos = table + position[t] * width;
      kernels::best<T>().rows.rope(
          {heads, width, x + t * x_THR.stride(0), x_THR.stride(1), cos, cos + width / 2, direction, y_data + t * row});
    }
  });
  return y;
}

struct RopeFunction : torch::autograd::Function<RopeFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& positions,
                            const at::Tensor& cos_sin) {
    at::AutoDispatchBelowADInplaceOrView below;
    ctx->save_for_backward({positions, cos_sin});
    return with_type(x.scalar_type(), [&](auto t) { return rope_turn<decltype(t)>(x, positions, cos_sin, 1); });
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& dy) {
    variable_list saved = ctx->get_saved_variables();
    at::Tensor d = adjacent(dy[0]);
    return {
        with_type(d.scalar_type(), [&](auto t) { return rope_turn<decltype(t)>(d, saved[0], saved[1], -1); }), {}, {}};
  }
};

// [T, .., R] as [T, H, R].
at::Tensor with_heads(const at::Tensor& x) {
  return adjacent(x.dim() == 3 ? x : x.reshape({x.size(0), -1, x.size(-1)}));
}

}  // namespace

at::Tensor rms_norm_cpu(const at::Tensor& x, const at::Tensor& w, double eps) {
  at::Tensor rows = as_rows(x.to(compute_type(x))), wide_w = w.to(rows.scalar_type()).contiguous();
  at::Tensor r = like(rows, {rows.size(0)});
  at::Tensor y = with_type(rows.scalar_type(), [&](auto t) { return norm_forward<decltype(t)>(rows, wide_w, eps, r); });
  return y.to(x.scalar_type()).view(x.sizes());
}

at::Tensor rms_norm_autograd(const at::Tensor& x, const at::Tensor& w, double eps) {
  if (!wants_gradient(x, w)) {
    at::AutoDispatchBelowADInplaceOrView below;
    return rms_norm_cpu(x, w, eps);
  }
  at::Tensor rows = as_rows(x.to(compute_type(x)));
  at::Tensor y = NormFunction::apply(rows, w.to(rows.scalar_type()).contiguous(), eps);
  return y.to(x.scalar_type()).view(x.sizes());
}

at::Tensor swiglu_cpu(const at::Tensor& gate_up) {
  at::Tensor rows = as_rows(gate_up.to(compute_type(gate_up)));
  at::Tensor y = with_type(rows.scalar_type(), [&](auto t) { return swiglu_forward<decltype(t)>(rows); });
  return y.to(gate_up.scalar_type()).view(with_last(gate_up, gate_up.size(-1) / 2));
}

at::Tensor swiglu_autograd(const at::Tensor& gate_up) {
  if (!wants_gradient(gate_up)) {
    at::AutoDispatchBelowADInplaceOrView below;
    return swiglu_cpu(gate_up);
  }
  at::Tensor y = SwigluFunction::apply(as_rows(gate_up.to(compute_type(gate_up))));
  return y.to(gate_up.scalar_type()).view(with_last(gate_up, gate_up.size(-1) / 2));
}

at::Tensor rope_cpu(const at::Tensor& x, const at::Tensor& positions, const at::Tensor& cos_sin) {
  at::Tensor rows = with_heads(x.to(compute_type(x))), where = positions.contiguous(), table = cos_sin.contiguous();
  at::Tensor y = with_type(rows.scalar_type(), [&](auto t) { return rope_turn<decltype(t)>(rows, where, table, 1); });
  return y.to(x.scalar_type()).view(x.sizes());
}

at::Tensor rope_autograd(const at::Tensor& x, const at::Tensor& positions, const at::Tensor& cos_sin) {
  if (!wants_gradient(x)) {
    at::AutoDispatchBelowADInplaceOrView below;
    return rope_cpu(x, positions, cos_sin);
  }
  at::Tensor y = RopeFunction::apply(with_heads(x.to(compute_type(x))), positions.contiguous(), cos_sin.contiguous());
  return y.to(x.scalar_type()).view(x.sizes());
}

}  // namespace octet::ops
