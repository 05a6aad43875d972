// How long a step lasts, learnt from the steps so far: seconds = base + answer tokens * a + prompt tokens * p, by least
// squares of the relative error in which old steps fade. What the steps do not tell apart stays as it was believed.
#pragma once
#include <array>
#include <cstdint>

namespace octet::infer {

class CostModel {
 public:
  void observe(int64_t answer_tokens, int64_t prompt_tokens, double seconds);
  bool known() const { return known_; }
  double seconds(int64_t answer_tokens, int64_t prompt_tokens) const;
  double seconds_per_prompt_token() const { return cost_[2]; }

 private:
  using Vector = std::array<double, 3>;  // of base, answer token, prompt token
  bool known_ = false;
  Vector cost_{}, right_{};  // right_ and matrix_: the normal equations
  std::array<Vector, 3> matrix_{};
};

}  // namespace octet::infer
