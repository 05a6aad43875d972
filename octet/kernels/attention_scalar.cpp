#include "octet/kernels/attention_backward_loop.h"
#include "octet/kernels/simd_generic.h"

namespace octet::kernels {

constinit const AttentionKernels<float> attention_scalar = attention_kernels<Generic<float>>;
constinit const AttentionKernels<double> attention_scalar_f64 = attention_kernels<Generic<double>>;

}  // namespace octet::kernels
