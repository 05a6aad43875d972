#include "octet/kernels/rows_loop.h"
#include "octet/kernels/simd_generic.h"

namespace octet::kernels {

constinit const RowKernels<float> rows_scalar = rows_kernels<Generic<float>>;
constinit const RowKernels<double> rows_scalar_f64 = rows_kernels<Generic<double>>;

}  // namespace octet::kernels
