// The product's loops over blocks (after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication",
// 2008): b is packed into panels as wide as the register tile, a into strips as high, so that the tile reads both with
// stride one. Rows of a that already lie along k are read in place: the tile broadcasts single numbers.
#pragma once
#include "octet/kernels/tile.h"

namespace octet::kernels {
namespace {

inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

template <class T, class From>
T widen(From x) {
  if constexpr (sizeof(From) == sizeof(T))
    return x;
  else
    return to_float(x);
}

// One strip whose rows lie along k: square blocks are turned in registers.
template <class S, class From, int64_t strip>
void pack_turned(const From* from, int64_t row, int64_t columns, typename S::T* to) {
  constexpr int64_t width = S::width;
  int64_t c = 0;
  for (; c + width <= columns; c += width)
    for (int64_t i = 0; i < strip; i += width) {
      typename S::V block[width];
      for (int64_t j = 0; j < width; ++j) block[j] = S::load(from + (i + j) * row + c);
      S::transpose(block);
      for (int64_t j = 0; j < width; ++j) S::store(to + (c + j) * strip + i, block[j]);
    }
  for (; c < columns; ++c)
    for (int64_t i = 0; i < strip; ++i) to[c * strip + i] = widen<typename S::T>(from[i * row + c]);
}

// One strip whose rows are adjacent: whole vectors; what a store writes too much, the next column overwrites.
template <class S, class From, int64_t strip>
void pack_straight(const From* from, int64_t column, int64_t columns, typename S::T* to) {
  for (int64_t c = 0; c < columns; ++c)
    for (int64_t i = 0; i < strip; i += S::width) {
      const From* numbers = from + c * column + i;
      S::store(to + c * strip + i, strip - i < S::width ? S::load_n(numbers, strip - i) : S::load(numbers));
    }
}

// Copies rows and columns of `from` into strips of `strip` rows: to[(r / strip) * columns * strip + c * strip +
// r % strip], missing rows of the last strip 0. Up to a vector behind the end may be written.
template <class S, class From, int64_t strip>
void pack_strips(const From* from, int64_t row, int64_t column, int64_t rows, int64_t columns, typename S::T* to) {
  for (int64_t r0 = 0; r0 < rows; r0 += strip, to += strip * columns) {
    int64_t n = least(strip, rows - r0);
    const From* source = from + r0 * row;
    if (row == 1 && n == strip) {
      pack_straight<S, From, strip>(source, column, columns, to);
    } else if (column == 1 && n == strip && strip % S::width == 0) {
      pack_turned<S, From, strip>(source, row, columns, to);
    } else {
      for (int64_t c = 0; c < columns; ++c) {
        for (int64_t i = 0; i < n; ++i) to[c * strip + i] = widen<typename S::T>(source[i * row + c * column]);
        for (int64_t i = n; i < strip; ++i) to[c * strip + i] = 0;
      }
    }
  }
}

template <class S, int64_t strip>
void pack(const Matrix& m, int64_t r0, int64_t c0, int64_t rows, int64_t columns, typename S::T* to) {
  int64_t first = r0 * m.row + c0 * m.column;
  if (m.element == Element::bf16)
    pack_strips<S, Bf16, strip>(static_cast<const Bf16*>(m.data) + first, m.row, m.column, rows, columns, to);
  else
    pack_strips<S, typename S::T, strip>(static_cast<const typename S::T*>(m.data) + first, m.row, m.column, rows,
                                         columns, to);
}

// One block: rows [i0, i0+m) of C, columns [j0, j0+n), products over k0 .. k0+k-1; b is packed already.
template <class S>
void multiply_block(const Gemm<typename S::T>& g, int64_t i0, int64_t m, int64_t j0, int64_t n, int64_t k0, int64_t k,
                    const typename S::T* b, typename S::T* packed_a) {
  using T = typename S::T;
  constexpr int64_t height = S::tile_rows, wide = tile_columns<S>;
  bool in_place = g.a.column == 1 && g.a.element == Element::native;
  if (!in_place) pack<S, height>(g.a, i0, k0, m, k, packed_a);
  Into into = k0 == 0 ? g.into : Into::add;
  for (int64_t j = 0; j < n; j += wide)
    for (int64_t i = 0; i < m; i += height) {
      Tile<S> t{k, packed_a + i * k, 1, height, b + j * k, wide, g.c + (i0 + i) * g.c_row + j0 + j, g.c_row, n - j};
      if (in_place) {
        t.a = static_cast<const T*>(g.a.data) + (i0 + i) * g.a.row + k0;
        t.a_row = g.a.row;
        t.a_column = 1;
      }
      run<S>(t, least(height, m - i), into);
    }
}

template <class S>
void multiply(const Gemm<typename S::T>& g) {
  using T = typename S::T;
  constexpr int64_t wide = tile_columns<S>;
  static_assert(gemm_m % S::tile_rows == 0 && gemm_n % wide == 0);
  if (g.k == 0 && g.into == Into::overwrite)
    for (int64_t i = 0; i < g.m; ++i) memset(g.c + i * g.c_row, 0, static_cast<size_t>(g.n) * sizeof(T));
  T *packed_b = g.scratch, *packed_a = g.scratch + gemm_k * gemm_n;
  Matrix b_columns{g.b.data, g.b.column, g.b.row, g.b.element};  // its strips run along n
  for (int64_t j0 = 0; j0 < g.n; j0 += gemm_n) {
    int64_t n = least(gemm_n, g.n - j0);
    for (int64_t k0 = 0; k0 < g.k; k0 += gemm_k) {
      int64_t k = least(gemm_k, g.k - k0);
      pack<S, wide>(b_columns, j0, k0, n, k, packed_b);
      for (int64_t i0 = 0; i0 < g.m; i0 += gemm_m)
        multiply_block<S>(g, i0, least(gemm_m, g.m - i0), j0, n, k0, k, packed_b, packed_a);
    }
  }
}

template <class S>
constexpr GemmKernels<typename S::T> gemm_kernels{multiply<S>, S::tile_rows, tile_columns<S>};

}  // namespace
}  // namespace octet::kernels
