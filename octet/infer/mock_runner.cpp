#include "octet/infer/mock_runner.h"

#include <chrono>
#include <thread>

#include "octet/base/error.h"
#include "octet/base/random.h"

namespace octet::infer {

namespace {

constexpr float favour = 200;  // over all other logits, which are 0

uint64_t mix(uint64_t a, uint64_t b) {
  auto words = philox({static_cast<uint32_t>(a), static_cast<uint32_t>(a >> 32), static_cast<uint32_t>(b),
                       static_cast<uint32_t>(b >> 32)},
                      {0x6d6f636b, 0});
  return static_cast<uint64_t>(words[0]) << 32 | words[1];
}

}  // namespace

// Guesses right as often as asked, else a neighbour of the right token.
class MockRunner::Guesses : public Drafter {
 public:
  explicit Guesses(const MockRunner& runner) : runner_(runner) {}

  void observe(std::span<const Observed> parts) override { parts_.assign(parts.begin(), parts.end()); }

  std::span<const float> propose(size_t index) override {
    const Observed& o = parts_.at(index);
    std::vector<int64_t> prefix = runner_.prefixes_.at(static_cast<size_t>(o.part));
    prefix.resize(prefix.size() - static_cast<size_t>(runner_.counts_[static_cast<size_t>(o.part)] - o.kept));
    prefix.push_back(o.next);
    int64_t token = runner_.next(prefix, runner_.prompts_[static_cast<size_t>(o.part)]);
    auto chance = static_cast<int>(mix(static_cast<uint64_t>(token), prefix.size()) % 100);
    if (chance >= runner_.options_.drafts_right) token = (token + 1) % runner_.options_.vocabulary;
    row_.assign(static_cast<size_t>(runner_.options_.vocabulary), 0);
    row_[static_cast<size_t>(token)] = favour;
    return row_;
  }

 private:
  const MockRunner& runner_;
  std::vector<Observed> parts_;
  std::vector<float> row_;
};

MockRunner::MockRunner(MockOptions options)
    : options_(std::move(options)),
      geometry_{options_.vocabulary, options_.context, options_.cache_tokens / cache_block, 64} {
  check(options_.vocabulary > 4 && options_.context > 1 && geometry_.blocks > 0, "a mock runner without room");
  if (options_.drafts_right >= 0) guesses_ = std::make_unique<Guesses>(*this);
}

MockRunner::~MockRunner() = default;

Drafter* MockRunner::drafter() { return guesses_.get(); }

int64_t MockRunner::next(std::span<const int64_t> prefix, int64_t prompt) const {
  if (options_.next) return options_.next(prefix, prompt);
  uint64_t random = mix(static_cast<uint64_t>(prefix.back()), prefix.size());
  return 3 + static_cast<int64_t>(random % static_cast<uint64_t>(options_.vocabulary - 3));
}

const StepResult& MockRunner::run(std::span<const Part> parts) {
  int64_t rows = 0, tokens = 0, prompt_tokens = 0;
  for (const Part& p : parts) {
    rows += p.logits;
    tokens += p.count();
    prompt_tokens += std::max<int64_t>(0, std::min(p.end, p.prompt) - p.begin);
  }
  auto vocabulary = static_cast<size_t>(options_.vocabulary);
  for (size_t place : favoured_) logits_[place] = 0;
  favoured_.clear();
  logits_.resize(std::max(logits_.size(), static_cast<size_t>(rows) * vocabulary), 0);
  prefixes_.clear();
  prompts_.clear();
  counts_.clear();
  size_t row = 0;
  for (const Part& p : parts) {
    for (int64_t i = p.end - p.logits; i < p.end; ++i, ++row) {
      int64_t token = next(p.tokens.first(static_cast<size_t>(i + 1)), p.prompt);
      favoured_.push_back(row * vocabulary + static_cast<size_t>(token));
      logits_[favoured_.back()] = favour;
    }
    if (guesses_) {
      auto computed = p.tokens.first(static_cast<size_t>(p.end));
      prefixes_.emplace_back(computed.begin(), computed.end());
      prompts_.push_back(p.prompt);
      counts_.push_back(p.count());
    }
  }
  result_.logits = std::span(logits_).first(row * vocabulary);
  route(tokens);
  double seconds = options_.seconds_per_step + options_.seconds_per_prefill_token * static_cast<double>(prompt_tokens);
  if (seconds > 0) std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  return result_;
}

void MockRunner::route(int64_t tokens) {
  result_.routing.clear();
  if (options_.experts == 0) return;
  auto pairs = static_cast<size_t>(tokens * options_.chosen);
  weights_.assign(pairs, 1.0f / static_cast<float>(options_.chosen));
  indices_.resize(static_cast<size_t>(options_.layers));
  for (int64_t layer = 0; layer < options_.layers; ++layer) {
    auto& indices = indices_[static_cast<size_t>(layer)];
    indices.resize(pairs);
    for (size_t i = 0; i < pairs; ++i) indices[i] = (static_cast<int64_t>(i) * 3 + layer) % options_.experts;
    result_.routing.push_back({layer + 1, options_.experts, options_.chosen, indices, weights_});
  }
}

std::function<int64_t(std::span<const int64_t>, int64_t)> MockOptions::say(std::vector<int64_t> answer, int64_t end) {
  return [answer = std::move(answer), end](std::span<const int64_t> prefix, int64_t prompt) {
    auto said = prefix.size() - static_cast<size_t>(prompt);
    return said < answer.size() ? answer[said] : end;
  };
}

}  // namespace octet::infer
