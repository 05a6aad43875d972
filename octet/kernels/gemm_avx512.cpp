#include "octet/kernels/gemm_loop.h"
#include "octet/kernels/simd_avx512.h"

namespace octet::kernels {

constinit const GemmKernels<float> gemm_avx512 = gemm_kernels<Avx512>;

}  // namespace octet::kernels
