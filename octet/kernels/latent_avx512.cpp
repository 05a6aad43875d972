#include "octet/kernels/latent_loop.h"
#include "octet/kernels/simd_avx512.h"

namespace octet::kernels {

constinit const LatentKernels<float> latent_avx512 = latent_kernels<Avx512>;

}  // namespace octet::kernels
