// Two decisions that time alone depends on, never an answer: how a prompt is cut and whether the next token is guessed
// at do not change a bit of what comes out.
#pragma once
#include "octet/infer/cost_model.h"

namespace octet::infer {

// How much of prompts may be computed beside running answers: as much as makes a step at most `stretch` times as long
// as a step of answers alone.
class Pace {
 public:
  static constexpr double stretch = 3.5;
  int64_t prompt_tokens(int64_t answers) const;  // at least a block
  void observe_step(int64_t answer_tokens, int64_t prompt_tokens, double seconds);

  // Whether it pays that each of so many answers computes a guess too: a step of twice the tokens and the drafter's
  // time, against as many more tokens as are accepted. Few answers wait for the step's fixed costs, many do not; and
  // with routed experts each guess wakes experts of its own.
  bool guesses_pay(int64_t answers);
  void observe_drafter(int64_t guesses, int64_t other_tokens, double seconds);
  void observe_guesses(int64_t verified, int64_t accepted);

 private:
  CostModel step_, drafter_;
  bool paying_ = true;
  double accepted_ = 0.8;  // share of guesses, running mean; a hope at first, and again while none are made
};

}  // namespace octet::infer
