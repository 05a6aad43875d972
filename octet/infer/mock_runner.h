// A runner without a model: its answers are made up, at a speed that can be set. For measuring what the engine and the
// server cost beside the model, and for their tests.
#pragma once
#include <functional>
#include <memory>

#include "octet/infer/drafter.h"
#include "octet/infer/runner.h"

namespace octet::infer {

struct MockOptions {
  int64_t vocabulary = 2048, context = 4096, cache_tokens = 1 << 20;
  double seconds_per_step = 0;           // slept in every run()
  double seconds_per_prefill_token = 0;  // and for each computed token that is not an answer's
  // Of 100 guesses, so many are right; below 0: there is no drafter.
  int drafts_right = -1;
  int64_t experts = 0, chosen = 8, layers = 2;  // a made-up routing; 0 experts: none

  // What follows a prefix (prompt and answer so far, `prompt` tokens of it the prompt). The logits favour it so much
  // that any temperature takes it, unless it is masked. None: a walk through ids from 3 on, that depends on the prefix'
  // last token and length alone and never ends by itself.
  std::function<int64_t(std::span<const int64_t> prefix, int64_t prompt)> next;

  // `next` for a fixed answer to every prompt, and then `end` for ever.
  static std::function<int64_t(std::span<const int64_t>, int64_t)> say(std::vector<int64_t> answer, int64_t end);
};

class MockRunner : public Runner {
 public:
  explicit MockRunner(MockOptions options);
  ~MockRunner() override;
  const Geometry& geometry() const override { return geometry_; }
  const StepResult& run(std::span<const Part> parts) override;
  Drafter* drafter() override;

 private:
  class Guesses;
  MockOptions options_;
  Geometry geometry_;
  StepResult result_;
  std::vector<float> logits_;
  std::vector<size_t> favoured_;  // places in logits_ that are not 0
  std::vector<std::vector<int64_t>> indices_;
  std::vector<float> weights_;
  // For guesses, of the last step's parts: what is computed, how long the prompt is, how many tokens were new.
  std::vector<std::vector<int64_t>> prefixes_;
  std::vector<int64_t> prompts_, counts_;
  std::unique_ptr<Guesses> guesses_;

  int64_t next(std::span<const int64_t> prefix, int64_t prompt) const;
  void route(int64_t tokens);
};

}  // namespace octet::infer
