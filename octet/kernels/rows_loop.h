#pragma once
#include "octet/kernels/each.h"
#include "octet/kernels/rows.h"

namespace octet::kernels {
namespace {

template <class S>
void rms_norm(const RmsNorm<typename S::T>& a) {
  using T = typename S::T;
  for (int64_t t = 0; t < a.rows; ++t) {
    const T* x = a.x + t * a.x_stride;
    T* y = a.y + t * a.width;
    typename S::V squares = S::zero();
    each<S>(a.width, [&](int64_t i, auto io) { squares = S::fma(io.load(x + i), io.load(x + i), squares); });
    T r = 1 / static_cast<T>(__builtin_sqrt(S::sum(squares) / static_cast<T>(a.width) + a.eps));
    each<S>(a.width,
            [&](int64_t i, auto io) { io.store(y + i, S::mul(S::mul(io.load(x + i), S::set1(r)), io.load(a.w + i))); });
    a.r[t] = r;
  }
}

template <class S>
void rms_norm_backward(const RmsNormBackward<typename S::T>& a) {
  using T = typename S::T;
  using V = typename S::V;
  for (int64_t t = 0; t < a.rows; ++t) {
    const T *x = a.x + t * a.x_stride, *dy = a.dy + t * a.width;
    T *dx = a.dx + t * a.width, r = a.r[t];
    V dots = S::zero();
    each<S>(a.width, [&](int64_t i, auto io) {
      V x_dy = S::mul(io.load(x + i), io.load(dy + i));
      dots = S::fma(x_dy, io.load(a.w + i), dots);
      io.store(a.dw + i, S::fma(x_dy, S::set1(r), io.load(a.dw + i)));
    });
    V shrink = S::set1(-S::sum(dots) * r * r / static_cast<T>(a.width));
    each<S>(a.width, [&](int64_t i, auto io) {
      V w_dy = S::mul(io.load(a.w + i), io.load(dy + i));
      io.store(dx + i, S::mul(S::fma(io.load(x + i), shrink, w_dy), S::set1(r)));
    });
  }
}

// 1 / (1 + e^-x)
template <class S>
typename S::V sigmoid(typename S::V x) {
  return S::div(S::set1(1), S::add(S::set1(1), S::exp(S::sub(S::zero(), x))));
}

template <class S>
void swiglu(const Swiglu<typename S::T>& a) {
  for (int64_t t = 0; t < a.rows; ++t) {
    const auto *gate = a.gate_up + t * a.gate_up_stride, *up = gate + a.width;
    auto* y = a.y + t * a.width;
    typename S::V scale = S::set1(a.scale ? a.scale[t] : 1);
    each<S>(a.width, [&](int64_t i, auto io) {
      typename S::V g = io.load(gate + i);
      io.store(y + i, S::mul(S::mul(S::mul(g, sigmoid<S>(g)), io.load(up + i)), scale));
    });
  }
}

// With s = sigmoid(gate): d(gate s)/dgate = s (1 + gate (1 - s)).
template <class S>
void swiglu_backward(const SwigluBackward<typename S::T>& a) {
  using V = typename S::V;
  for (int64_t t = 0; t < a.rows; ++t) {
    const auto *gate = a.gate_up + t * a.gate_up_stride, *up = gate + a.width, *dy = a.dy + t * a.width;
    auto *d_gate = a.d_gate_up + t * 2 * a.width, *d_up = d_gate + a.width;
    V scale = S::set1(a.scale ? a.scale[t] : 1), total = S::zero();
    each<S>(a.width, [&](int64_t i, auto io) {
      V g = io.load(gate + i), u = io.load(up + i), d = io.load(dy + i), s = sigmoid<S>(g);
      V silu = S::mul(g, s), slope = S::mul(s, S::fma(g, S::sub(S::set1(1), s), S::set1(1)));
      total = S::fma(S::mul(silu, u), d, total);
      d = S::mul(d, scale);
      io.store(d_gate + i, S::mul(S::mul(d, u), slope));
      io.store(d_up + i, S::mul(d, silu));
    });
    if (a.scale) a.d_scale[t] = S::sum(total);
  }
}

template <class S>
void rope(const Rope<typename S::T>& a) {
  using T = typename S::T;
  for (int64_t h = 0; h < a.heads; ++h) {
    const T* x = a.x + h * a.x_stride;
    T* y = a.y + h * a.width;
    for (int64_t i = 0; i < a.width / 2; ++i) {
      T even = x[2 * i], odd = x[2 * i + 1], c = a.cos[i], s = a.direction * a.sin[i];
      y[2 * i] = even * c - odd * s;
      y[2 * i + 1] = even * s + odd * c;
    }
  }
}

template <class S>
void sum_exp(const typename S::T* x, int64_t n, SumExp<typename S::T>* state) {
  using T = typename S::T;
  T top = state->max;
  int64_t whole = n / S::width * S::width;
  if (whole) {
    typename S::V tops = S::load(x);
    for (int64_t i = S::width; i < whole; i += S::width) tops = S::max(tops, S::load(x + i));
    T found = S::largest(tops);
    top = found > top ? found : top;
  }
  for (int64_t i = whole; i < n; ++i) top = x[i] > top ? x[i] : top;
  typename S::V total = S::zero();
  for (int64_t i = 0; i < whole; i += S::width) total = S::add(total, S::exp(S::sub(S::load(x + i), S::set1(top))));
  T sum = S::sum(total) + state->sum * static_cast<T>(__builtin_exp(state->max - top));
  for (int64_t i = whole; i < n; ++i) sum += static_cast<T>(__builtin_exp(x[i] - top));
  *state = {top, sum};
}

template <class S>
void softmax_gradient(typename S::T* x, int64_t n, typename S::T lse, typename S::T scale) {
  each<S>(n, [&](int64_t i, auto io) {
    io.store(x + i, S::mul(S::exp(S::sub(io.load(x + i), S::set1(lse))), S::set1(scale)));
  });
}

template <class S>
void add_scaled(typename S::T* y, const typename S::T* x, typename S::T scale, int64_t n) {
  each<S>(n, [&](int64_t i, auto io) { io.store(y + i, S::fma(io.load(x + i), S::set1(scale), io.load(y + i))); });
}

template <class S>
void adamw(const AdamW<typename S::T>& a) {
  using T = typename S::T;
  using V = typename S::V;
  V keep = S::set1(1 - a.rate * a.decay), step = S::set1(a.rate / a.correction1), eps = S::set1(a.eps);
  V root = S::set1(1 / static_cast<T>(__builtin_sqrt(a.correction2)));
  V b1 = S::set1(a.beta1), b2 = S::set1(a.beta2), c1 = S::set1(1 - a.beta1), c2 = S::set1(1 - a.beta2);
  each<S>(a.n, [&](int64_t i, auto io) {
    V g = S::mul(io.load(a.g + i), S::set1(a.g_scale));
    V m = S::fma(io.load(a.m + i), b1, S::mul(g, c1)), v = S::fma(io.load(a.v + i), b2, S::mul(S::mul(g, g), c2));
    io.store(a.m + i, m);
    io.store(a.v + i, v);
    V move = S::div(S::mul(m, step), S::fma(S::sqrt(v), root, eps));
    io.store(a.w + i, S::sub(S::mul(io.load(a.w + i), keep), move));
  });
}

// max(x, so far) keeps what is so far where x is not a number.
template <class S>
void block_tops(const typename S::T* x, int64_t n, typename S::T* tops) {
  using T = typename S::T;
  for (int64_t begin = 0; begin < n; begin += row_block) {
    int64_t i = begin, end = begin + row_block < n ? begin + row_block : n;
    typename S::V top = S::set1(static_cast<T>(-__builtin_inf()));
    for (; i + S::width <= end; i += S::width) top = S::max(S::load(x + i), top);
    T found = S::largest(top);
    for (; i < end; ++i) found = x[i] > found ? x[i] : found;
    *tops++ = found;
  }
}

template <class S>
void weigh(const Weigh<typename S::T>& a) {
  using T = typename S::T;
  using V = typename S::V;
  T *tops = a.tops, *sums = a.sums;
  auto weight = [&](V x) { return S::exp(S::mul(S::sub(x, S::set1(a.top)), S::set1(a.scale))); };
  for (int64_t begin = 0; begin < a.n; begin += row_block) {
    int64_t i = begin, end = begin + row_block < a.n ? begin + row_block : a.n;
    V top = S::zero(), sum = S::zero();
    for (; i + S::width <= end; i += S::width) {
      V w = weight(S::load(a.x + i));
      S::store(a.w + i, w);
      top = S::max(w, top);
      sum = S::add(sum, w);
    }
    if (i < end) {
      T rest[S::width];
      for (int64_t j = 0; j < S::width; ++j) rest[j] = i + j < end ? a.x[i + j] : static_cast<T>(-__builtin_inf());
      V w = weight(S::load(rest));
      S::store_n(a.w + i, w, end - i);
      top = S::max(w, top);
      sum = S::add(sum, w);
    }
    *tops++ = S::largest(top);
    *sums++ = S::sum(sum);
  }
}

template <class S>
constexpr RowKernels<typename S::T> rows_kernels{
    rms_norm<S>,         rms_norm_backward<S>, swiglu<S>, swiglu_backward<S>, rope<S>, sum_exp<S>,
    softmax_gradient<S>, add_scaled<S>,        adamw<S>,  block_tops<S>,      weigh<S>};

}  // namespace
}  // namespace octet::kernels
