#include "octet/infer/pace.h"

#include <algorithm>
#include <cmath>

#include "octet/infer/runner.h"

namespace octet::infer {

namespace {

constexpr double hope = 0.8, hope_rate = 0.002, learning_rate = 0.02;
constexpr double margin = 0.05;  // of the gain, before a decision is changed: steps' times are noisy

}  // namespace

int64_t Pace::prompt_tokens(int64_t answers) const {
  if (!step_.known()) return 4 * cache_block;
  double tokens = (stretch - 1) * step_.seconds(answers, 0) / step_.seconds_per_prompt_token();
  return static_cast<int64_t>(std::clamp(tokens, static_cast<double>(cache_block), 1e6));
}

void Pace::observe_step(int64_t answer_tokens, int64_t prompt_tokens, double seconds) {
  step_.observe(answer_tokens, prompt_tokens, seconds);
}

bool Pace::guesses_pay(int64_t answers) {
  if (!step_.known() || !drafter_.known()) return true;
  double with = step_.seconds(2 * answers, 0) + drafter_.seconds(answers, 0), without = step_.seconds(answers, 0);
  double gain = (1 + accepted_) * without / with;
  paying_ = gain > (paying_ ? 1 - margin : 1 + margin);
  return paying_;
}

void Pace::observe_drafter(int64_t guesses, int64_t other_tokens, double seconds) {
  drafter_.observe(guesses, other_tokens, seconds);
}

void Pace::observe_guesses(int64_t verified, int64_t accepted) {
  if (verified == 0) {
    accepted_ += hope_rate * std::max(0.0, hope - accepted_);
    return;
  }
  double rate = 1 - std::pow(1 - learning_rate, static_cast<double>(verified));
  accepted_ += rate * (static_cast<double>(accepted) / static_cast<double>(verified) - accepted_);
}

}  // namespace octet::infer
