#pragma once
#include "octet/kernels/each.h"
#include "octet/kernels/gemv.h"

namespace octet::kernels {
namespace {

// `R` rows of w with `B` rows of x: R * B sums in flight.
template <class S, class Stored, int R, int B>
void gemv_rows(const Gemv<typename S::T>& g, const Stored* w, typename S::T* y) {
  using V = typename S::V;
  V sum[R][B];
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
    for (int b = 0; b < B; ++b) sum[r][b] = S::zero();
  each<S>(g.d, [&](int64_t i, auto io) {
    V x[B];
#pragma GCC unroll 8
    for (int b = 0; b < B; ++b) x[b] = io.load(g.x + b * g.x_stride + i);
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) {
      V row = io.load(w + r * g.w_stride + i);
#pragma GCC unroll 8
      for (int b = 0; b < B; ++b) sum[r][b] = S::fma(row, x[b], sum[r][b]);
    }
  });
  for (int r = 0; r < R; ++r)
    for (int b = 0; b < B; ++b) y[b * g.y_stride + r] = S::sum(sum[r][b]);
}

template <class S, class Stored, int B>
void gemv_batch_of(const Gemv<typename S::T>& g) {
  constexpr int R = B <= 2 ? 4 : B <= 4 ? 2 : 1;
  const Stored* w = static_cast<const Stored*>(g.w);
  int64_t n = 0;
  for (; n + R <= g.n; n += R) gemv_rows<S, Stored, R, B>(g, w + n * g.w_stride, g.y + n);
  for (; n < g.n; ++n) gemv_rows<S, Stored, 1, B>(g, w + n * g.w_stride, g.y + n);
}

template <class S, class Stored, int B>
void gemv_dispatch(const Gemv<typename S::T>& g) {
  if constexpr (B > 1)
    if (g.batch < B) return gemv_dispatch<S, Stored, B - 1>(g);
  gemv_batch_of<S, Stored, B>(g);
}

template <class S>
void gemv(const Gemv<typename S::T>& g) {
  if (g.batch == 0) return;
  if (g.element == Element::bf16)
    gemv_dispatch<S, Bf16, gemv_batch>(g);
  else
    gemv_dispatch<S, typename S::T, gemv_batch>(g);
}

template <class S>
constexpr GemvKernels<typename S::T> gemv_kernels{gemv<S>};

}  // namespace
}  // namespace octet::kernels
