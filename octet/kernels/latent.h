// Absorbed attention on the latent cache (V2 report, section 2.1.2): all heads read the same rows, so a block of rows
// is widened once and serves as keys and as values. A call takes some heads of one token through a part of its rows and
// leaves what is needed to join parts: out = sum_j e^(s_j - max) c_j, sum = sum_j e^(s_j - max).
#pragma once
#include <stdint.h>

#include "octet/kernels/gemm.h"

namespace octet::kernels {

template <class T>
struct LatentAttention {
  int64_t heads, width, latent;  // width: latent + rope
  const T* q;                    // a row a head
  int64_t q_stride;
  const void* cache;
  int64_t cache_stride;
  Element element;
  const int64_t* rows;
  int64_t count;
  T scale;
  T* out;  // a row a head, out_stride(latent) apart
  T *max, *sum;
  T* scratch;  // latent_scratch(heads, width) numbers
};

template <class T>
struct LatentKernels {
  void (*attend)(const LatentAttention<T>&);
  int64_t (*out_stride)(int64_t latent);
  int64_t (*scratch)(int64_t heads, int64_t width);
};

extern const LatentKernels<float> latent_scalar, latent_avx2, latent_avx512;
extern const LatentKernels<double> latent_scalar_f64;

}  // namespace octet::kernels
