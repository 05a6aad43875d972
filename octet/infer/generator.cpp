#include "octet/infer/generator.h"

#include <ATen/core/grad_mode.h>

#include "octet/base/error.h"
#include "octet/infer/clock.h"
#include "octet/infer/sampler.h"

namespace octet::infer {

namespace {

constexpr int64_t prefill_chunk = 2048;  // tokens: bounds the activations of a long prompt

void check_prompt(const std::vector<int64_t>& prompt, int64_t vocab, int64_t context) {
  if (prompt.empty()) throw Error(ErrorKind::request, "the prompt is empty: expected at least one token");
  for (int64_t t : prompt)
    if (t < 0 || t >= vocab)
      throw Error(ErrorKind::request,
                  fmt::format("token {} is outside the vocabulary: expected ids from 0 to {}", t, vocab - 1));
  if (static_cast<int64_t>(prompt.size()) >= context)
    throw Error(ErrorKind::request,
                fmt::format("the prompt has {} tokens and the context holds {}", prompt.size(), context),
                "shorten the prompt");
}

}  // namespace

std::vector<int64_t> ExpertTrace::Layer::load() const {
  std::vector<int64_t> counts(static_cast<size_t>(experts), 0);
  for (const auto& token : chosen)
    for (int64_t e : token) ++counts[static_cast<size_t>(e)];
  return counts;
}

void ExpertTrace::append(const std::vector<model::Routing>& routing) {
  if (layers.empty())
    for (const auto& r : routing) layers.push_back({r.layer, r.scores_TE.size(1), {}, {}});
  for (size_t i = 0; i < routing.size(); ++i) {
    at::Tensor indices = routing[i].indices_TK.cpu().contiguous(), weights = routing[i].weights_TK.cpu().contiguous();
    int64_t T = indices.size(0), K = indices.size(1);
    for (int64_t t = 0; t < T; ++t) {
      const int64_t* e = indices.const_data_ptr<int64_t>() + t * K;
      const float* w = weights.const_data_ptr<float>() + t * K;
      layers[i].chosen.emplace_back(e, e + K);
      layers[i].weights.emplace_back(w, w + K);
    }
  }
}

Generator::Generator(std::shared_ptr<const model::Transformer> model, int64_t cache_tokens)
    : model_(std::move(model)),
      context_(std::min(cache_tokens, model_->config.max_position_embeddings)),
      cache_(model_->config, context_, model_->compute == at::kHalf ? at::kFloat : model_->compute, model_->device()),
      timeline_(cache_) {}

at::Tensor Generator::advance(const std::vector<int64_t>& tokens) {
  model::Continuation part{&timeline_, tokens};
  model::Forward out = model_->forward(model::make_batch(cache_, {&part, 1}, model_->device()));
  held_.insert(held_.end(), tokens.begin(), tokens.end());
  if (tokens.size() == 1) trace_.append(out.routing);
  return model_->logits(out.hidden_TD.narrow(0, out.hidden_TD.size(0) - 1, 1))[0].cpu().contiguous();
}

Generated Generator::generate(const std::vector<int64_t>& prompt, const GenerateOptions& options,
                              const std::function<bool(int64_t)>& on_token) {
  at::NoGradGuard no_grad;
  check_prompt(prompt, model_->config.vocab, context_);
  validate(options.sampling);
  Generated out;
  out.prompt_tokens = static_cast<int64_t>(prompt.size());
  trace_ = {};
  auto start = Clock::now();

  // Keep the common prefix, but compute at least the last token again: its logits are what is wanted.
  size_t common = 0;
  while (common < held_.size() && common + 1 < prompt.size() && held_[common] == prompt[common]) ++common;
  timeline_.truncate(static_cast<int64_t>(common));
  held_.resize(common);
  out.reused_tokens = static_cast<int64_t>(common);
  at::Tensor logits;
  for (size_t at = common; at < prompt.size(); at += prefill_chunk) {
    size_t end = std::min(at + prefill_chunk, prompt.size());
    logits = advance({prompt.begin() + static_cast<long>(at), prompt.begin() + static_cast<long>(end)});
  }
  trace_ = {};
  out.seconds_prefill = seconds_since(start);

  start = Clock::now();
  Sampler sampler(options.sampling, prompt);
  SamplerRoom room;
  int64_t limit = std::min(options.max_tokens, context_ - out.prompt_tokens);
  out.finish = Finish::length;
  while (static_cast<int64_t>(out.tokens.size()) < limit) {
    std::span<const float> row(logits.const_data_ptr<float>(), static_cast<size_t>(logits.numel()));
    int64_t token = sampler.draw(row, {}, room);
    const auto& stops = options.stop_tokens;
    if (std::find(stops.begin(), stops.end(), token) != stops.end()) {
      out.finish = Finish::stop;
      break;
    }
    out.tokens.push_back(token);
    sampler.push(token);
    if (on_token && !on_token(token)) {
      out.finish = Finish::cancelled;
      break;
    }
    if (static_cast<int64_t>(out.tokens.size()) < limit) logits = advance({token});
  }
  out.seconds_decode = seconds_since(start);
  return out;
}

}  // namespace octet::infer
