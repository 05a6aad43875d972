#pragma once
#include "octet/kernels/attention_loop.h"
#include "octet/kernels/each.h"
#include "octet/kernels/latent.h"

namespace octet::kernels {
namespace {

// Rows of the cache as T, padded with zeros to `wide` numbers.
template <class S, class Stored>
void widen_rows(const LatentAttention<typename S::T>& a, int64_t first, int64_t n, int64_t wide, typename S::T* to) {
  for (int64_t r = 0; r < n; ++r, to += wide) {
    const Stored* row = static_cast<const Stored*>(a.cache) + a.rows[first + r] * a.cache_stride;
    each<S>(a.width, [&](int64_t i, auto io) { io.store(to + i, io.load(row + i)); });
    for (int64_t i = a.width; i < wide; ++i) to[i] = 0;
  }
}

// score[h, r] = q_h . row_r, for M heads by two rows at a time.
template <class S, int M>
void dot_heads(const typename S::T* q, int64_t q_stride, const typename S::T* rows, int64_t n, int64_t wide,
               int64_t width, typename S::T* score) {
  using V = typename S::V;
  for (int64_t r = 0; r < n; r += 2) {
    const auto *row = rows + r * wide, *next = r + 1 < n ? row + wide : row;
    V sum[M][2];
#pragma GCC unroll 4
    for (int h = 0; h < M; ++h) sum[h][0] = sum[h][1] = S::zero();
    each<S>(width, [&](int64_t i, auto io) {
      V a = S::load(row + i), b = S::load(next + i);
#pragma GCC unroll 4
      for (int h = 0; h < M; ++h) {
        V x = io.load(q + h * q_stride + i);
        sum[h][0] = S::fma(x, a, sum[h][0]);
        sum[h][1] = S::fma(x, b, sum[h][1]);
      }
    });
    for (int h = 0; h < M; ++h) {
      score[h * tile_k<S> + r] = S::sum(sum[h][0]);
      if (r + 1 < n) score[h * tile_k<S> + r + 1] = S::sum(sum[h][1]);
    }
  }
}

template <class S>
int64_t latent_scratch(int64_t heads, int64_t width) {
  return tile_k<S> * (heads + padded<S>(width)) + S::width;
}

template <class S>
void attend(const LatentAttention<typename S::T>& a) {
  using T = typename S::T;
  constexpr int64_t tile = tile_columns<S>, high = S::tile_rows;
  int64_t wide = padded<S>(a.width), out_wide = padded<S>(a.latent);
  T *score = a.scratch, *rows = score + a.heads * tile_k<S>;
  memset(a.out, 0, static_cast<size_t>(a.heads * out_wide) * sizeof(T));
  for (int64_t h = 0; h < a.heads; ++h) a.max[h] = -__builtin_inff(), a.sum[h] = 0;
  for (int64_t first = 0; first < a.count; first += tile_k<S>) {
    int64_t n = least(tile_k<S>, a.count - first), h = 0;
    if (a.element == Element::bf16)
      widen_rows<S, Bf16>(a, first, n, wide, rows);
    else
      widen_rows<S, T>(a, first, n, wide, rows);
    for (; h + 4 <= a.heads; h += 4)
      dot_heads<S, 4>(a.q + h * a.q_stride, a.q_stride, rows, n, wide, a.width, score + h * tile_k<S>);
    for (; h < a.heads; ++h)
      dot_heads<S, 1>(a.q + h * a.q_stride, a.q_stride, rows, n, wide, a.width, score + h * tile_k<S>);
    Seen<S> seen(n - 1, 0, n);
    for (h = 0; h < a.heads; ++h)
      soften_row<S>(score + h * tile_k<S>, seen, a.scale, a.max + h, a.sum + h, a.out + h * out_wide, out_wide);
    for (h = 0; h < a.heads; h += high)
      for (int64_t j = 0; j < out_wide; j += tile)
        run<S>(
            Tile<S>{n, score + h * tile_k<S>, tile_k<S>, 1, rows + j, wide, a.out + h * out_wide + j, out_wide, tile},
            least(high, a.heads - h), Into::add);
  }
}

template <class S>
constexpr LatentKernels<typename S::T> latent_kernels{attend<S>, padded<S>, latent_scratch<S>};

}  // namespace
}  // namespace octet::kernels
