#include "app/matrix_peak.h"

#include <chrono>
#include <memory>
#include <vector>

#include "octet/base/parallel.h"
#include "octet/kernels/table.h"

namespace octet::app {

double measure_matrix_peak(int threads) {
  constexpr int64_t n = 768;
  constexpr int rounds = 5;
  const auto& gemm = kernels::best<float>().gemm;
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  auto numbers = [](size_t count) {
    size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
    std::unique_ptr<float[], Free> out(static_cast<float*>(std::aligned_alloc(64, bytes)));
    if (!out) throw std::bad_alloc();
    std::fill_n(out.get(), count, 0.5f);
    return out;
  };
  using Clock = std::chrono::steady_clock;
  double best = 0;
  std::vector<std::unique_ptr<float[], Free>> a, b, c, scratch;
  for (int t = 0; t < threads; ++t) {
    a.push_back(numbers(n * n)), b.push_back(numbers(n * n)), c.push_back(numbers(n * n));
    scratch.push_back(numbers(kernels::gemm_scratch));
  }
  for (int round = 0; round < rounds; ++round) {
    auto start = Clock::now();
    parallel_for(static_cast<size_t>(threads), threads, [&](size_t t) {
      gemm.multiply(
          {n, n, n, {a[t].get(), n, 1}, {b[t].get(), n, 1}, c[t].get(), n, kernels::Into::overwrite, scratch[t].get()});
    });
    double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, 2.0 * n * n * n * threads / seconds);
  }
  return best;
}

}  // namespace octet::app
