// For the tests of this folder: who listens to answers, and an engine stepped by hand.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "octet/infer/loop.h"
#include "octet/infer/mock_runner.h"

namespace octet::infer::testing {

class Heard : public Listener {
 public:
  std::vector<TokenEvent> events;
  std::vector<EndEvent> ends;
  std::function<void()> on_token, on_end;

  void token(const TokenEvent& event) override {
    events.push_back(event);
    if (on_token) on_token();
  }
  void end(const EndEvent& event) override {
    ends.push_back(event);
    if (on_end) on_end();
  }
  std::vector<int64_t> tokens() const {
    std::vector<int64_t> list;
    for (const auto& e : events) list.push_back(e.token);
    return list;
  }
  std::vector<float> logprobs() const {
    std::vector<float> list;
    for (const auto& e : events) list.push_back(e.logprob);
    return list;
  }
};

inline MockOptions small_mock() {
  MockOptions options;
  options.vocabulary = 64;
  options.cache_tokens = 4096;
  return options;
}

inline Request request(std::vector<int64_t> prompt, int64_t max_tokens = 16) {
  Request r;
  r.prompt = std::move(prompt);
  r.max_tokens = max_tokens;
  r.sampling.temperature = 0;
  return r;
}

// `count` tokens from 3 on, a different list for each `kind`.
inline std::vector<int64_t> some_tokens(int64_t count, int64_t kind, int64_t vocabulary) {
  std::vector<int64_t> list;
  for (int64_t i = 0; i < count; ++i) list.push_back(3 + (i * i * 7 + i * 13 + kind * 31) % (vocabulary - 3));
  return list;
}

// A loop and those who listen to it.
struct Bench {
  Runner& runner;
  Loop loop;
  std::vector<std::shared_ptr<Heard>> heard;

  explicit Bench(Runner& r, EngineOptions options = {}) : runner(r), loop(r, options) {}

  std::shared_ptr<Heard> add(Request r) {
    heard.push_back(std::make_shared<Heard>());
    loop.add(heard.size(), std::move(r), heard.back(), Clock::now());
    return heard.back();
  }
  void cancel(size_t index) { loop.cancel(index + 1); }
  void run() {
    while (!loop.idle()) loop.step();
  }
  // What one request alone is answered, in a loop that has answered nothing else.
  static std::shared_ptr<Heard> alone(Runner& runner, Request r, EngineOptions options = {}) {
    Bench bench(runner, options);
    auto heard = bench.add(std::move(r));
    bench.run();
    return heard;
  }
};

// Allows tokens that are the number of accepted ones plus `start`, modulo `period`; complete after `length` tokens.
class StripedMask : public TokenMask {
 public:
  StripedMask(int64_t period, int64_t start, int64_t length) : period_(period), start_(start), length_(length) {}
  void fill(std::span<uint32_t> bits) override {
    ++fills;
    for (size_t w = 0; w < bits.size(); ++w) {
      bits[w] = 0;
      for (int i = 0; i < 32; ++i)
        if (allows(static_cast<int64_t>(w) * 32 + i)) bits[w] |= 1u << i;
    }
  }
  bool accept(int64_t token) override {
    if (!allows(token)) return false;
    ++accepted;
    return true;
  }
  void rollback(int64_t tokens) override { accepted -= tokens; }
  bool complete() const override { return accepted >= length_; }
  bool allows(int64_t token) const { return token % period_ == (accepted + start_) % period_; }

  int64_t accepted = 0, fills = 0;

 private:
  int64_t period_, start_, length_;
};

}  // namespace octet::infer::testing
