#include "octet/kernels/attention_backward_loop.h"
#include "octet/kernels/simd_avx512.h"

namespace octet::kernels {

constinit const AttentionKernels<float> attention_avx512 = attention_kernels<Avx512>;

}  // namespace octet::kernels
