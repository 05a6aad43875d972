#include "octet/infer/cost_model.h"

#include <algorithm>

namespace octet::infer {

namespace {

constexpr double fade = 0.97;     // of a step's weight, a step
constexpr double inertia = 1e-3;  // of what was believed, against all that was seen

using Vector = std::array<double, 3>;

// x of m x = b by elimination; m is symmetric and positive definite, so no pivoting is needed.
Vector solved(std::array<Vector, 3> m, Vector b) {
  for (size_t i = 0; i < 3; ++i)
    for (size_t j = i + 1; j < 3; ++j) {
      double f = m[j][i] / m[i][i];
      for (size_t k = i; k < 3; ++k) m[j][k] -= f * m[i][k];
      b[j] -= f * b[i];
    }
  for (size_t i = 3; i-- > 0;) {
    for (size_t k = i + 1; k < 3; ++k) b[i] -= m[i][k] * b[k];
    b[i] /= m[i][i];
  }
  return b;
}

}  // namespace

void CostModel::observe(int64_t answer_tokens, int64_t prompt_tokens, double seconds) {
  Vector x{1, static_cast<double>(answer_tokens), static_cast<double>(prompt_tokens)};
  seconds = std::max(seconds, 1e-9);
  if (!known_) {  // a first belief: half of it the base, half the tokens
    double half = seconds / 2, tokens = std::max(1.0, x[1] + x[2]);
    cost_ = {half, half / tokens, half / tokens};
    known_ = true;
  }
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) matrix_[i][j] = fade * matrix_[i][j] + x[i] * x[j] / (seconds * seconds);
    right_[i] = fade * right_[i] + x[i] / seconds;
  }
  auto system = matrix_;
  Vector right = right_;
  for (size_t i = 0; i < 3; ++i) {  // and what has faded from sight altogether stays
    double weight = inertia * matrix_[i][i] + 1e-30;
    system[i][i] += weight;
    right[i] += weight * cost_[i];
  }
  Vector next = solved(system, right);
  for (size_t i = 0; i < 3; ++i) cost_[i] = std::max(next[i], 1e-12);
}

double CostModel::seconds(int64_t answer_tokens, int64_t prompt_tokens) const {
  return cost_[0] + cost_[1] * static_cast<double>(answer_tokens) + cost_[2] * static_cast<double>(prompt_tokens);
}

}  // namespace octet::infer
