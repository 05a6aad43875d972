#include "octet/infer/scheduler.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace octet::infer {
namespace {

struct Wish {
  int64_t client, prompt, answer, kind, arrives;  // kind: whose prefix it shares; arrives: in which step
};

// Runs wishes to their end on a cache that remembers what was written where, and checks each step on the way.
class Simulation {
 public:
  Simulation(SchedulerOptions options, std::vector<Wish> wishes)
      : options_(options), scheduler_(options), wishes_(std::move(wishes)) {
    cache_.resize(static_cast<size_t>(options.blocks * cache_block), 0);
  }

  struct Told {
    int64_t answered = 0, computed = 0, prompt_tokens = 0;
    bool answering = false, ended = false;
    int64_t first_step = -1;
  };
  std::map<uint64_t, Told> told;
  std::vector<std::map<std::string, int64_t>> prompt_tokens_by_client;  // a step

  void run(int64_t guess_right, int64_t limit, uint64_t cancelled = 0) {
    for (int64_t t = 0; unfinished(t); ++t) {
      RC_ASSERT(t < 100000);
      for (size_t w = 0; w < wishes_.size(); ++w)
        if (wishes_[w].arrives == t) add(w);
      if (cancelled && t == 5) {
        scheduler_.end(cancelled);
        told[cancelled].ended = true;
      }
      step(t, guess_right, limit);
    }
    RC_ASSERT(scheduler_.pool().used() == 0);
    RC_ASSERT(scheduler_.running() == 0);
    RC_ASSERT(scheduler_.waiting() == 0);
  }
  const Scheduler& scheduler() const { return scheduler_; }

 private:
  SchedulerOptions options_;
  Scheduler scheduler_;
  std::vector<Wish> wishes_;
  std::vector<uint64_t> cache_;  // by row: a hash of the prefix that ends there

  bool unfinished(int64_t t) const {
    auto open = [](auto& p) { return !p.second.ended; };
    auto later = [&](const Wish& w) { return w.arrives >= t; };
    return std::any_of(told.begin(), told.end(), open) || std::any_of(wishes_.begin(), wishes_.end(), later);
  }
  const Wish& wish(uint64_t id) const { return wishes_[id - 1]; }
  void add(size_t w) {
    std::vector<int64_t> prompt;
    for (int64_t i = 0; i < wishes_[w].prompt; ++i) prompt.push_back(i < 40 ? wishes_[w].kind : wishes_[w].kind + i);
    told[w + 1] = {};
    scheduler_.add(w + 1, std::to_string(wishes_[w].client), prompt);
  }
  static uint64_t hash(uint64_t before, int64_t token) {
    return (before ^ static_cast<uint64_t>(token + 1)) * 0x9E3779B97F4A7C15 + 1;
  }
  static int64_t next_token(uint64_t prefix) { return static_cast<int64_t>(prefix >> 60); }

  void step(int64_t t, int64_t guess_right, int64_t limit) {
    std::set<uint64_t> answering;
    for (auto& [id, x] : told)
      if (x.answering && !x.ended) answering.insert(id);
    int64_t preempted = scheduler_.preemptions();
    Step step = scheduler_.next(limit);
    check_limits(step, limit);
    for (auto& p : step.parts) answering.erase(p.sequence->id);
    RC_ASSERT(std::ssize(answering) <= scheduler_.preemptions() - preempted);  // who is not served was preempted
    for (uint64_t id : answering) told[id].answering = false;
    prompt_tokens_by_client.emplace_back();
    std::vector<std::pair<uint64_t, std::vector<int64_t>>> decided;
    for (auto& p : step.parts) decided.emplace_back(p.sequence->id, compute(p, t));
    for (size_t i = 0; i < step.parts.size(); ++i) commit(step.parts[i], decided[i].second, guess_right);
  }

  void check_limits(const Step& step, int64_t limit) {
    int64_t tokens = 0;
    std::set<int64_t> written;
    for (auto& p : step.parts) {
      RC_ASSERT(p.end > p.begin);
      RC_ASSERT(p.begin == p.sequence->computed);
      tokens += p.end - p.begin;
      RC_ASSERT(std::ssize(p.sequence->blocks) * cache_block >= p.end);
      for (int64_t b = p.begin / cache_block; b * cache_block < p.end; ++b) {
        int64_t block = p.sequence->blocks[static_cast<size_t>(b)];
        RC_ASSERT(scheduler_.pool().uses(block) == 1);
        RC_ASSERT(written.insert(block).second);
      }
    }
    RC_ASSERT(tokens == step.answer_tokens + step.prompt_tokens);
    RC_ASSERT(tokens <= options_.max_step_tokens);
    RC_ASSERT(std::ssize(step.parts) <= options_.max_batch);
    if (step.answer_tokens > 0) RC_ASSERT(step.prompt_tokens <= limit);
  }

  // Reads what the cache must hold, writes what is computed; the tokens that the rows give.
  std::vector<int64_t> compute(const Step::Part& p, int64_t t) {
    const Sequence& s = *p.sequence;
    Told& x = told[s.id];
    uint64_t prefix = 0;
    std::vector<int64_t> decided;
    for (int64_t i = 0; i < p.end; ++i) {
      prefix = hash(prefix, s.tokens[static_cast<size_t>(i)]);
      auto row = static_cast<size_t>(s.blocks[static_cast<size_t>(i / cache_block)] * cache_block + i % cache_block);
      if (i < p.begin)
        RC_ASSERT(cache_[row] == prefix);
      else
        cache_[row] = prefix;
      if (i >= p.end - p.logits && (decided.empty() || decided.back() == s.tokens.back()))
        decided.push_back(next_token(prefix));
    }
    if (x.first_step < 0) x.first_step = t;
    if (p.begin < s.prompt) prompt_tokens_by_client.back()[std::to_string(wish(s.id).client)] += p.end - p.begin;
    return decided;
  }

  void commit(const Step::Part& p, std::vector<int64_t> decided, int64_t guess_right) {
    uint64_t id = p.sequence->id;
    Told& x = told[id];
    auto left = static_cast<size_t>(wish(id).answer - x.answered);
    int64_t kept = p.end - p.begin - (p.logits == 2 && decided.size() < 2);
    if (decided.size() > left) decided.resize(left), kept = p.end - p.begin;
    x.answered += std::ssize(decided);
    x.answering = x.answering || !decided.empty();
    uint64_t prefix = 0;
    for (int64_t i = 0; i < p.begin + kept; ++i) prefix = hash(prefix, p.sequence->tokens[static_cast<size_t>(i)]);
    for (size_t k = decided.size() == 2 ? 1 : 0; k < decided.size(); ++k) prefix = hash(prefix, decided[k]);
    int64_t guess = -1;
    if (!decided.empty() && x.answered + 2 <= wish(id).answer)
      guess = (next_token(prefix) + (guess_right ? 0 : 1)) % 16;
    scheduler_.commit(p, {kept, decided, guess});
    if (x.answered == wish(id).answer) {
      scheduler_.end(id);
      x.ended = true;
    }
  }
};

std::vector<Wish> any_wishes(int64_t room) {
  auto count = *rc::gen::inRange<size_t>(1, 12);
  std::vector<Wish> wishes;
  for (size_t i = 0; i < count; ++i) {
    int64_t prompt = *rc::gen::inRange<int64_t>(1, room), answer = *rc::gen::inRange<int64_t>(1, room - prompt + 1);
    wishes.push_back({*rc::gen::inRange<int64_t>(0, 3), prompt, answer, *rc::gen::inRange<int64_t>(0, 3),
                      *rc::gen::inRange<int64_t>(0, 20)});
  }
  std::stable_sort(wishes.begin(), wishes.end(), [](auto& a, auto& b) { return a.arrives < b.arrives; });
  return wishes;
}

// Whatever comes, on whatever cache: every step keeps its limits, nobody who answers is left out unless preempted, what
// the cache is said to hold it holds, everyone ends, and all blocks come back.
RC_GTEST_PROP(Scheduler, EveryoneEndsAndTheCacheTellsTheTruth, ()) {
  SchedulerOptions options;
  options.blocks = *rc::gen::inRange<int64_t>(2, 24);
  options.max_batch = *rc::gen::inRange<int64_t>(1, 7);
  options.max_step_tokens = options.max_batch + *rc::gen::inRange<int64_t>(0, 100);
  Simulation simulation(options, any_wishes(options.blocks * cache_block));
  auto cancelled = *rc::gen::inRange<uint64_t>(0, 2);
  simulation.run(*rc::gen::inRange<int64_t>(0, 2), *rc::gen::inRange<int64_t>(1, 80), cancelled);
}

TEST(Scheduler, PreemptsTheLatestWhenTheCacheIsFull) {
  // Four blocks; two answers that need three blocks each in the end.
  Simulation simulation({.blocks = 4, .max_batch = 2, .max_step_tokens = 64}, {{0, 10, 36, 0, 0}, {1, 10, 36, 1, 0}});
  simulation.run(0, 64);
  EXPECT_GE(simulation.scheduler().preemptions(), 1);
  EXPECT_EQ(simulation.told[1].answered, 36);
  EXPECT_EQ(simulation.told[2].answered, 36);
}

TEST(Scheduler, FirstComeFirstServedWithinAClient) {
  std::vector<Wish> wishes;
  for (int64_t i = 0; i < 20; ++i) wishes.push_back({0, 30 + i * 7 % 50, 5, i, 0});
  Simulation simulation({.blocks = 200, .max_batch = 4, .max_step_tokens = 64}, wishes);
  simulation.run(0, 32);
  for (uint64_t id = 2; id <= wishes.size(); ++id)
    EXPECT_LE(simulation.told[id - 1].first_step, simulation.told[id].first_step);
}

// While both have prompts to compute, two clients get the same but for two turns, however many requests one sends.
TEST(Scheduler, PromptTokensAreSharedFairly) {
  std::vector<Wish> wishes;
  for (int64_t i = 0; i < 30; ++i) wishes.push_back({0, 300, 1, 100 + 1000 * i, 0});
  for (int64_t i = 0; i < 6; ++i) wishes.push_back({1, 900, 1, 50100 + 1000 * i, 0});
  Simulation simulation({.blocks = 2000, .max_batch = 16, .max_step_tokens = 100}, wishes);
  simulation.run(0, 100);
  int64_t a = 0, b = 0;
  for (auto& step : simulation.prompt_tokens_by_client) {
    a += step["0"];
    b += step["1"];
    if (b >= 5000) break;
    EXPECT_LE(std::abs(a - b), 2 * Scheduler::quantum + 100);
  }
  EXPECT_GE(b, 5000);
}

// A client that floods the queue does not keep another's single request out: the next free place is its.
TEST(Scheduler, PlacesGoToWhoHasFewest) {
  std::vector<Wish> wishes;
  for (int64_t i = 0; i < 20; ++i) wishes.push_back({0, 10, 20, i, 0});
  wishes.push_back({1, 10, 20, 77, 1});
  Simulation simulation({.blocks = 200, .max_batch = 2, .max_step_tokens = 64}, wishes);
  simulation.run(0, 64);
  int64_t before = 0;
  for (uint64_t id = 1; id <= 20; ++id) before += simulation.told[id].first_step < simulation.told[21].first_step;
  EXPECT_EQ(before, 2);
}

// Many who begin alike at once: one computes the common prefix, the others find it.
TEST(Scheduler, SharedPrefixIsComputedOnce) {
  Scheduler scheduler({.blocks = 1000, .max_batch = 16, .max_step_tokens = 128});
  std::vector<int64_t> prompt(640, 5);
  for (uint64_t id = 1; id <= 8; ++id) {
    prompt.back() = static_cast<int64_t>(id);
    scheduler.add(id, "", prompt);
  }
  int64_t computed = 0, finished = 0;
  std::vector<int64_t> one{9};
  while (finished < 8) {
    Step step = scheduler.next(128);
    for (auto& p : step.parts) {
      computed += p.end - p.begin;
      bool done = p.logits > 0;
      scheduler.commit(p, {p.end - p.begin, done ? std::span<const int64_t>(one) : std::span<const int64_t>(), -1});
      if (!done) continue;
      EXPECT_GE(p.sequence->cached, p.sequence->id > 1 ? 512 : 0);
      scheduler.end(p.sequence->id);
      ++finished;
    }
  }
  EXPECT_LT(computed, 640 + 7 * 16 + 8 * 128);
  EXPECT_EQ(scheduler.pool().used(), 0);
}

}  // namespace
}  // namespace octet::infer
