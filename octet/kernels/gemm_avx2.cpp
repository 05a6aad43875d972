#include "octet/kernels/gemm_loop.h"
#include "octet/kernels/simd_avx2.h"

namespace octet::kernels {

constinit const GemmKernels<float> gemm_avx2 = gemm_kernels<Avx2>;

}  // namespace octet::kernels
