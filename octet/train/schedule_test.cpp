#include "octet/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace octet::train {
namespace {

Schedule schedule(Shape shape, int64_t steps) {
  Schedule s;
  s.shape = shape;
  s.length.steps = steps;
  return s;
}

double at_step(const Schedule& s, int64_t step) { return rate(s, {.steps = step}); }

TEST(Schedule, ShareFollowsWhatTheLengthMeasures) {
  Done done{.steps = 25, .tokens = 4000, .seconds = 30};
  EXPECT_DOUBLE_EQ(share({.steps = 100}, done), 0.25);
  EXPECT_DOUBLE_EQ(share({.tokens = 8000}, done), 0.5);
  EXPECT_DOUBLE_EQ(share({.minutes = 2}, done), 0.25);
  EXPECT_DOUBLE_EQ(share({.steps = 10}, done), 1) << "never more than all";
}

TEST(Schedule, WarmUpIsLinearAndReachesThePeak) {
  Schedule s = schedule(Shape::constant, 1000);
  s.warmup_steps = 4;
  EXPECT_DOUBLE_EQ(at_step(s, 0), 0.25);
  EXPECT_DOUBLE_EQ(at_step(s, 2), 0.75);
  EXPECT_DOUBLE_EQ(at_step(s, 3), 1);
  EXPECT_DOUBLE_EQ(at_step(s, 900), 1);
}

TEST(Schedule, CosineFallsToTheMinimum) {
  Schedule s = schedule(Shape::cosine, 100);
  s.min_ratio = 0.1;
  EXPECT_DOUBLE_EQ(at_step(s, 0), 1);
  EXPECT_NEAR(at_step(s, 50), 0.55, 1e-12);
  EXPECT_NEAR(at_step(s, 100), 0.1, 1e-12);
}

TEST(Schedule, WsdHoldsThenDecaysAsOneMinusSqrt) {
  Schedule s = schedule(Shape::wsd, 100);
  EXPECT_DOUBLE_EQ(at_step(s, 80), 1);
  EXPECT_NEAR(at_step(s, 85), 1 - std::sqrt(0.25), 1e-12);
  EXPECT_NEAR(at_step(s, 95), 1 - std::sqrt(0.75), 1e-12);
  EXPECT_NEAR(at_step(s, 100), 0, 1e-12);
}

TEST(Schedule, AMinutesBudgetDecaysByTheClockWhateverTheSteps) {
  Schedule s;
  s.length.minutes = 10;
  EXPECT_DOUBLE_EQ(rate(s, {.steps = 7, .seconds = 480}), 1) << "80 % of ten minutes";
  EXPECT_NEAR(rate(s, {.steps = 7, .seconds = 510}), 0.5, 1e-12);
  EXPECT_NEAR(rate(s, {.steps = 900000, .seconds = 510}), 0.5, 1e-12);
  EXPECT_NEAR(rate(s, {.steps = 8, .seconds = 600}), 0, 1e-12);
}

TEST(Schedule, TwoPhasesChangeOnce) {
  TwoPhase weight{0.3, 0.1, 0.5};
  EXPECT_DOUBLE_EQ(weight.at(0.49), 0.3);
  EXPECT_DOUBLE_EQ(weight.at(0.5), 0.1);
}

}  // namespace
}  // namespace octet::train
