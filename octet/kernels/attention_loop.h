// Tiles shared by both passes, and the forward pass. A score tile is tile_q queries by tile_k keys and stays in L1.
// Keys and values are packed once a (sequence, head) so that the register tile (tile.h) reads them with stride one.
#pragma once
#include "octet/kernels/attention.h"
#include "octet/kernels/gemm_loop.h"

namespace octet::kernels {
namespace {

template <class S>
constexpr int64_t tile_q = 8 * S::tile_rows;
template <class S>
constexpr int64_t tile_k = 3 * tile_columns<S>;

inline int64_t round_up(int64_t n, int64_t unit) { return (n + unit - 1) / unit * unit; }
inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

template <class S>
int64_t padded(int64_t width) {
  return round_up(width, tile_columns<S>);
}

// Rows as the right operand of a product over their width: strips of tile_columns rows (see pack_strips).
template <class S>
void pack_rows(const Rows<typename S::T>& rows, int64_t length, typename S::T* to) {
  pack_strips<S, typename S::T, tile_columns<S>>(rows.data, rows.stride, 1, length, rows.width, to);
}

// Rows as the right operand of a product over tokens: copied, each padded with zeros to whole register tiles.
template <class S>
void copy_rows(const Rows<typename S::T>& rows, int64_t length, typename S::T* to) {
  int64_t wide = padded<S>(rows.width);
  for (int64_t i = 0; i < length; ++i, to += wide) {
    memcpy(to, rows[i], static_cast<size_t>(rows.width) * sizeof(*to));
    for (int64_t j = rows.width; j < wide; ++j) to[j] = 0;
  }
}

// to(queries q0.., keys k0..) = rows packed^T. Strips of keys that all queries of a row group precede are left out.
template <class S>
void score_tile(const Rows<typename S::T>& rows, const typename S::T* packed, int64_t q0, int64_t queries, int64_t k0,
                int64_t keys, typename S::T* to) {
  constexpr int64_t wide = tile_columns<S>, high = S::tile_rows;
  for (int64_t j = 0; j < keys; j += wide)
    for (int64_t i = 0; i < queries; i += high) {
      int64_t n = least(high, queries - i);
      if (k0 + j > q0 + i + n - 1) continue;
      run<S>(Tile<S>{rows.width, rows[q0 + i], rows.stride, 1, packed + (k0 + j) * rows.width, wide,
                     to + i * tile_k<S> + j, tile_k<S>, wide},
             n, Into::overwrite);
    }
}

// How many of the keys k0 .. k0+keys-1 the query q sees, and the end of the vectors that hold them.
template <class S>
struct Seen {
  int64_t count, end;
  Seen(int64_t q, int64_t k0, int64_t keys) : count(most(0, least(keys, q - k0 + 1))), end(round_up(count, S::width)) {}
};

// One row of scores becomes exp(scale s - m), m the greatest so far; what was summed before is scaled to the new m.
template <class S>
void soften_row(typename S::T* score, Seen<S> seen, typename S::T scale, typename S::T* m, typename S::T* sum,
                typename S::T* out, int64_t out_width) {
  using T = typename S::T;
  typename S::V top = S::set1(*m);
  for (int64_t j = seen.count; j < seen.end; ++j) score[j] = -__builtin_inff();
  for (int64_t j = 0; j < seen.end; j += S::width) {
    typename S::V s = S::mul(S::load(score + j), S::set1(scale));
    S::store(score + j, s);
    top = S::max(top, s);
  }
  T new_m = S::largest(top);
  if (new_m > *m) {
    T old = sizeof(T) == 4 ? T(__builtin_expf(float(*m - new_m))) : T(__builtin_exp(*m - new_m));
    *sum *= old;
    for (int64_t j = 0; j < out_width; j += S::width) S::store(out + j, S::mul(S::load(out + j), S::set1(old)));
    *m = new_m;
  }
  typename S::V total = S::zero();
  for (int64_t j = 0; j < seen.end; j += S::width) {
    typename S::V p = S::exp(S::sub(S::load(score + j), S::set1(new_m)));
    S::store(score + j, p);
    total = S::add(total, p);
  }
  *sum += S::sum(total);
}

template <class S>
struct ForwardTile {  // what a block of queries carries from one block of keys to the next
  using T = typename S::T;
  alignas(64) T score[tile_q<S> * tile_k<S>];
  T m[tile_q<S>], sum[tile_q<S>];
};

template <class S>
void forward_block(const AttentionForward<typename S::T>& a, const typename S::T* packed_k, const typename S::T* v,
                   int64_t q0, ForwardTile<S>& tile, typename S::T* out) {
  using T = typename S::T;
  constexpr int64_t wide = tile_columns<S>, high = S::tile_rows;
  int64_t queries = least(tile_q<S>, a.length - q0), v_wide = padded<S>(a.v.width);
  memset(out, 0, static_cast<size_t>(queries * v_wide) * sizeof(T));
  for (int64_t i = 0; i < queries; ++i) tile.m[i] = -__builtin_inff(), tile.sum[i] = 0;
  for (int64_t k0 = 0; k0 < q0 + queries; k0 += tile_k<S>) {
    int64_t keys = least(tile_k<S>, q0 + queries - k0);
    score_tile<S>(a.q, packed_k, q0, queries, k0, keys, tile.score);
    for (int64_t i = 0; i < queries; ++i) {
      Seen<S> seen(q0 + i, k0, keys);
      T* row = tile.score + i * tile_k<S>;
      if (seen.count > 0) soften_row<S>(row, seen, a.scale, tile.m + i, tile.sum + i, out + i * v_wide, v_wide);
      for (int64_t j = seen.count > 0 ? seen.end : 0; j < keys; ++j) row[j] = 0;
    }
    for (int64_t i = 0; i < queries; i += high) {
      int64_t n = least(high, queries - i), seen = least(keys, q0 + i + n - k0);
      for (int64_t j = 0; seen > 0 && j < v_wide; j += wide)
        run<S>(Tile<S>{seen, tile.score + i * tile_k<S>, tile_k<S>, 1, v + k0 * v_wide + j, v_wide,
                       out + i * v_wide + j, v_wide, wide},
               n, Into::add);
    }
  }
}

template <class S>
int64_t forward_scratch(int64_t length, int64_t q_width, int64_t v_width) {
  return round_up(length, tile_columns<S>) * q_width + (length + tile_q<S>)*padded<S>(v_width) + S::width;
}

template <class S>
void attention_forward(const AttentionForward<typename S::T>& a) {
  using T = typename S::T;
  int64_t v_wide = padded<S>(a.v.width);
  T* packed_k = a.scratch;
  T* v = packed_k + round_up(a.length, tile_columns<S>) * a.q.width;
  T* out = v + a.length * v_wide;
  pack_rows<S>(a.k, a.length, packed_k);
  copy_rows<S>(a.v, a.length, v);
  ForwardTile<S> tile;
  for (int64_t q0 = 0; q0 < a.length; q0 += tile_q<S>) {
    forward_block<S>(a, packed_k, v, q0, tile, out);
    for (int64_t i = 0; i < least(tile_q<S>, a.length - q0); ++i) {
      T over = 1 / tile.sum[i];
      for (int64_t j = 0; j < a.v.width; ++j) a.out[q0 + i][j] = out[i * v_wide + j] * over;
      *a.lse[q0 + i] =
          tile.m[i] + (sizeof(T) == 4 ? T(__builtin_logf(float(tile.sum[i]))) : T(__builtin_log(tile.sum[i])));
    }
  }
}

}  // namespace
}  // namespace octet::kernels
