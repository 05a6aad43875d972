// Vectors of 16 bytes in the compiler's own notation: the baseline of every processor, for float and double.
//
// The simd_*.h headers give the same few operations, so that a loop is written once over them (S::V is a vector of
// S::width numbers of type S::T). Everything that is compiled for an instruction set lies in an unnamed namespace and
// uses no standard library: the linker can then never keep a copy of an inline function that only some processors run.
#pragma once
#include <stdint.h>
#include <string.h>

#include "octet/kernels/bf16.h"

namespace octet::kernels {
namespace {

template <class Real>
struct Generic {
  using T = Real;
  typedef Real V __attribute__((vector_size(16)));
  static constexpr int width = 16 / sizeof(Real);
  static constexpr int tile_rows = 6, tile_vectors = 2;  // the product's register tile: 12 of 16 registers accumulate

  static V set1(T x) { return x - V{}; }
  static V zero() { return V{}; }
  static V load(const T* p) {
    V v;
    memcpy(&v, p, sizeof v);
    return v;
  }
  static void store(T* p, V v) { memcpy(p, &v, sizeof v); }
  static V load(const Bf16* p) {
    V v;
    for (int i = 0; i < width; ++i) v[i] = static_cast<T>(to_float(p[i]));
    return v;
  }
  // The first n < width numbers; the others read as 0 and are not written.
  template <class Element>
  static V load_n(const Element* p, int64_t n) {
    Element part[width] = {};
    for (int i = 0; i < width && i < n; ++i) part[i] = p[i];
    return load(part);
  }
  static void store_n(T* p, V v, int64_t n) {
    for (int64_t i = 0; i < n && i < width; ++i) p[i] = v[i];
  }
  static V fma(V a, V b, V c) { return a * b + c; }
  static V add(V a, V b) { return a + b; }
  static V sub(V a, V b) { return a - b; }
  static V mul(V a, V b) { return a * b; }
  static V div(V a, V b) { return a / b; }
  static V max(V a, V b) { return a > b ? a : b; }
  static V sqrt(V a) {
    for (int i = 0; i < width; ++i) a[i] = __builtin_sqrt(a[i]);
    return a;
  }
  static V exp(V a) {
    for (int i = 0; i < width; ++i) a[i] = sizeof(T) == 4 ? T(__builtin_expf(float(a[i]))) : T(__builtin_exp(a[i]));
    return a;
  }
  static T sum(V a) {
    T s = 0;
    for (int i = 0; i < width; ++i) s += a[i];
    return s;
  }
  // sum() of each of a's vectors and of b's.
  template <int R>
  static void sums(const V (&a)[R], const V (&b)[R], T* to_a, T* to_b) {
    for (int r = 0; r < R; ++r) to_a[r] = sum(a[r]);
    for (int r = 0; r < R; ++r) to_b[r] = sum(b[r]);
  }
  static void transpose(V (&r)[width]) {
    for (int i = 0; i < width; ++i)
      for (int j = 0; j < i; ++j) {
        T x = r[i][j];
        r[i][j] = r[j][i];
        r[j][i] = x;
      }
  }
  static T largest(V a) {
    T m = a[0];
    for (int i = 1; i < width; ++i) m = a[i] > m ? a[i] : m;
    return m;
  }
};

}  // namespace
}  // namespace octet::kernels
