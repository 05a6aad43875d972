#include "octet/kernels/attention_backward_loop.h"
#include "octet/kernels/simd_avx2.h"

namespace octet::kernels {

constinit const AttentionKernels<float> attention_avx2 = attention_kernels<Avx2>;

}  // namespace octet::kernels
