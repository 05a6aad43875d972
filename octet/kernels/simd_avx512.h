// Vectors of 16 floats for AVX-512 F, BW, DQ, VL (see simd_generic.h).
#pragma once
#include <immintrin.h>
#include <stdint.h>

#include "octet/kernels/bf16.h"
#include "octet/kernels/simd_avx2.h"

namespace octet::kernels {
namespace {

struct Avx512 {
  using T = float;
  using V = __m512;
  static constexpr int width = 16;
  static constexpr int tile_rows = 12, tile_vectors = 2;  // 24 accumulators, 2 of b and 1 of a: 27 of 32 registers

  static V set1(T x) { return _mm512_set1_ps(x); }
  static V zero() { return _mm512_setzero_ps(); }
  static V load(const T* p) { return _mm512_loadu_ps(p); }
  static void store(T* p, V v) { _mm512_storeu_ps(p, v); }
  static V widen(__m256i half) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16)); }
  static V load(const Bf16* p) { return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))); }
  static __mmask16 first(int64_t n) { return static_cast<__mmask16>((1u << n) - 1); }
  static V load_n(const T* p, int64_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
  static V load_n(const Bf16* p, int64_t n) { return widen(_mm256_maskz_loadu_epi16(first(n), p)); }
  static void store_n(T* p, V v, int64_t n) { _mm512_mask_storeu_ps(p, first(n), v); }
  static V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
  static V add(V a, V b) { return _mm512_add_ps(a, b); }
  static V sub(V a, V b) { return _mm512_sub_ps(a, b); }
  static V mul(V a, V b) { return _mm512_mul_ps(a, b); }
  static V div(V a, V b) { return _mm512_div_ps(a, b); }
  static V max(V a, V b) { return _mm512_max_ps(a, b); }
  static V sqrt(V a) { return _mm512_sqrt_ps(a); }
  static V exp(V x) {  // as in simd_avx2.h
    __mmask16 alive = _mm512_cmp_ps_mask(x, set1(-87.3f), _CMP_GT_OQ);
    x = _mm512_min_ps(max(x, set1(-87.3f)), set1(88.3f));
    V n = _mm512_roundscale_ps(mul(x, set1(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    V r = _mm512_fnmadd_ps(n, set1(0.693359375f), x);
    r = _mm512_fnmadd_ps(n, set1(-2.12194440e-4f), r);
    V p = fma(set1(1.3888889e-3f), r, set1(8.3333333e-3f));
    p = fma(p, r, set1(4.1666667e-2f));
    p = fma(p, r, set1(1.6666667e-1f));
    p = fma(p, r, set1(0.5f));
    p = fma(p, r, set1(1.0f));
    p = fma(p, r, set1(1.0f));
    return _mm512_maskz_scalef_ps(alive, p, n);
  }
  // Pairs, then fours within each quarter of the vectors, then quarters.
  static void transpose(V (&r)[16]) {
    V t[16];
    for (int i = 0; i < 16; i += 2) {
      t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
      t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4)
      for (int j = 0; j < 2; ++j) {
        __m512d a = _mm512_castps_pd(t[i + j]), b = _mm512_castps_pd(t[i + j + 2]);
        r[i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
        r[i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
      }
    for (int j = 0; j < 4; ++j) {
      V low01 = _mm512_shuffle_f32x4(r[j], r[j + 4], 0x44), high01 = _mm512_shuffle_f32x4(r[j], r[j + 4], 0xee);
      V low23 = _mm512_shuffle_f32x4(r[j + 8], r[j + 12], 0x44),
        high23 = _mm512_shuffle_f32x4(r[j + 8], r[j + 12], 0xee);
      r[j] = _mm512_shuffle_f32x4(low01, low23, 0x88);
      r[j + 4] = _mm512_shuffle_f32x4(low01, low23, 0xdd);
      r[j + 8] = _mm512_shuffle_f32x4(high01, high23, 0x88);
      r[j + 12] = _mm512_shuffle_f32x4(high01, high23, 0xdd);
    }
  }
  static __m256 halves(V a) { return _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1)); }
  static T sum(V a) { return Avx2::sum(halves(a)); }
  template <int R>
  static void sums(const V (&a)[R], const V (&b)[R], T* to_a, T* to_b) {
    __m256 half_a[R], half_b[R];
    for (int r = 0; r < R; ++r) {
      half_a[r] = halves(a[r]);
      half_b[r] = halves(b[r]);
    }
    Avx2::sums(half_a, half_b, to_a, to_b);
  }
  static T largest(V a) { return _mm512_reduce_max_ps(a); }
};

}  // namespace
}  // namespace octet::kernels
