// y[b, n] = sum_d x[b, d] w[n, d] on w as it is stored, for rows of x that stay in the innermost cache. Each sum runs
// in one order whatever the batch, so that a token's result does not depend on its company.
#pragma once
#include <stdint.h>

#include "octet/kernels/gemm.h"

namespace octet::kernels {

constexpr int64_t gemv_batch = 24;

template <class T>
struct Gemv {
  int64_t batch, n, d;  // batch <= gemv_batch
  const T* x;
  int64_t x_stride;
  const void* w;  // rows of d adjacent numbers
  int64_t w_stride;
  Element element;
  T* y;
  int64_t y_stride;
};

template <class T>
struct GemvKernels {
  void (*multiply)(const Gemv<T>&);
};

extern const GemvKernels<float> gemv_scalar, gemv_avx2, gemv_avx512;
extern const GemvKernels<double> gemv_scalar_f64;

}  // namespace octet::kernels
