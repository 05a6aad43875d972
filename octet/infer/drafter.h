// Guesses the next token of an answer, so that the next step can compute two tokens instead of one.
//
// A guess is verified, not believed: the next step computes the rows of [token, guess] at once, the sampler draws the
// token from the first row as it would have anyway (its own random number, its own mask and penalties), and if the
// guess is that token, the second row is the row of the token after it and counts as well. So an answer is the same
// bits with and without a drafter at every temperature, not only its distribution; and a seed's answer does not depend
// on whether speculation was on. (The rule that accepts with probability min(1, p/q) keeps the distribution alone.)
// To make guess and token agree often, the guess is drawn from the drafter's logits with the random number that the
// token will be drawn with: where both distributions are near each other, so are both draws.
#pragma once
#include <cstdint>
#include <span>

namespace octet::infer {

// What became of a part of the step that was just run.
struct Observed {
  int64_t part = 0;  // its number in the step
  int64_t kept = 0;  // its first so many computed tokens stand; a rejected guess behind them does not
  int64_t next = 0;  // the token that follows the last kept one
  enum class Guess { none, wanted } guess = Guess::none;
};

class Drafter {
 public:
  virtual ~Drafter() = default;

  // After each run(), once it is decided what follows: parts in rising order, some may be left out (their sequences
  // ended). Guesses for a part that was left out or seen without a wish are poor, not wrong.
  virtual void observe(std::span<const Observed> parts) = 0;

  // The drafter's logits [vocabulary] for the token after `next` of parts[index], as last observed with a wish. Valid
  // until the next observe().
  virtual std::span<const float> propose(size_t index) = 0;
};

}  // namespace octet::infer
