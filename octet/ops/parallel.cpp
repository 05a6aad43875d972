#include "octet/ops/parallel.h"

#include <ATen/Parallel.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <new>

namespace octet::ops {

int64_t threads() { return at::get_num_threads(); }

void parallel(int64_t units, int64_t work, const std::function<void(int64_t)>& body) {
  if (units <= 1 || work < little_work || threads() <= 1 || omp_in_parallel()) {
    for (int64_t i = 0; i < units; ++i) body(i);
    return;
  }
  std::atomic<int64_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
#pragma omp parallel
  {
    try {
      for (int64_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < units;) body(i);
    } catch (...) {
      std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = units;
    }
  }
  if (failure) std::rethrow_exception(failure);
}

void* scratch_bytes(int64_t bytes) {
  thread_local std::unique_ptr<void, decltype(&std::free)> memory(nullptr, &std::free);
  thread_local int64_t size = 0;
  if (bytes > size) {
    memory.reset();
    size = (bytes + 4095) / 4096 * 4096;
    memory.reset(std::aligned_alloc(4096, static_cast<size_t>(size)));
    if (!memory) {
      size = 0;
      throw std::bad_alloc();
    }
  }
  return memory.get();
}

}  // namespace octet::ops
