// Matrix products on the kernels, over all threads.
#pragma once
#include "octet/kernels/gemm.h"

namespace octet::ops {

// g.scratch is not used: each thread has its own.
template <class T>
void product(const kernels::Gemm<T>& g);

// The same on this thread, with scratch of kernels::gemm_scratch numbers given in g.
template <class T>
void product_here(const kernels::Gemm<T>& g);

// y = x w^T for few rows of x [rows, d], on w [n, d] as it is stored: bound by reading w.
template <class T>
struct SmallProduct {
  int64_t rows, n, d;
  const T* x;
  int64_t x_stride;
  kernels::Matrix w;  // as [n, d], numbers of a row adjacent
  T* y;
  int64_t y_stride;
};
constexpr int64_t small_rows = 16;  // up to which it beats product()
template <class T>
void small_product(const SmallProduct<T>& p);
template <class T>
void small_product_here(const SmallProduct<T>& p);

extern template void product(const kernels::Gemm<float>&);
extern template void product(const kernels::Gemm<double>&);
extern template void product_here(const kernels::Gemm<float>&);
extern template void product_here(const kernels::Gemm<double>&);

extern template void small_product(const SmallProduct<float>&);
extern template void small_product(const SmallProduct<double>&);
extern template void small_product_here(const SmallProduct<float>&);
extern template void small_product_here(const SmallProduct<double>&);

}  // namespace octet::ops
