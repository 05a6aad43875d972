// The backward pass. With p = softmax(scale q k) made again from the saved log-sum-exp, and d = rowsum(dout * out):
//   dv = p^T dout,   ds = p (dout v^T - d) scale,   dq = ds k,   dk = ds^T q.
#pragma once
#include "octet/kernels/attention_loop.h"

namespace octet::kernels {
namespace {

template <class S>
struct BackwardScratch {
  using T = typename S::T;
  int64_t q_wide, v_wide;
  T *packed_k, *packed_v;  // for the score tiles
  T *q, *k, *d_out;        // rows, padded
  T *dq, *dk, *dv;         // sums, padded
  T* d;                    // rowsum(dout * out)
  int64_t numbers;         // of all, with one vector more, that its last may be read whole

  BackwardScratch(T* at, int64_t length, int64_t q_width, int64_t v_width)
      : q_wide(padded<S>(q_width)), v_wide(padded<S>(v_width)) {
    numbers = S::width;
    auto take = [&](int64_t n) {
      T* part = at;
      if (at) at += n;  // without memory only the numbers are counted
      numbers += n;
      return part;
    };
    int64_t strips = round_up(length, tile_columns<S>);
    packed_k = take(strips * q_width);
    packed_v = take(strips * v_width);
    q = take(length * q_wide);
    k = take(length * q_wide);
    d_out = take(length * v_wide);
    dq = take(length * q_wide);
    dk = take(length * q_wide);
    dv = take(length * v_wide);
    d = take(length);
  }
};

template <class S>
int64_t backward_scratch(int64_t length, int64_t q_width, int64_t v_width) {
  return BackwardScratch<S>(nullptr, length, q_width, v_width).numbers;
}

// score becomes p, d_score becomes ds; what a query does not see becomes 0 in both.
template <class S>
void soften_back(const AttentionBackward<typename S::T>& a, const typename S::T* d, int64_t q0, int64_t queries,
                 int64_t k0, int64_t keys, typename S::T* score, typename S::T* d_score) {
  using V = typename S::V;
  for (int64_t i = 0; i < queries; ++i, score += tile_k<S>, d_score += tile_k<S>) {
    Seen<S> seen(q0 + i, k0, keys);
    V scale = S::set1(a.scale), lse = S::set1(*a.lse[q0 + i]), sum = S::set1(d[q0 + i]);
    for (int64_t j = 0; j < seen.end; j += S::width) {
      V p = S::exp(S::sub(S::mul(S::load(score + j), scale), lse));
      S::store(score + j, p);
      S::store(d_score + j, S::mul(S::mul(p, S::sub(S::load(d_score + j), sum)), scale));
    }
    for (int64_t j = seen.count; j < keys; ++j) score[j] = d_score[j] = 0;
  }
}

// to(keys) += tile^T rows, rows the tile's queries: the tile is read down its columns.
template <class S>
void add_transposed(const typename S::T* tile, int64_t q0, int64_t queries, int64_t k0, int64_t keys,
                    const typename S::T* rows, int64_t wide, typename S::T* to) {
  for (int64_t i = 0; i < keys; i += S::tile_rows) {
    int64_t first = most(0, k0 + i - q0);  // queries before it see none of these keys
    if (first >= queries) continue;
    for (int64_t j = 0; j < wide; j += tile_columns<S>)
      run<S>(Tile<S>{queries - first, tile + first * tile_k<S> + i, 1, tile_k<S>, rows + (q0 + first) * wide + j, wide,
                     to + (k0 + i) * wide + j, wide, tile_columns<S>},
             least(S::tile_rows, keys - i), Into::add);
  }
}

template <class S>
void attention_backward(const AttentionBackward<typename S::T>& a) {
  using T = typename S::T;
  BackwardScratch<S> w(a.scratch, a.length, a.q.width, a.v.width);
  pack_rows<S>(a.k, a.length, w.packed_k);
  pack_rows<S>(a.v, a.length, w.packed_v);
  copy_rows<S>(a.q, a.length, w.q);
  copy_rows<S>(a.k, a.length, w.k);
  copy_rows<S>(a.d_out, a.length, w.d_out);
  memset(w.dq, 0, static_cast<size_t>(w.d - w.dq) * sizeof(T));
  for (int64_t i = 0; i < a.length; ++i) {
    w.d[i] = 0;
    for (int64_t j = 0; j < a.v.width; ++j) w.d[i] += a.out[i][j] * a.d_out[i][j];
  }
  alignas(64) T score[tile_q<S> * tile_k<S>], d_score[tile_q<S> * tile_k<S>];
  for (int64_t k0 = 0; k0 < a.length; k0 += tile_k<S>)
    for (int64_t q0 = k0 / tile_q<S> * tile_q<S>; q0 < a.length; q0 += tile_q<S>) {
      int64_t queries = least(tile_q<S>, a.length - q0), keys = least(tile_k<S>, a.length - k0);
      keys = least(keys, q0 + queries - k0);
      if (keys <= 0) continue;
      score_tile<S>(a.q, w.packed_k, q0, queries, k0, keys, score);
      score_tile<S>(a.d_out, w.packed_v, q0, queries, k0, keys, d_score);
      soften_back<S>(a, w.d, q0, queries, k0, keys, score, d_score);
      add_transposed<S>(score, q0, queries, k0, keys, w.d_out, w.v_wide, w.dv);
      add_transposed<S>(d_score, q0, queries, k0, keys, w.q, w.q_wide, w.dk);
      for (int64_t i = 0; i < queries; i += S::tile_rows) {
        int64_t n = least(S::tile_rows, queries - i), seen = least(keys, q0 + i + n - k0);
        for (int64_t j = 0; seen > 0 && j < w.q_wide; j += tile_columns<S>)
          run<S>(Tile<S>{seen, d_score + i * tile_k<S>, tile_k<S>, 1, w.k + k0 * w.q_wide + j, w.q_wide,
                         w.dq + (q0 + i) * w.q_wide + j, w.q_wide, tile_columns<S>},
                 n, Into::add);
      }
    }
  for (int64_t i = 0; i < a.length; ++i) {
    memcpy(a.dq[i], w.dq + i * w.q_wide, static_cast<size_t>(a.q.width) * sizeof(T));
    memcpy(a.dk[i], w.dk + i * w.q_wide, static_cast<size_t>(a.q.width) * sizeof(T));
    memcpy(a.dv[i], w.dv + i * w.v_wide, static_cast<size_t>(a.v.width) * sizeof(T));
  }
}

template <class S>
constexpr AttentionKernels<typename S::T> attention_kernels{attention_forward<S>, attention_backward<S>,
                                                            forward_scratch<S>, backward_scratch<S>};

}  // namespace
}  // namespace octet::kernels
