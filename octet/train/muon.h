// Muon (Jordan et al. 2024) in Moonlight's form (Liu et al. 2025, "Muon is scalable for LLM training"): the momentum of
// a matrix is replaced by the nearest matrix with singular values near 1, scaled so that its entries are as large as
// AdamW's updates, which lets both share one learning rate and weight decay.
#pragma once
#include <ATen/ATen.h>

namespace octet::train {

struct Muon {
  double lr = 0, momentum = 0.95, weight_decay = 0.1;
  double gradient_scale = 1;
};

// Five Newton-Schulz steps X <- a X + (b X X' + c (X X')^2) X, (a, b, c) = (3.4445, -4.7750, 2.0315), from X / |X|.
// Singular values end between about 0.7 and 1.2. m [.., rows, cols], one matrix or a stack of them; float32 or float64.
// The reference; orthogonalise() gives the same but works on the smaller Gram matrix.
at::Tensor orthogonalise_reference(const at::Tensor& m);
at::Tensor orthogonalise(const at::Tensor& m);

// One update in place: buffer <- momentum buffer + g; u = g + momentum buffer (Nesterov);
// p <- p (1 - lr weight_decay) - lr 0.2 sqrt(max(rows, cols)) orthogonalise(u).
// p [.., rows, cols]; `blocks` matrices of equal height lie on top of one another in the rows and are treated one by
// one.
void muon_update(const Muon& rule, at::Tensor p, const at::Tensor& gradient, at::Tensor buffer, int64_t blocks);

}  // namespace octet::train
