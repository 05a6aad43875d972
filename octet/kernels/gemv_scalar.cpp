#include "octet/kernels/gemv_loop.h"
#include "octet/kernels/simd_generic.h"

namespace octet::kernels {

constinit const GemvKernels<float> gemv_scalar = gemv_kernels<Generic<float>>;
constinit const GemvKernels<double> gemv_scalar_f64 = gemv_kernels<Generic<double>>;

}  // namespace octet::kernels
