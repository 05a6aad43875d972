#include "octet/kernels/latent_loop.h"
#include "octet/kernels/simd_avx2.h"

namespace octet::kernels {

constinit const LatentKernels<float> latent_avx2 = latent_kernels<Avx2>;

}  // namespace octet::kernels
