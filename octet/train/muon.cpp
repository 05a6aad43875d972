#include "octet/train/muon.h"

#include <cmath>

#include "octet/base/error.h"

namespace octet::train {

namespace {

constexpr double a = 3.4445, b = -4.7750, c = 2.0315;
constexpr int steps = 5;

// [n, rows, cols] with rows <= cols and norm 1, and whether it was turned over for that.
struct Start {
  at::Tensor x;
  bool turned;
};

Start start(const at::Tensor& m) {
  check(m.dim() >= 2, "Muon is for matrices");
  at::Tensor x = m.reshape({-1, m.size(-2), m.size(-1)});
  bool turned = x.size(1) > x.size(2);
  if (turned) x = x.transpose(1, 2);
  at::Tensor norm = x.norm(2, {1, 2}, true).clamp_min(1e-12);
  return {(x / norm).contiguous(), turned};
}

at::Tensor finish(const Start& s, const at::Tensor& x, at::IntArrayRef shape) {
  return (s.turned ? x.transpose(1, 2) : x).reshape(shape);
}

}  // namespace

at::Tensor orthogonalise_reference(const at::Tensor& m) {
  Start s = start(m);
  at::Tensor x = s.x;
  for (int i = 0; i < steps; ++i) {
    at::Tensor gram = at::bmm(x, x.transpose(1, 2));
    x = a * x + at::bmm(b * gram + c * at::bmm(gram, gram), x);
  }
  return finish(s, x, m.sizes());
}

// Every step multiplies X from the left by Q = a I + b G + c G^2, a polynomial in G = X X'. Q and G commute, so the
// next G is Q G Q and the product of all Q is gathered apart: no product but the last involves the long side.
at::Tensor orthogonalise(const at::Tensor& m) {
  Start s = start(m);
  at::Tensor gram = at::bmm(s.x, s.x.transpose(1, 2)), product;
  for (int i = 0; i < steps; ++i) {
    at::Tensor q = at::baddbmm(gram, gram, gram, b, c);
    q.diagonal(0, 1, 2).add_(a);
    product = i == 0 ? q : at::bmm(q, product);
    if (i + 1 < steps) gram = at::bmm(at::bmm(q, gram), q);
  }
  return finish(s, at::bmm(product, s.x), m.sizes());
}

void muon_update(const Muon& rule, at::Tensor p, const at::Tensor& gradient, at::Tensor buffer, int64_t blocks) {
  int64_t rows = p.size(-2) / blocks, cols = p.size(-1);
  check(rows * blocks == p.size(-2), "rows that the blocks do not divide");
  buffer.mul_(rule.momentum).add_(gradient, rule.gradient_scale);
  at::Tensor u = (gradient * rule.gradient_scale).add_(buffer, rule.momentum);
  at::Tensor o = orthogonalise(u.reshape({-1, rows, cols})).reshape(p.sizes());
  double size = 0.2 * std::sqrt(static_cast<double>(std::max(rows, cols)));
  p.mul_(1 - rule.lr * rule.weight_decay).add_(o, -rule.lr * size);
}

}  // namespace octet::train
