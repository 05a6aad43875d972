#include "octet/kernels/rows_loop.h"
#include "octet/kernels/simd_avx2.h"

namespace octet::kernels {

constinit const RowKernels<float> rows_avx2 = rows_kernels<Avx2>;

}  // namespace octet::kernels
