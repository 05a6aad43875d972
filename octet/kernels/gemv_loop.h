// Tiles of B rows of x by R rows of w: 12 sums in flight keep both FMA units busy, a vector of w is widened once for
// all rows of the tile, and the sums of vectors are taken four at a time. Each sum is S::sum of the same vector
// whatever the tile.
#pragma once
#include "octet/kernels/each.h"
#include "octet/kernels/gemv.h"

namespace octet::kernels {
namespace {

template <class S, class Stored, int B, int R>
void gemv_tile(const Gemv<typename S::T>& g, const typename S::T* x, const Stored* w, typename S::T* y) {
  using V = typename S::V;
  V sum[B][R];
#pragma GCC unroll 4
  for (int b = 0; b < B; ++b)
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) sum[b][r] = S::zero();
  each<S>(g.d, [&](int64_t i, auto io) {
    if constexpr (B < R) {  // the fewer vectors are kept: with 12 sums there are 4 registers left
      V numbers[B];
#pragma GCC unroll 4
      for (int b = 0; b < B; ++b) numbers[b] = io.load(x + b * g.x_stride + i);
#pragma GCC unroll 4
      for (int r = 0; r < R; ++r) {
        V row = io.load(w + r * g.w_stride + i);
#pragma GCC unroll 4
        for (int b = 0; b < B; ++b) sum[b][r] = S::fma(row, numbers[b], sum[b][r]);
      }
    } else {
      V row[R];
#pragma GCC unroll 4
      for (int r = 0; r < R; ++r) row[r] = io.load(w + r * g.w_stride + i);
#pragma GCC unroll 4
      for (int b = 0; b < B; ++b) {
        V numbers = io.load(x + b * g.x_stride + i);
#pragma GCC unroll 4
        for (int r = 0; r < R; ++r) sum[b][r] = S::fma(row[r], numbers, sum[b][r]);
      }
    }
  });
#pragma GCC unroll 4
  for (int b = 0; b < B; b += 2) {
    int next = b + 1 < B ? b + 1 : b;
    S::sums(sum[b], sum[next], y + b * g.y_stride, y + next * g.y_stride);
  }
}

// All of w for B rows of x. A tile of four rows has room for three of w.
template <class S, class Stored, int B>
void gemv_rows(const Gemv<typename S::T>& g, int64_t first) {
  constexpr int R = B == 4 ? 3 : 4;
  const Stored* w = static_cast<const Stored*>(g.w);
  const auto* x = g.x + first * g.x_stride;
  auto* y = g.y + first * g.y_stride;
  int64_t n = 0;
  for (; n + R <= g.n; n += R) gemv_tile<S, Stored, B, R>(g, x, w + n * g.w_stride, y + n);
  for (; n < g.n; ++n) gemv_tile<S, Stored, B, 1>(g, x, w + n * g.w_stride, y + n);
}

// By fours; five rows go as three and two, for one row alone would widen w for little.
template <class S, class Stored>
void gemv_stored(const Gemv<typename S::T>& g) {
  int64_t b = 0;
  for (; g.batch - b >= 4 && g.batch - b != 5; b += 4) gemv_rows<S, Stored, 4>(g, b);
  if (g.batch - b >= 3) gemv_rows<S, Stored, 3>(g, b), b += 3;
  if (g.batch - b == 2) gemv_rows<S, Stored, 2>(g, b);
  if (g.batch - b == 1) gemv_rows<S, Stored, 1>(g, b);
}

template <class S>
void gemv(const Gemv<typename S::T>& g) {
  if (g.element == Element::bf16)
    gemv_stored<S, Bf16>(g);
  else
    gemv_stored<S, typename S::T>(g);
}

template <class S>
constexpr GemvKernels<typename S::T> gemv_kernels{gemv<S>};

}  // namespace
}  // namespace octet::kernels
