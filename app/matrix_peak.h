#pragma once

namespace octet::app {

// FLOP/s of octet's own float32 product on all threads, best of several.
double measure_matrix_peak(int threads);

}  // namespace octet::app
