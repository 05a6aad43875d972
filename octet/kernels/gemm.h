// C = A B, or C += A B, for matrices addressed by strides: y = x W^T, dx = dy W and dW = dy^T x are one kernel.
#pragma once
#include <stdint.h>

#include "octet/kernels/bf16.h"

namespace octet::kernels {

enum class Into { overwrite, add };
enum class Element { native, bf16 };  // how an operand is stored: as T, or as bfloat16, widened while it is packed

// Element (i, j) at data[i * row + j * column]; one of the strides is 1.
struct Matrix {
  const void* data;
  int64_t row, column;
  Element element = Element::native;
};

template <class T>
struct Gemm {
  int64_t m, n, k;
  Matrix a;  // [m, k]
  Matrix b;  // [k, n]
  T* c;      // [m, n], rows c_row apart
  int64_t c_row;
  Into into;
  T* scratch;  // gemm_scratch numbers, 64-byte aligned
};

// Blocks: a panel of b (gemm_k x tile width) stays in L1, a block of a (gemm_m x gemm_k) in L2.
constexpr int64_t gemm_k = 256, gemm_m = 96, gemm_n = 768;
constexpr int64_t gemm_scratch = gemm_k * (gemm_m + gemm_n) + 16;

template <class T>
struct GemmKernels {
  void (*multiply)(const Gemm<T>&);
  int64_t tile_rows, tile_columns;
};

extern const GemmKernels<float> gemm_scalar, gemm_avx2, gemm_avx512;
extern const GemmKernels<double> gemm_scalar_f64;

}  // namespace octet::kernels
