#include "octet/kernels/gemv_loop.h"
#include "octet/kernels/simd_avx512.h"

namespace octet::kernels {

constinit const GemvKernels<float> gemv_avx512 = gemv_kernels<Avx512>;

}  // namespace octet::kernels
