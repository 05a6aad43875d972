// A loop over n numbers in vectors, the last of them partial.
#pragma once
#include <stdint.h>

namespace octet::kernels {
namespace {

template <class S>
struct Whole {
  template <class Element>
  static typename S::V load(const Element* p) {
    return S::load(p);
  }
  static void store(typename S::T* p, typename S::V v) { S::store(p, v); }
};

template <class S>
struct Part {
  int64_t n;
  template <class Element>
  typename S::V load(const Element* p) const {
    return S::load_n(p, n);
  }
  void store(typename S::T* p, typename S::V v) const { S::store_n(p, v, n); }
};

// body(i, io): numbers i .. i + width - 1, loaded and stored through io; what a partial vector lacks reads as 0.
template <class S, class Body>
inline void each(int64_t n, Body&& body) {
  int64_t i = 0;
  for (; i + S::width <= n; i += S::width) body(i, Whole<S>{});
  if (i < n) body(i, Part<S>{n - i});
}

}  // namespace
}  // namespace octet::kernels
