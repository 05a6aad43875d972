// What the engine does step by step, on the mock runner: everything that needs no model.
#include "octet/infer/loop.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "octet/infer/testing.h"

namespace octet::infer {
namespace {

using testing::Bench;
using testing::Heard;
using testing::request;
using testing::small_mock;
using testing::StripedMask;

TEST(Loop, SaysWhatTheRunnerSaysAndStopsAtTheStopToken) {
  MockOptions options = small_mock();
  options.next = MockOptions::say({10, 11, 12}, 1);
  MockRunner runner(options);
  Request r = request({5, 6});
  r.stop_tokens = {1};
  auto heard = Bench::alone(runner, r);
  EXPECT_EQ(heard->tokens(), (std::vector<int64_t>{10, 11, 12}));
  ASSERT_EQ(heard->ends.size(), 1u);
  EXPECT_EQ(heard->ends[0].finish, Finish::stop);
  EXPECT_EQ(heard->ends[0].prompt_tokens, 2);
  EXPECT_EQ(heard->ends[0].answer_tokens, 3);
}

TEST(Loop, EndsAtItsLengthAndAtTheContext) {
  MockOptions options = small_mock();
  options.context = 40;
  MockRunner runner(options);
  EXPECT_EQ(Bench::alone(runner, request({5, 6}, 7))->tokens().size(), 7u);
  auto heard = Bench::alone(runner, request(std::vector<int64_t>(30, 4), 100));
  EXPECT_EQ(heard->tokens().size(), 10u);
  EXPECT_EQ(heard->ends[0].finish, Finish::length);
}

// However many are guessed right, masked, penalised: the same tokens as without a drafter and alone.
RC_GTEST_PROP(Loop, GuessesAndCompanyChangeNothing, (uint64_t seed)) {
  auto make = [&](int64_t i) {
    Request r = request({3 + i, 9, 3 + i % 2}, 5 + 3 * i);
    r.sampling.temperature = i % 3 == 0 ? 0 : 400.0;  // the mock's favourites are strong
    r.sampling.seed = seed + static_cast<uint64_t>(i);
    if (i % 4 == 1) r.mask = std::make_shared<StripedMask>(3, i % 3, 4 + i);
    if (i % 4 == 2) r.sampling.presence_penalty = 1.5, r.sampling.repetition_penalty = 1.3;
    return r;
  };
  MockOptions options = small_mock();
  MockRunner plain(options);
  options.drafts_right = *rc::gen::element(0, 50, 100);
  MockRunner drafting(options);
  EngineOptions engine;
  engine.speculation = *rc::gen::element(EngineOptions::Speculation::mtp, EngineOptions::Speculation::always);
  engine.max_batch = *rc::gen::inRange<int64_t>(1, 9);
  engine.max_step_tokens = engine.max_batch + *rc::gen::inRange<int64_t>(0, 20);
  Bench together(drafting, engine);
  for (int64_t i = 0; i < 9; ++i) together.add(make(i));
  together.run();
  for (int64_t i = 0; i < 9; ++i) {
    auto alone = Bench::alone(plain, make(i));
    RC_ASSERT(together.heard[static_cast<size_t>(i)]->tokens() == alone->tokens());
    RC_ASSERT(together.heard[static_cast<size_t>(i)]->logprobs() == alone->logprobs());
    RC_ASSERT(together.heard[static_cast<size_t>(i)]->ends[0].finish == alone->ends[0].finish);
  }
  RC_ASSERT(together.loop.scheduler().pool().used() == 0);
}

// A listener is told once that a step's tokens are all there, however many it brought.
TEST(Loop, EndsEachStepOnceForEachListener) {
  struct Counting : Heard {
    int64_t steps = 0, largest = 0, untold = 0;
    void token(const TokenEvent& event) override {
      Heard::token(event);
      largest = std::max(largest, ++untold);
    }
    void step_told() override {
      EXPECT_GT(untold, 0);
      untold = 0;
      ++steps;
    }
  };
  MockOptions options = small_mock();
  options.drafts_right = 100;
  MockRunner runner(options);
  Loop loop(runner, {.speculation = EngineOptions::Speculation::always});
  std::vector<std::shared_ptr<Counting>> heard;
  for (size_t i = 0; i < 3; ++i) {
    heard.push_back(std::make_shared<Counting>());
    loop.add(i + 1, request({5 + static_cast<int64_t>(i), 6}, 41), heard.back(), Clock::now());
  }
  while (!loop.idle()) loop.step();
  for (const auto& h : heard) {
    EXPECT_EQ(h->tokens().size(), 41u);
    EXPECT_EQ(h->largest, 2);  // a drafted token and the one after it
    EXPECT_EQ(h->untold, 0);
    EXPECT_GE(h->steps, 20);
    EXPECT_LE(h->steps, 22);
    EXPECT_EQ(h->ends.size(), 1u);
  }
}

TEST(Loop, RightGuessesHalveTheSteps) {
  MockOptions options = small_mock();
  options.drafts_right = 100;
  MockRunner runner(options);
  Bench bench(runner, {.speculation = EngineOptions::Speculation::always});
  auto heard = bench.add(request({5, 6}, 41));
  bench.run();
  EngineStatistics s = bench.loop.statistics();
  EXPECT_EQ(s.steps, 21);
  EXPECT_EQ(s.drafted_tokens, 20);
  EXPECT_EQ(s.accepted_tokens, 20);
  EXPECT_EQ(heard->ends[0].accepted_tokens, 20);
  int64_t drafted = 0;
  for (auto& e : heard->events) drafted += e.source == TokenEvent::Source::drafted;
  EXPECT_EQ(drafted, 20);
}

TEST(Loop, MaskedAnswersFollowTheirGrammarAndEndWithIt) {
  MockOptions options = small_mock();
  options.drafts_right = 70;
  MockRunner runner(options);
  Request r = request({5, 6}, 50);
  auto mask = std::make_shared<StripedMask>(5, 2, 9);
  r.mask = mask;
  auto heard = Bench::alone(runner, r, {.speculation = EngineOptions::Speculation::always});
  auto tokens = heard->tokens();
  ASSERT_EQ(tokens.size(), 9u);
  for (size_t i = 0; i < tokens.size(); ++i) EXPECT_EQ(tokens[i] % 5, static_cast<int64_t>(i + 2) % 5);
  EXPECT_EQ(heard->ends[0].finish, Finish::stop);
  EXPECT_LE(mask->fills, 9);  // a guess and its token share one
}

class DeadEnd : public TokenMask {
 public:
  void fill(std::span<uint32_t> bits) override { std::fill(bits.begin(), bits.end(), 0); }
  bool accept(int64_t) override { return false; }
  void rollback(int64_t) override {}
  bool complete() const override { return false; }
};

TEST(Loop, AMaskThatAllowsNothingFailsItsRequestAlone) {
  MockRunner runner(small_mock());
  Bench bench(runner);
  Request bad = request({5, 6});
  bad.mask = std::make_shared<DeadEnd>();
  auto failed = bench.add(bad), fine = bench.add(request({5, 6}));
  bench.run();
  EXPECT_EQ(failed->ends[0].finish, Finish::failed);
  EXPECT_NE(failed->ends[0].error.find("no token"), std::string::npos);
  EXPECT_EQ(fine->tokens().size(), 16u);
}

TEST(Loop, CancellationFreesBlocksAtOnce) {
  MockRunner runner(small_mock());
  Bench bench(runner, {.max_batch = 2});
  for (int64_t i = 0; i < 4; ++i) bench.add(request(std::vector<int64_t>(100, 5 + i), 1000));
  for (int i = 0; i < 3; ++i) bench.loop.step();
  EXPECT_GT(bench.loop.scheduler().pool().used(), 12);
  bench.cancel(0);
  bench.cancel(3);  // waits
  EXPECT_EQ(bench.heard[0]->ends.at(0).finish, Finish::cancelled);
  EXPECT_EQ(bench.heard[3]->ends.at(0).finish, Finish::cancelled);
  bench.cancel(1);
  EXPECT_EQ(bench.loop.scheduler().pool().used(), 0);
  bench.cancel(2);
  bench.cancel(2);
  EXPECT_TRUE(bench.loop.idle());
}

// A tiny cache: answers are computed again, and nobody notices.
TEST(Loop, PreemptedIsAsNotPreempted) {
  MockOptions options = small_mock();
  options.drafts_right = 60;
  options.cache_tokens = 6 * cache_block;
  MockRunner cramped(options);
  options.cache_tokens = 4096;
  MockRunner roomy(options);
  Bench bench(cramped, {.max_batch = 4, .speculation = EngineOptions::Speculation::always});
  for (int64_t i = 0; i < 4; ++i) bench.add(request({5 + i, 9}, 60));
  bench.run();
  EXPECT_GT(bench.loop.statistics().preemptions, 0);
  for (int64_t i = 0; i < 4; ++i)
    EXPECT_EQ(bench.heard[static_cast<size_t>(i)]->tokens(), Bench::alone(roomy, request({5 + i, 9}, 60))->tokens());
  EXPECT_EQ(bench.loop.scheduler().pool().used(), 0);
}

// The next turn of a chat finds the last one, its answer too.
TEST(Loop, AnswersBlocksServeTheNextTurn) {
  MockRunner runner(small_mock());
  Bench bench(runner);
  std::vector<int64_t> prompt = testing::some_tokens(50, 1, 64);
  auto first = bench.add(request(prompt, 40));
  bench.run();
  for (int64_t t : first->tokens()) prompt.push_back(t);
  prompt.push_back(4);
  auto second = bench.add(request(prompt, 3));
  bench.run();
  EXPECT_EQ(first->ends[0].cached_tokens, 0);
  EXPECT_EQ(second->ends[0].cached_tokens, 80);
  EXPECT_EQ(bench.loop.statistics().cached_tokens, 80);
  EXPECT_EQ(bench.loop.statistics().prompt_tokens, 141);
}

TEST(Loop, TraceAndLoadComeFromTheRouting) {
  MockOptions options = small_mock();
  options.experts = 16;
  options.chosen = 4;
  MockRunner runner(options);
  Bench bench(runner);
  Request r = request({5, 6, 7}, 3);
  r.trace = Trace::experts;
  r.alternatives = 5;
  auto traced = bench.add(r);
  auto plain = bench.add(request({5, 6, 7}, 3));
  bench.run();
  ASSERT_EQ(traced->events[0].layers.size(), 2u);
  // The third token of the step: pairs 8..11 of the made-up routing.
  EXPECT_EQ(traced->events[0].layers[0].experts, (std::vector<int16_t>{8, 11, 14, 1}));
  EXPECT_EQ(traced->events[0].layers[1].experts, (std::vector<int16_t>{9, 12, 15, 2}));
  EXPECT_EQ(traced->events[0].alternatives.size(), 5u);
  EXPECT_EQ(traced->events[0].alternatives[0].token, traced->events[0].token);
  EXPECT_TRUE(plain->events[0].layers.empty());
  EngineStatistics s = bench.loop.statistics();
  ASSERT_EQ(s.expert_load.size(), 2u);
  EXPECT_EQ(std::accumulate(s.expert_load[0].begin(), s.expert_load[0].end(), int64_t{0}), 4 * (3 + 2 + 3 + 2));
}

class BrokenRunner : public MockRunner {
 public:
  using MockRunner::MockRunner;
  const StepResult& run(std::span<const Part> parts) override {
    if (broken-- > 0) throw std::runtime_error("out of luck");
    return MockRunner::run(parts);
  }
  int broken = 1;
};

TEST(Loop, ARunnerThatThrowsEndsThatStepsAnswersOnly) {
  BrokenRunner runner(small_mock());
  Bench bench(runner, {.max_batch = 1});
  auto first = bench.add(request({5}, 4)), second = bench.add(request({6}, 4));
  bench.run();
  EXPECT_EQ(first->ends[0].finish, Finish::failed);
  EXPECT_EQ(first->ends[0].error, "out of luck");
  EXPECT_EQ(second->tokens().size(), 4u);
  EXPECT_EQ(bench.loop.scheduler().pool().used(), 0);
}

TEST(Loop, PromptsDoNotStallAnswers) {
  MockRunner runner(small_mock());
  Bench bench(runner, {.max_batch = 8, .max_step_tokens = 40});
  auto answering = bench.add(request({5, 6}, 30));
  bench.loop.step();
  bench.add(request(std::vector<int64_t>(1000, 7), 2));
  for (int i = 0; i < 20; ++i) {
    size_t before = answering->events.size();
    bench.loop.step();
    EXPECT_EQ(answering->events.size(), before + 1);
  }
  bench.run();
}

}  // namespace
}  // namespace octet::infer
