// Work on rows, memory-bound: norms, activations, the softmax of a loss, sums, and the optimizer's step. Rows are
// `stride` numbers apart; numbers of a row are adjacent. Each call handles rows 0 .. rows-1 on one thread.
#pragma once
#include <stdint.h>

namespace octet::kernels {

template <class T>
struct RmsNorm {  // y = x r w, r = 1 / sqrt(mean(x^2) + eps)
  int64_t rows, width;
  const T* x;
  int64_t x_stride;
  const T* w;
  T eps;
  T* y;  // adjacent rows
  T* r;  // [rows], for the backward pass
};

template <class T>
struct RmsNormBackward {  // dx = r (w dy - x r^2 mean(w dy x)),  dw += sum over rows of dy x r
  int64_t rows, width;
  const T* x;
  int64_t x_stride;
  const T *w, *r, *dy;
  T *dx, *dw;
};

template <class T>
struct Swiglu {         // y = scale silu(gate) up, gate_up = [gate | up]
  int64_t rows, width;  // of y
  const T* gate_up;
  int64_t gate_up_stride;
  const T* scale;  // [rows], or null for 1
  T* y;            // adjacent rows
};

template <class T>
struct SwigluBackward {
  int64_t rows, width;
  const T* gate_up;
  int64_t gate_up_stride;
  const T *scale, *dy;
  T* d_gate_up;  // adjacent rows
  T* d_scale;    // [rows], with scale: sum of dy silu(gate) up
};

template <class T>
struct Rope {  // the pair (x[2i], x[2i+1]) of each of `heads` rows turns by the angle whose cos and sin are given
  int64_t heads, width;
  const T* x;
  int64_t x_stride;
  const float *cos, *sin;  // [width / 2]
  T direction;             // 1 forward, -1 backward
  T* y;                    // adjacent rows
};

template <class T>
struct SumExp {  // running max and sum of exp(x - max)
  T max, sum;
};

// A long row is also looked at in blocks of so many numbers, the last one shorter: who searches it skips whole blocks.
constexpr int64_t row_block = 64;

template <class T>
struct Weigh {  // w = exp((x - top) scale), and of each block the largest w and the sum
  int64_t n;
  const T* x;  // -inf gives 0
  T top, scale;
  T *w, *tops, *sums;
};

template <class T>
struct AdamW {  // Loshchilov and Hutter, 2019, as in PyTorch: decay apart from the step
  int64_t n;
  T* w;
  const T* g;
  T *m, *v;
  T g_scale;  // clipping
  T rate, beta1, beta2, eps, decay;
  T correction1, correction2;  // 1 - beta^step
};

template <class T>
struct RowKernels {
  void (*rms_norm)(const RmsNorm<T>&);
  void (*rms_norm_backward)(const RmsNormBackward<T>&);
  void (*swiglu)(const Swiglu<T>&);
  void (*swiglu_backward)(const SwigluBackward<T>&);
  void (*rope)(const Rope<T>&);
  void (*sum_exp)(const T* x, int64_t n, SumExp<T>* state);
  // x[i] becomes scale * exp(x[i] - lse).
  void (*softmax_gradient)(T* x, int64_t n, T lse, T scale);
  void (*add_scaled)(T* y, const T* x, T scale, int64_t n);  // y += scale x
  void (*adamw)(const AdamW<T>&);
  void (*block_tops)(const T* x, int64_t n, T* tops);  // of each block the largest number; -inf where none is one
  void (*weigh)(const Weigh<T>&);
};

extern const RowKernels<float> rows_scalar, rows_avx2, rows_avx512;
extern const RowKernels<double> rows_scalar_f64;

}  // namespace octet::kernels
