#include "octet/kernels/gemm_loop.h"
#include "octet/kernels/simd_generic.h"

namespace octet::kernels {

constinit const GemmKernels<float> gemm_scalar = gemm_kernels<Generic<float>>;
constinit const GemmKernels<double> gemm_scalar_f64 = gemm_kernels<Generic<double>>;

}  // namespace octet::kernels
