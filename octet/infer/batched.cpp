#include "octet/infer/batched.h"

#include "octet/base/error.h"
#include "octet/infer/loop.h"
#include "octet/infer/model_runner.h"

namespace octet::infer {

namespace {

class Writer : public Listener {
 public:
  Writer(Generated& to, std::function<void()> on_end) : to_(to), on_end_(std::move(on_end)) {}
  void token(const TokenEvent& event) override { to_.tokens.push_back(event.token); }
  void end(const EndEvent& event) override {
    error = event.error;
    to_.finish = event.finish;
    to_.prompt_tokens = event.prompt_tokens;
    to_.reused_tokens = event.cached_tokens;
    to_.seconds_prefill = event.seconds_prefill;
    to_.seconds_decode = event.seconds_decode;
    on_end_();
  }
  std::string error;

 private:
  Generated& to_;
  std::function<void()> on_end_;
};

// The room for `width` answers of the longest prompts.
int64_t cache_tokens(const std::vector<std::vector<int64_t>>& prompts, const GenerateOptions& options, int64_t width,
                     int64_t context) {
  size_t longest = 0;
  for (const auto& p : prompts) longest = std::max(longest, p.size());
  return width * (std::min(context, static_cast<int64_t>(longest) + options.max_tokens) + 2 * cache_block);
}

}  // namespace

std::vector<Generated> generate_all(const model::Transformer& model, const std::vector<std::vector<int64_t>>& prompts,
                                    const GenerateOptions& options, int64_t width,
                                    const std::function<void(size_t)>& on_answer) {
  validate(options.sampling);
  int64_t context = model.config.max_position_embeddings;
  for (const auto& p : prompts)
    check(!p.empty() && static_cast<int64_t>(p.size()) < context, "a prompt is empty or fills the context");
  auto runner = make_model_runner({std::shared_ptr<void>(), &model}, {cache_tokens(prompts, options, width, context)});
  Loop loop(*runner, {.max_batch = width, .max_step_tokens = 2048});
  std::vector<Generated> out(prompts.size());
  std::vector<std::shared_ptr<Writer>> writers;
  size_t done = 0;
  for (size_t i = 0; i < prompts.size(); ++i) {
    writers.push_back(std::make_shared<Writer>(out[i], [&] {
      ++done;
      if (on_answer) on_answer(done);
    }));
    Request request;
    request.prompt = prompts[i];
    request.sampling = options.sampling;
    request.sampling.seed += i;
    request.max_tokens = options.max_tokens;
    request.stop_tokens = options.stop_tokens;
    loop.add(i + 1, std::move(request), writers.back(), Clock::now());
  }
  while (!loop.idle()) loop.step();
  for (const auto& writer : writers) check(writer->error.empty(), writer->error);
  return out;
}

}  // namespace octet::infer
