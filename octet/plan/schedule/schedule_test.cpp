// Schedules against the published bubble formulas, the activations they hold, and their own critical path.
#include "octet/plan/schedule/schedule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "octet/base/error.h"
#include "octet/plan/schedule/execute.h"

namespace octet::plan {
namespace {

constexpr double f = 1, b_input = 1, w = 1, pair = 3;

Costs even(int stages) {
  auto n = static_cast<size_t>(stages);
  Costs out;
  out.forward.assign(n, f);
  out.backward_input.assign(n, b_input);
  out.weight.assign(n, w);
  out.overlapped.assign(n * n, pair);
  return out;
}

double most_bubble(const Schedule& schedule) {
  Execution run = execute(schedule, even(schedule.stages));
  double most = 0;
  for (int rank = 0; rank < schedule.ranks; ++rank) most = std::max(most, run.bubble(rank));
  return most;
}

// Every number of stages from 4 to 32; DualPipe and DualPipeV have an even number.
class Bubble : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Stages, Bubble, testing::Range(4, 33));
class EvenBubble : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Stages, EvenBubble, testing::Range(4, 33, 2));

TEST_P(Bubble, OneForwardOneBackward) {
  int pp = GetParam();
  EXPECT_NEAR(most_bubble(one_f_one_b(pp, 3 * pp)), (pp - 1) * (f + b_input + w), 1e-9);
}
TEST_P(Bubble, Interleaved) {
  int pp = GetParam();
  for (int vp : {2, 4})
    EXPECT_NEAR(most_bubble(interleaved(pp, vp, 3 * pp)), (pp - 1) * (f + b_input + w), 1e-9) << vp;  // of a chunk
}
TEST_P(Bubble, ZeroBubbleOne) {
  int pp = GetParam();
  EXPECT_NEAR(most_bubble(zb1p(pp, 3 * pp)), (pp - 1) * (f + (b_input + w) - 2 * w), 1e-9);
}
TEST_P(EvenBubble, DualPipe) {
  int pp = GetParam();
  EXPECT_NEAR(most_bubble(dualpipe(pp, 4 * pp)), (pp / 2 - 1) * (pair + (b_input + w) - 3 * w), 1e-9);
}
TEST_P(EvenBubble, DualPipeV) {
  int pp = GetParam();
  EXPECT_NEAR(most_bubble(dualpipev(pp / 2, 4 * pp)), (pp / 2 - 1) * (pair + (b_input + w) - 3 * w), 1e-9);
}

TEST(Schedule, DualPipeRefusesAnOddNumberOfStages) { EXPECT_THROW(dualpipe(5, 20), Error); }

TEST(Schedule, ActivationsHeldAtOnce) {
  auto most = [](const Schedule& schedule) {
    auto peaks = peak_live(schedule);
    return *std::max_element(peaks.begin(), peaks.end());
  };
  EXPECT_EQ(most(one_f_one_b(16, 120)), 16);
  EXPECT_EQ(most(zb1p(16, 120)), 16);
  EXPECT_EQ(most(dualpipe(16, 120)), 17);  // PP + 1, as the report's table says
  EXPECT_EQ(most(dualpipev(8, 120)), 17);
  EXPECT_EQ(most(one_f_one_b(8, 3)), 3);
}

const std::vector<std::string> names = {"1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev"};

Schedule any_schedule() {
  std::string name = *rc::gen::elementOf(names);
  int ranks = *rc::gen::inRange(1, 9), micros = *rc::gen::inRange(1, 40);
  if (name == "dualpipe") ranks *= 2;
  return make_schedule(name, ranks, name == "interleaved" ? *rc::gen::inRange(1, 5) : 1, micros);
}

RC_GTEST_PROP(ScheduleProperty, EveryMicroBatchPassesEveryStageOnceEachWay, ()) {
  Schedule schedule = any_schedule();
  std::map<std::tuple<int, int, int>, int> seen;  // (direction, micro, stage)
  for (int rank = 0; rank < schedule.ranks; ++rank)
    for (const Op& op : schedule.order[static_cast<size_t>(rank)]) {
      RC_ASSERT(schedule.rank(op.micro, op.stage) == rank);
      bool whole = op.kind == Kind::backward;
      if (op.kind == Kind::forward || op.kind == Kind::overlapped) seen[{0, op.micro, op.stage}]++;
      if (whole || op.kind == Kind::backward_input) seen[{1, op.micro, op.stage}]++;
      if (whole || op.kind == Kind::weight) seen[{2, op.micro, op.stage}]++;
      if (op.kind == Kind::overlapped) {
        RC_ASSERT(schedule.rank(op.micro_back, op.stage_back) == rank);
        seen[{1, op.micro_back, op.stage_back}]++;
        seen[{2, op.micro_back, op.stage_back}]++;
      }
    }
  RC_ASSERT(seen.size() == 3u * static_cast<size_t>(schedule.stages * schedule.micro_batches));
  for (const auto& [key, times] : seen) RC_ASSERT(times == 1);
}

RC_GTEST_PROP(ScheduleProperty, NeverBeatsItsCriticalPathNorStands, ()) {
  Schedule schedule = any_schedule();
  auto n = static_cast<size_t>(schedule.stages);
  Costs costs;
  for (auto* part : {&costs.forward, &costs.backward_input, &costs.weight})
    for (size_t i = 0; i < n; ++i) part->push_back(*rc::gen::inRange(0, 1000) / 100.0);
  costs.send = *rc::gen::inRange(0, 100) / 100.0;
  Execution run = execute(schedule, costs, Record::events);
  RC_ASSERT(run.seconds >= run.critical_path - 1e-9);
  double alone = 0;  // all the work on one rank, and every message waited for
  for (const Event& event : run.events) alone += costs.of(event.rank, event.op) + 2 * costs.send;
  RC_ASSERT(run.seconds <= alone + 1e-9);
  double chain = 0;  // the first micro-batch there and back
  for (size_t i = 0; i < n; ++i) chain += costs.forward[i] + costs.backward_input[i];
  RC_ASSERT(run.critical_path >= chain - 1e-9);
}

RC_GTEST_PROP(ScheduleProperty, SlowerRanksNeverHelp, ()) {
  Schedule schedule = any_schedule();
  Costs costs = even(schedule.stages);
  double before = execute(schedule, costs).seconds;
  costs.slowdown.assign(static_cast<size_t>(schedule.ranks), 1.0);
  costs.slowdown[static_cast<size_t>(*rc::gen::inRange(0, schedule.ranks))] = 1.5;
  RC_ASSERT(execute(schedule, costs).seconds >= before - 1e-9);
}

}  // namespace
}  // namespace octet::plan
