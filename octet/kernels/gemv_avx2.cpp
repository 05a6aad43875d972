#include "octet/kernels/gemv_loop.h"
#include "octet/kernels/simd_avx2.h"

namespace octet::kernels {

constinit const GemvKernels<float> gemv_avx2 = gemv_kernels<Avx2>;

}  // namespace octet::kernels
