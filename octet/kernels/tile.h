// The register tile: M rows by S::tile_vectors vectors of C, each step of k a rank-one update. One load of b serves M
// rows, one broadcast of a serves the whole width; with 12 sums in flight both FMA units stay busy.
#pragma once
#include "octet/kernels/gemm.h"

namespace octet::kernels {
namespace {

template <class S>
constexpr int64_t tile_columns = S::width * S::tile_vectors;

template <class S>
struct Tile {
  using T = typename S::T;
  int64_t k;
  const T* a;  // A(i, p) = a[i * a_row + p * a_column]
  int64_t a_row, a_column;
  const T* b;  // rows of at least tile_columns numbers, b_row apart
  int64_t b_row;
  T* c;
  int64_t c_row, columns;  // columns <= tile_columns are written
};

template <class S, int M, Into into>
inline void run_rows(const Tile<S>& t) {
  using V = typename S::V;
  constexpr int N = S::tile_vectors;
  V sum[M][N];
#pragma GCC unroll 16
  for (int i = 0; i < M; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < N; ++j) sum[i][j] = S::zero();
  const auto *a = t.a, *b = t.b;
  for (int64_t p = 0; p < t.k; ++p, a += t.a_column, b += t.b_row) {
    V row[N];
#pragma GCC unroll 4
    for (int j = 0; j < N; ++j) row[j] = S::load(b + j * S::width);
#pragma GCC unroll 16
    for (int i = 0; i < M; ++i) {
      V x = S::set1(a[i * t.a_row]);
#pragma GCC unroll 4
      for (int j = 0; j < N; ++j) sum[i][j] = S::fma(x, row[j], sum[i][j]);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < M; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < N; ++j) {
      auto* c = t.c + i * t.c_row + j * S::width;
      int64_t left = t.columns - j * S::width;
      if (left >= S::width)
        S::store(c, into == Into::add ? S::add(S::load(c), sum[i][j]) : sum[i][j]);
      else if (left > 0)
        S::store_n(c, into == Into::add ? S::add(S::load_n(c, left), sum[i][j]) : sum[i][j], left);
    }
}

template <class S, Into into, int M>
inline void run_tile(const Tile<S>& t, int64_t rows) {
  if constexpr (M > 1)
    if (rows < M) return run_tile<S, into, M - 1>(t, rows);
  run_rows<S, M, into>(t);
}

// rows <= S::tile_rows.
template <class S>
inline void run(const Tile<S>& t, int64_t rows, Into into) {
  if (into == Into::add)
    run_tile<S, Into::add, S::tile_rows>(t, rows);
  else
    run_tile<S, Into::overwrite, S::tile_rows>(t, rows);
}

}  // namespace
}  // namespace octet::kernels
