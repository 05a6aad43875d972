// The serving engine: what company, guesses and a shared prefix bring on octet-mini, and what the engine costs beside
// the model. Run from the repository's root.
#include <cstdio>
#include <future>

#include "bench/harness.h"
#include "octet/infer/engine.h"
#include "octet/infer/mock_runner.h"
#include "octet/infer/model_runner.h"

namespace octet::bench {

namespace {

using infer::Engine;
using infer::EngineOptions;
using infer::EngineStatistics;

class Answer : public infer::Listener {
 public:
  void token(const infer::TokenEvent&) override { times.push_back(std::chrono::steady_clock::now()); }
  void end(const infer::EndEvent& event) override {
    result = event;
    ended.set_value();
  }
  void wait() { ended.get_future().wait(); }

  std::vector<std::chrono::steady_clock::time_point> times;
  infer::EndEvent result;

 private:
  std::promise<void> ended;
};

// A prompt of made-up ids, for this program knows no text: how many guesses are right after it says little of real use.
infer::Request request(int64_t prompt, int64_t answer, uint64_t seed) {
  infer::Request r;
  for (int64_t i = 0; i < prompt; ++i)
    r.prompt.push_back(3 + static_cast<int64_t>((seed * 977 + static_cast<uint64_t>(i * i * 31 + i * 7)) % 2000));
  r.max_tokens = answer;
  r.sampling.temperature = 0.7;
  r.sampling.seed = seed;
  return r;
}

double seconds_between(std::chrono::steady_clock::time_point a, std::chrono::steady_clock::time_point b) {
  return std::chrono::duration<double>(b - a).count();
}

struct Measured {
  double tokens_per_second, gap_median, gap_p99;  // gaps between an answer's tokens, milliseconds
};

// `clients` at once, each with `rounds` requests one after another.
Measured serve(Engine& engine, int clients, int rounds, int64_t prompt, int64_t answer) {
  auto start = std::chrono::steady_clock::now();
  std::vector<std::future<std::vector<double>>> all;
  for (int c = 0; c < clients; ++c)
    all.push_back(std::async(std::launch::async, [&, c] {
      std::vector<double> gaps;
      for (int i = 0; i < rounds; ++i) {
        auto heard = std::make_shared<Answer>();
        auto r = request(prompt, answer, static_cast<uint64_t>(c * 100 + i));
        r.client = std::to_string(c);
        engine.submit(r, heard);
        heard->wait();
        for (size_t t = 1; t < heard->times.size(); ++t)
          gaps.push_back(1e3 * seconds_between(heard->times[t - 1], heard->times[t]));
      }
      return gaps;
    }));
  std::vector<double> gaps;
  for (auto& f : all)
    for (double g : f.get()) gaps.push_back(g);
  double seconds = seconds_between(start, std::chrono::steady_clock::now());
  std::sort(gaps.begin(), gaps.end());
  return {static_cast<double>(clients) * rounds * static_cast<double>(answer) / seconds, gaps[gaps.size() / 2],
          gaps[gaps.size() * 99 / 100]};
}

void print(const char* name, const Measured& m) {
  std::printf("  %-34s %8.0f tokens/s   gap median %6.2f ms   p99 %6.2f ms\n", name, m.tokens_per_second, m.gap_median,
              m.gap_p99);
}

void print_overhead(const EngineStatistics& s) {
  double steps = static_cast<double>(s.steps), tokens = static_cast<double>(s.answer_tokens);
  std::printf(
      "  %-34s %8.1f us a step, %.1f us a token (model: %.2f ms a step); guesses accepted %.0f %%\n", "overhead",
      1e6 * s.seconds_overhead / steps, 1e6 * s.seconds_overhead / tokens, 1e3 * s.seconds_model / steps,
      s.drafted_tokens ? 100.0 * static_cast<double>(s.accepted_tokens) / static_cast<double>(s.drafted_tokens) : 0.0);
}

std::shared_ptr<const model::Transformer> mini() {
  return std::make_shared<model::Transformer>(model::load("models/octet-mini", at::kBFloat16));
}

void company(EngineOptions::Speculation speculation) {
  EngineOptions options;
  options.speculation = speculation;
  Engine engine(infer::make_model_runner(mini(), {1 << 16}), options);
  serve(engine, 1, 1, 100, 50);
  // In turn, so that a machine that slows down slows both.
  constexpr int rounds = 7;
  std::vector<Measured> one, many;
  std::vector<double> ratio;
  for (int round = 0; round < rounds; ++round) {
    one.push_back(serve(engine, 1, 2, 100, 200));
    many.push_back(serve(engine, 16, 1, 100, 200));
    ratio.push_back(many.back().tokens_per_second / one.back().tokens_per_second);
  }
  auto by_speed = [](const Measured& a, const Measured& b) { return a.tokens_per_second < b.tokens_per_second; };
  std::sort(one.begin(), one.end(), by_speed);
  std::sort(many.begin(), many.end(), by_speed);
  std::sort(ratio.begin(), ratio.end());
  print("1 client", one[rounds / 2]);
  print("16 clients", many[rounds / 2]);
  std::printf("  %-34s %8.2f x (median of %d rounds, %.2f to %.2f)\n", "16 to 1", ratio[rounds / 2], rounds, ratio[0],
              ratio[rounds - 1]);
  print_overhead(engine.statistics());
}

void shared_prefix() {
  Engine engine(infer::make_model_runner(mini(), {1 << 16}), {});
  serve(engine, 1, 1, 100, 50);
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    std::vector<double> first_token;
    for (int64_t i = 0; i < 2; ++i) {
      auto r = request(1000, 2, seed);
      for (int64_t k = 0; k < 20; ++k) r.prompt.push_back(100 + 50 * i + k);
      auto heard = std::make_shared<Answer>();
      auto start = std::chrono::steady_clock::now();
      engine.submit(r, heard);
      heard->wait();
      first_token.push_back(1e3 * seconds_between(start, heard->times[0]));
    }
    std::printf("  %-34s first %8.1f ms   second %8.1f ms   %5.1f %%\n", "1000 tokens in common", first_token[0],
                first_token[1], 100 * first_token[1] / first_token[0]);
  }
}

void mock() {
  for (int drafts : {-1, 80}) {
    infer::MockOptions options;
    options.seconds_per_step = 0.03;
    options.drafts_right = drafts;
    options.experts = 32;
    options.layers = 5;
    Engine engine(std::make_unique<infer::MockRunner>(options), {});
    print(drafts < 0 ? "32 clients, 30 ms a step" : "the same with guesses", serve(engine, 32, 1, 200, 60));
    print_overhead(engine.statistics());
  }
}

Group serving("serving", [] {
  std::printf(" octet-mini, MTP guesses\n");
  company(EngineOptions::Speculation::mtp);
  std::printf(" octet-mini, no guesses\n");
  company(EngineOptions::Speculation::off);
  std::printf(" shared prefix\n");
  shared_prefix();
});
Group engine_overhead("engine_overhead", mock);

}  // namespace

}  // namespace octet::bench
