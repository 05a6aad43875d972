#include "octet/infer/pace.h"

#include <gtest/gtest.h>

#include "octet/base/random.h"
#include "octet/infer/runner.h"

namespace octet::infer {
namespace {

// base + a per answer token + p per prompt token, with noise and a pause now and then.
double made_up(Random& random, double base, double a, double p, int64_t answers, int64_t prompts) {
  double noise = 1 + 0.1 * random.normal(), pause = random.chance(0.03) ? 10 : 1;
  return (base + a * static_cast<double>(answers) + p * static_cast<double>(prompts)) * std::max(noise, 0.5) * pause;
}

TEST(CostModel, LearnsWhatStepsCost) {
  Random random(1);
  CostModel model;
  for (int i = 0; i < 400; ++i) {
    int64_t answers = random.between(0, 32), prompts = random.chance(0.5) ? 0 : random.between(1, 512);
    model.observe(answers, prompts, made_up(random, 1e-3, 2e-4, 1e-4, answers, prompts));
  }
  EXPECT_NEAR(model.seconds(16, 0), 4.2e-3, 1.5e-3);
  EXPECT_NEAR(model.seconds_per_prompt_token(), 1e-4, 4e-5);
}

// Long without prompts: what they cost is not forgotten.
TEST(CostModel, KeepsWhatItHasNotSeenForLong) {
  Random random(2);
  CostModel model;
  for (int i = 0; i < 60; ++i) {
    int64_t prompts = random.between(1, 512);
    model.observe(4, prompts, made_up(random, 1e-3, 2e-4, 1e-4, 4, prompts));
  }
  for (int i = 0; i < 2000; ++i) model.observe(4, 0, made_up(random, 1e-3, 2e-4, 1e-4, 4, 0));
  EXPECT_NEAR(model.seconds(4, 0), 1.8e-3, 6e-4);
  EXPECT_NEAR(model.seconds_per_prompt_token(), 1e-4, 5e-5);
}

TEST(Pace, PromptsStretchAStepAsMuchAsAllowed) {
  Random random(3);
  Pace pace;
  EXPECT_GE(pace.prompt_tokens(1), cache_block);
  for (int i = 0; i < 300; ++i) {
    int64_t prompts = i % 2 ? pace.prompt_tokens(8) : 0;
    pace.observe_step(8, prompts, made_up(random, 1e-3, 2e-4, 1e-4, 8, prompts));
  }
  // 2.6 ms for the answers: 6.5 ms more may go to prompts.
  EXPECT_GT(pace.prompt_tokens(8), 35);
  EXPECT_LT(pace.prompt_tokens(8), 120);
}

TEST(Pace, GuessesPayWhereTheFixedCostsAreLarge) {
  Random random(4);
  Pace pace;
  EXPECT_TRUE(pace.guesses_pay(1));  // to be tried
  for (int i = 0; i < 300; ++i) {
    int64_t answers = random.between(1, 32);
    pace.observe_step(answers, 0, made_up(random, 2e-3, 2e-4, 1e-4, answers, 0));
    pace.observe_drafter(answers, 0, made_up(random, 2e-4, 2e-5, 1e-5, answers, 0));
    pace.observe_guesses(10, 7);
  }
  EXPECT_TRUE(pace.guesses_pay(1));
  EXPECT_FALSE(pace.guesses_pay(64));
  for (int i = 0; i < 300; ++i) pace.observe_guesses(10, 0);
  EXPECT_FALSE(pace.guesses_pay(1));
  for (int i = 0; i < 1000; ++i) pace.observe_guesses(0, 0);
  EXPECT_TRUE(pace.guesses_pay(1));  // worth another try
}

}  // namespace
}  // namespace octet::infer
