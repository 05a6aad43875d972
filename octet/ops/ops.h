// The operators a model is made of. Each has a reference (ops/reference.h: a composition of ATen calls, any device,
// float64 too, gradients from autograd) and, where that is measurably slower, a kernel with its own backward pass.
// The functions here check shapes and choose; a property test holds kernel against reference on awkward shapes.
//
// Shape suffixes: T tokens, D hidden, H heads, Q query/key head width (nope + rope), R rope width, V value head width,
// C latent, E experts, K chosen experts, F expert width, N outputs, S sequences, L cached tokens.
#pragma once
#include <ATen/ATen.h>

namespace octet::ops {

// A matrix [N, D] (y = W x) and how it is encoded. A linear layer does not know its format: linear() picks the kernel.
// float32 and bfloat16 for now; further encodings add a kind here and a kernel there.
struct Weight {
  at::Tensor data;  // [N, D]
  bool defined() const { return data.defined(); }
};

// x / sqrt(mean(x^2) + eps) * w, in float32 inside, result in x's dtype. x [.., D], w [D].
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& w_D, double eps);

// x [.., D] -> [.., N] in x's dtype. Where the weight's dtype differs from x's (a float32 master under bfloat16
// compute) it is converted for the product, and its gradient comes back in the weight's dtype.
at::Tensor linear(const at::Tensor& x, const Weight& w);

// silu(gate) * up for gate_up [.., 2F] = [gate | up]; result [.., F].
at::Tensor swiglu(const at::Tensor& gate_up);

// Interleaved rotation: the pair (x[2i], x[2i+1]) turns by position * frequency_i. x [T, .., R], positions int64 [T],
// cos_sin float32 [P, R] = [cos | sin] for positions 0..P-1 (see rope_table).
at::Tensor rope(const at::Tensor& x, const at::Tensor& positions_T, const at::Tensor& cos_sin_PR);
at::Tensor rope_table(const std::vector<double>& frequencies, int64_t positions);  // float32 [P, 2 * frequencies]

// Causal attention inside each sequence: tokens cu_seqlens[s] .. cu_seqlens[s+1]-1 see those before them in the same
// sequence and themselves. q, k [T, H, Q], v [T, H, V], cu_seqlens int64 [S+1] on the CPU, from 0 to T.
// softmax(scale q k) v in float32 inside; result [T, H, V] in v's dtype.
at::Tensor attention(const at::Tensor& q_THQ, const at::Tensor& k_THQ, const at::Tensor& v_THV,
                     const at::Tensor& cu_seqlens_S1, double scale);

// Absorbed attention on the latent cache (V2 report, section 2.1.2): every head reads the same row of C + R numbers.
// q [T, H, C+R] = [q_nope absorbed by w_uk | rope(q_pe)]; cache [slots, C+R] = [normalised c_kv | rope(k_pe)] in
// float32 or bfloat16, never copied or expanded; token t sees the cache rows rows[row_start[t] .. row_start[t] +
// row_count[t]) (int64; row_start and row_count are [T]). Result [T, H, C] in q's dtype: what w_uv turns into values.
at::Tensor latent_attention(const at::Tensor& q_THCR, const at::Tensor& cache, const at::Tensor& rows,
                            const at::Tensor& row_start_T, const at::Tensor& row_count_T, int64_t latent, double scale);

// The routed experts: sum over k of weights[t,k] * down_e(swiglu(gate_up_e(x_t))), e = indices[t,k].
// x [T, D], indices int64 [T, K] (no expert twice in a row), weights float32 [T, K], gate_up [E, 2F, D],
// down [E, D, F]. Gradients to x, weights, gate_up and down. Result [T, D] in x's dtype. An expert nobody chose gets a
// zero gradient.
at::Tensor experts(const at::Tensor& x_TD, const at::Tensor& indices_TK, const at::Tensor& weights_TK,
                   const at::Tensor& gate_up_E2FD, const at::Tensor& down_EDF);

// -log softmax(head x)[target] a token, float32 [T]; targets int64 [T], -1: no loss (0, and no gradient).
// The logits [T, N] are never all held: rows are taken in chunks, and the backward pass makes them again.
at::Tensor cross_entropy(const at::Tensor& x_TD, const Weight& head, const at::Tensor& targets_T);

// cross_entropy(...).sum(), a scalar: for training, where every token's loss weighs the same. Its gradient is made
// while the logits are at hand, so that a step saves one of four products of the head.
at::Tensor cross_entropy_sum(const at::Tensor& x_TD, const Weight& head, const at::Tensor& targets_T);

// y[t, h] = x[t, h] w[h]: each head's rows by its own matrix. x [T, H, A], w [H, A, B], both with any strides but
// adjacent last numbers of x. Result [T, H, B] in x's dtype.
at::Tensor heads_product(const at::Tensor& x_THA, const at::Tensor& w_HAB);

// 1 / (1 + e^-x) of each number.
at::Tensor sigmoid(const at::Tensor& x);

// How operators compute. `kernels`: with kernels where there is one, whichever is fastest for the shape (the default).
// `independent`: the same without gradients, but by algorithms whose every row is the same bits whatever the other rows
// are and however many: for serving, where a token's answer must not depend on its company (on the CPU; elsewhere it is
// `kernels`). `reference`: the references alone, for comparisons and tests.
enum class Path { kernels, independent, reference };
struct UsePath {  // for its lifetime, on this thread
  explicit UsePath(Path path);
  ~UsePath();
  UsePath(const UsePath&) = delete;
  UsePath& operator=(const UsePath&) = delete;

 private:
  Path before_;
};
Path path();

}  // namespace octet::ops
