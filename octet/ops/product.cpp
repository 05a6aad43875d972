#include "octet/ops/product.h"

#include <algorithm>

#include "octet/kernels/table.h"
#include "octet/ops/parallel.h"

namespace octet::ops {

namespace {

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

int64_t element_size(kernels::Element element, size_t native) {
  return element == kernels::Element::bf16 ? 2 : static_cast<int64_t>(native);
}

// The cut of C into units: rows first (each unit packs its own columns of b), then columns.
struct Cut {
  int64_t rows, columns, units_down, units_across;
};

Cut cut(int64_t m, int64_t n, int64_t k, int64_t threads, int64_t tile_rows, int64_t tile_columns) {
  if (threads == 1 || m * n * k < little_work) return {m, n, 1, 1};
  int64_t units = std::min(threads, std::max<int64_t>(2, m * n * k / little_work)), most_rows = 1024;
  int64_t rows = std::max(8 * tile_rows, divide_up(divide_up(m, units), tile_rows) * tile_rows);
  rows = std::min(rows, most_rows / tile_rows * tile_rows);
  int64_t down = divide_up(m, rows), across = std::max<int64_t>(1, units / down);
  int64_t columns = divide_up(divide_up(n, across), tile_columns) * tile_columns;
  return {rows, columns, down, divide_up(n, columns)};
}

}  // namespace

template <class T>
void product_here(const kernels::Gemm<T>& g) {
  kernels::best<T>().gemm.multiply(g);
}

template <class T>
void product(const kernels::Gemm<T>& g) {
  if (g.m == 0 || g.n == 0) return;
  const auto& kernel = kernels::best<T>().gemm;
  Cut c = cut(g.m, g.n, g.k, threads(), kernel.tile_rows, kernel.tile_columns);
  auto moved = [](const kernels::Matrix& m, int64_t elements) {
    const char* data = static_cast<const char*>(m.data) + elements * element_size(m.element, sizeof(T));
    return kernels::Matrix{data, m.row, m.column, m.element};
  };
  parallel(c.units_down * c.units_across, g.m * g.n * g.k, [&](int64_t unit) {
    int64_t i = unit / c.units_across * c.rows, j = unit % c.units_across * c.columns;
    kernels::Gemm<T> part = g;
    part.m = std::min(c.rows, g.m - i);
    part.n = std::min(c.columns, g.n - j);
    part.a = moved(g.a, i * g.a.row);
    part.b = moved(g.b, j * g.b.column);
    part.c = g.c + i * g.c_row + j;
    part.scratch = scratch<T>(kernels::gemm_scratch);
    kernel.multiply(part);
  });
}

template <class T>
void small_product_here(const SmallProduct<T>& p) {
  for (int64_t i = 0; i < p.rows; i += kernels::gemv_batch)
    kernels::best<T>().gemv.multiply({std::min(kernels::gemv_batch, p.rows - i), p.n, p.d, p.x + i * p.x_stride,
                                      p.x_stride, p.w.data, p.w.row, p.w.element, p.y + i * p.y_stride, p.y_stride});
}

template <class T>
void small_product(const SmallProduct<T>& p) {
  int64_t work = p.rows * p.n * p.d, units = std::max<int64_t>(1, std::min(2 * threads(), work / little_work));
  int64_t each = divide_up(divide_up(p.n, units), 4) * 4;
  parallel(divide_up(p.n, each), work, [&](int64_t unit) {
    SmallProduct<T> part = p;
    int64_t first = unit * each;
    part.n = std::min(each, p.n - first);
    part.w.data = static_cast<const char*>(p.w.data) + first * p.w.row * element_size(p.w.element, sizeof(T));
    part.y = p.y + first;
    small_product_here(part);
  });
}

template void product(const kernels::Gemm<float>&);
template void product(const kernels::Gemm<double>&);
template void product_here(const kernels::Gemm<float>&);
template void product_here(const kernels::Gemm<double>&);
template void small_product(const SmallProduct<float>&);
template void small_product(const SmallProduct<double>&);
template void small_product_here(const SmallProduct<float>&);
template void small_product_here(const SmallProduct<double>&);

}  // namespace octet::ops
