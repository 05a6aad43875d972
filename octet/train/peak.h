// What this machine's matrix products reach, measured: every speed of a training run is told as a share of it.
#pragma once
#include <ATen/ATen.h>

namespace octet::train {

// Operations a second of at::mm on square matrices of `dtype` with the threads that are set: the best of several
// products within about `seconds`.
double measure_matrix_peak(at::ScalarType dtype, at::Device device, double seconds = 0.5);

}  // namespace octet::train
