// Vectors of 8 floats for AVX2 with FMA (see simd_generic.h).
#pragma once
#include <immintrin.h>
#include <stdint.h>

#include "octet/kernels/bf16.h"

namespace octet::kernels {
namespace {

struct Avx2 {
  using T = float;
  using V = __m256;
  static constexpr int width = 8;
  static constexpr int tile_rows = 6, tile_vectors = 2;  // 12 accumulators, 2 of b and 1 of a: 15 of 16 registers

  static V set1(T x) { return _mm256_set1_ps(x); }
  static V zero() { return _mm256_setzero_ps(); }
  static V load(const T* p) { return _mm256_loadu_ps(p); }
  static void store(T* p, V v) { _mm256_storeu_ps(p, v); }
  static V load(const Bf16* p) {
    __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
  }
  static __m256i first(int64_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static V load_n(const T* p, int64_t n) { return _mm256_maskload_ps(p, first(n)); }
  static V load_n(const Bf16* p, int64_t n) {
    Bf16 part[width] = {};
    for (int64_t i = 0; i < n; ++i) part[i] = p[i];
    return load(part);
  }
  static void store_n(T* p, V v, int64_t n) { _mm256_maskstore_ps(p, first(n), v); }
  static V fma(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
  static V add(V a, V b) { return _mm256_add_ps(a, b); }
  static V sub(V a, V b) { return _mm256_sub_ps(a, b); }
  static V mul(V a, V b) { return _mm256_mul_ps(a, b); }
  static V div(V a, V b) { return _mm256_div_ps(a, b); }
  static V max(V a, V b) { return _mm256_max_ps(a, b); }
  static V sqrt(V a) { return _mm256_sqrt_ps(a); }
  // e^x = 2^n e^r with n = round(x log2 e), |r| <= ln 2 / 2, e^r by a polynomial of degree 6; 0 below -87.3, where
  // float32 would turn subnormal. Relative error below 2e-7.
  static V exp(V x) {
    V alive = _mm256_cmp_ps(x, set1(-87.3f), _CMP_GT_OQ);
    x = _mm256_min_ps(max(x, set1(-87.3f)), set1(88.3f));
    V n = _mm256_round_ps(mul(x, set1(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    V r = _mm256_fnmadd_ps(n, set1(0.693359375f), x);
    r = _mm256_fnmadd_ps(n, set1(-2.12194440e-4f), r);
    V p = fma(set1(1.3888889e-3f), r, set1(8.3333333e-3f));
    p = fma(p, r, set1(4.1666667e-2f));
    p = fma(p, r, set1(1.6666667e-1f));
    p = fma(p, r, set1(0.5f));
    p = fma(p, r, set1(1.0f));
    p = fma(p, r, set1(1.0f));
    __m256i exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_and_ps(alive, mul(p, _mm256_castsi256_ps(exponent)));
  }
  static T sum(V a) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
  }
  // The sums of a's vectors and of b's, each the very number that sum() gives: halves, then pairs two apart, then
  // neighbours, for eight vectors at once.
  template <int R>
  static void sums(const V (&a)[R], const V (&b)[R], T* to_a, T* to_b) {
    static_assert(R == 1 || R == 3 || R == 4);
    if constexpr (R == 1) {
      *to_a = sum(a[0]);
      *to_b = sum(b[0]);
    } else {
      auto halves = [](V x, V y) {
        return add(_mm256_permute2f128_ps(x, y, 0x20), _mm256_permute2f128_ps(x, y, 0x31));
      };
      V last = halves(a[R - 1], b[R - 1]), p = halves(a[0], b[0]), q = halves(a[1], b[1]);
      V r = R == 4 ? halves(a[2], b[2]) : last;
      V pq = add(_mm256_shuffle_ps(p, q, 0x44), _mm256_shuffle_ps(p, q, 0xee));
      V rs = add(_mm256_shuffle_ps(r, last, 0x44), _mm256_shuffle_ps(r, last, 0xee));
      V all = add(_mm256_shuffle_ps(pq, rs, 0x88), _mm256_shuffle_ps(pq, rs, 0xdd));
      store_first<R>(to_a, _mm256_castps256_ps128(all));
      store_first<R>(to_b, _mm256_extractf128_ps(all, 1));
    }
  }
  template <int R>
  static void store_first(T* to, __m128 x) {
    if constexpr (R == 4) {
      _mm_storeu_ps(to, x);
    } else {
      _mm_storel_pi(reinterpret_cast<__m64*>(to), x);
      _mm_store_ss(to + 2, _mm_movehl_ps(x, x));
    }
  }
  // Pairs, then fours within each half of the vectors, then halves.
  static void transpose(V (&r)[8]) {
    V t[8];
    for (int i = 0; i < 8; i += 2) {
      t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
      t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < 8; i += 4)
      for (int j = 0; j < 2; ++j) {
        __m256d a = _mm256_castps_pd(t[i + j]), b = _mm256_castps_pd(t[i + j + 2]);
        r[i + 2 * j] = _mm256_castpd_ps(_mm256_unpacklo_pd(a, b));
        r[i + 2 * j + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(a, b));
      }
    for (int j = 0; j < 4; ++j) {
      V a = r[j], b = r[j + 4];
      r[j] = _mm256_permute2f128_ps(a, b, 0x20);
      r[j + 4] = _mm256_permute2f128_ps(a, b, 0x31);
    }
  }
  static T largest(V a) {
    __m128 s = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    s = _mm_max_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
  }
};

}  // namespace
}  // namespace octet::kernels
