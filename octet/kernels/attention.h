// Causal attention of one head over one sequence, forward and backward, in tiles with a streaming softmax (after Dao,
// "FlashAttention-2", 2023): scores are never held whole, so memory grows with the length and not with its square.
// The unit of work is one (sequence, head): it alone writes its rows of the gradients, which keeps sums in one order.
#pragma once
#include <stdint.h>

namespace octet::kernels {

// Rows of one head, one a token; numbers of a row are adjacent.
template <class T>
struct Rows {
  const T* data;
  int64_t stride, width;
  const T* operator[](int64_t i) const { return data + i * stride; }
};
template <class T>
struct OutRows {
  T* data;
  int64_t stride;
  T* operator[](int64_t i) const { return data + i * stride; }
};

template <class T>
struct AttentionForward {
  int64_t length;
  T scale;
  Rows<T> q, k, v;
  OutRows<T> out;
  OutRows<T> lse;  // log sum_j exp(scale q k_j) of each token: one number a row, what the backward pass needs
  T* scratch;      // forward_scratch(length, Q, V) numbers, 64-byte aligned
};

template <class T>
struct AttentionBackward {
  int64_t length;
  T scale;
  Rows<T> q, k, v, out, d_out;
  Rows<T> lse;
  OutRows<T> dq, dk, dv;  // overwritten
  T* scratch;             // backward_scratch(length, Q, V) numbers
};

template <class T>
struct AttentionKernels {
  void (*forward)(const AttentionForward<T>&);
  void (*backward)(const AttentionBackward<T>&);
  int64_t (*forward_scratch)(int64_t length, int64_t q_width, int64_t v_width);
  int64_t (*backward_scratch)(int64_t length, int64_t q_width, int64_t v_width);
};

extern const AttentionKernels<float> attention_scalar, attention_avx2, attention_avx512;
extern const AttentionKernels<double> attention_scalar_f64;

}  // namespace octet::kernels
