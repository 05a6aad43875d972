#include "octet/kernels/rows_loop.h"
#include "octet/kernels/simd_avx512.h"

namespace octet::kernels {

constinit const RowKernels<float> rows_avx512 = rows_kernels<Avx512>;

}  // namespace octet::kernels
