// The engine with its thread, on the mock runner.
#include "octet/infer/engine.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "octet/base/error.h"
#include "octet/infer/testing.h"

namespace octet::infer {
namespace {

using testing::Heard;
using testing::request;
using testing::small_mock;

struct Waiting : Heard {
  std::promise<void> ended;
  void end(const EndEvent& event) override {
    Heard::end(event);
    ended.set_value();
  }
  void wait() { ended.get_future().wait(); }
};

TEST(Engine, AnswersFromAnyThread) {
  Engine engine(std::make_unique<MockRunner>(small_mock()), {});
  std::vector<std::jthread> clients;
  std::atomic<int> right{0};
  for (int64_t c = 0; c < 8; ++c)
    clients.emplace_back([&, c] {
      for (int64_t i = 0; i < 10; ++i) {
        auto heard = std::make_shared<Waiting>();
        EXPECT_EQ(engine.submit(request({3 + c, 3 + i}, 5), heard).refusal, Engine::Refusal::none);
        heard->wait();
        right += heard->tokens().size() == 5;
      }
    });
  clients.clear();
  EXPECT_EQ(right, 80);
  EXPECT_EQ(engine.statistics().answer_tokens, 400);
}

TEST(Engine, RefusesWhatCanNeverBeAnswered) {
  MockOptions options = small_mock();
  options.cache_tokens = 64;
  Engine engine(std::make_unique<MockRunner>(options), {});
  EXPECT_EQ(engine.context(), 64);
  auto submit = [&](Request r) { engine.submit(std::move(r), std::make_shared<Heard>()); };
  EXPECT_THROW(submit(request({})), Error);
  EXPECT_THROW(submit(request({64})), Error);
  EXPECT_THROW(submit(request({-1})), Error);
  EXPECT_THROW(submit(request(std::vector<int64_t>(64, 5))), Error);
  EXPECT_THROW(submit(request({5}, 0)), Error);
  Request bad = request({5});
  bad.sampling.temperature = -1;
  EXPECT_THROW(submit(bad), Error);
  bad = request({5});
  bad.alternatives = 21;
  EXPECT_THROW(submit(bad), Error);
}

TEST(Engine, RefusesBeyondItsQueue) {
  MockOptions options = small_mock();
  options.seconds_per_step = 0.01;
  Engine engine(std::make_unique<MockRunner>(options), {.max_batch = 1, .max_queue = 2});
  std::vector<std::shared_ptr<Waiting>> heard;
  int refused = 0;
  for (int i = 0; i < 6; ++i) {
    heard.push_back(std::make_shared<Waiting>());
    auto s = engine.submit(request({5}, 3), heard.back());
    if (s.refusal == Engine::Refusal::none) continue;
    EXPECT_EQ(s.refusal, Engine::Refusal::queue_full);
    ++refused;
    heard.pop_back();
  }
  EXPECT_GE(refused, 3);
  EXPECT_LE(refused, 4);
  for (auto& h : heard) h->wait();
}

TEST(Engine, DrainsAndThenRefuses) {
  MockOptions options = small_mock();
  options.seconds_per_step = 0.001;
  Engine engine(std::make_unique<MockRunner>(options), {});
  auto heard = std::make_shared<Heard>();
  engine.submit(request({5}, 10), heard);
  EXPECT_TRUE(engine.drain(30));
  EXPECT_EQ(heard->ends.size(), 1u);
  EXPECT_EQ(heard->tokens().size(), 10u);
  EXPECT_EQ(engine.submit(request({5}), heard).refusal, Engine::Refusal::draining);
}

TEST(Engine, DrainCancelsWhatDoesNotEnd) {
  MockOptions options = small_mock();
  options.seconds_per_step = 0.01;
  Engine engine(std::make_unique<MockRunner>(options), {});
  auto heard = std::make_shared<Heard>();
  engine.submit(request({5}, 4000), heard);
  EXPECT_FALSE(engine.drain(0.05));
  ASSERT_EQ(heard->ends.size(), 1u);
  EXPECT_EQ(heard->ends[0].finish, Finish::cancelled);
}

TEST(Engine, EndsEveryoneWhenItGoes) {
  auto heard = std::make_shared<Heard>();
  {
    MockOptions options = small_mock();
    options.seconds_per_step = 0.01;
    Engine engine(std::make_unique<MockRunner>(options), {});
    engine.submit(request({5}, 4000), heard);
    auto s = engine.submit(request({5}, 4000), std::make_shared<Heard>());
    engine.cancel(s.id);
    engine.cancel(12345);
  }
  ASSERT_EQ(heard->ends.size(), 1u);
  EXPECT_EQ(heard->ends[0].finish, Finish::cancelled);
}

}  // namespace
}  // namespace octet::infer
