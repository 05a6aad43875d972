// Work on torch's own threads, and memory for it. (at::parallel_for runs on one thread in files compiled without
// OpenMP.)
#pragma once
#include <cstdint>
#include <functional>

namespace octet::ops {

// Calls body(unit) for each unit in 0..units-1. Which thread takes which unit is not fixed: for results that do not
// depend on it, each unit writes to a place of its own, and the cut into units depends on shapes and threads() alone.
// `work` is what all units cost together, in multiply-adds or numbers touched: little work stays on this thread.
void parallel(int64_t units, int64_t work, const std::function<void(int64_t)>& body);

// Multiply-adds below which waking a thread costs more than it helps.
constexpr int64_t little_work = 1 << 17;

int64_t threads();

// Room for n numbers, 64-byte aligned, of this thread: valid until the thread's next call. Contents are undefined.
void* scratch_bytes(int64_t bytes);
template <class T>
T* scratch(int64_t n) {
  return static_cast<T*>(scratch_bytes(n * static_cast<int64_t>(sizeof(T))));
}

}  // namespace octet::ops
