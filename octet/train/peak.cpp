#include "octet/train/peak.h"

#include <ATen/core/grad_mode.h>

#include <chrono>

namespace octet::train {

double measure_matrix_peak(at::ScalarType dtype, at::Device device, double seconds) {
  at::NoGradGuard no_grad;
  constexpr int64_t n = 1024;
  auto options = at::TensorOptions().dtype(dtype).device(device);
  at::Tensor a = at::ones({n, n}, options), b = at::ones({n, n}, options), c = at::empty({n, n}, options);
  using Clock = std::chrono::steady_clock;
  auto since = [](Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); };
  auto begin = Clock::now();
  double best = 0;
  // The first product warms caches and threads, and its time is not taken.
  for (int i = 0; i < 3 || since(begin) < seconds; ++i) {
    auto start = Clock::now();
    at::mm_out(c, a, b);
    c.data_ptr();
    if (device.is_cuda()) c[0][0].item<float>();  // waits for the device
    double took = since(start);
    if (i > 0) best = std::max(best, 2.0 * n * n * n / took);
  }
  return best;
}

}  // namespace octet::train
