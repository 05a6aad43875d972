#include "octet/kernels/latent_loop.h"
#include "octet/kernels/simd_generic.h"

namespace octet::kernels {

constinit const LatentKernels<float> latent_scalar = latent_kernels<Generic<float>>;
constinit const LatentKernels<double> latent_scalar_f64 = latent_kernels<Generic<double>>;

}  // namespace octet::kernels
