#include "octet/infer/batched.h"

#include <list>

#include "octet/base/error.h"

namespace octet::infer {

namespace {

struct Running {
  size_t index;
  model::Timeline timeline;
  std::vector<int64_t> next;  // to be computed: the prompt, then one token at a time
  History history;
};

// The room for `width` answers of the longest prompts.
int64_t cache_tokens(const std::vector<std::vector<int64_t>>& prompts, const GenerateOptions& options, int64_t width,
                     int64_t context) {
  size_t longest = 0;
  for (const auto& p : prompts) longest = std::max(longest, p.size());
  return width * (std::min(context, static_cast<int64_t>(longest) + options.max_tokens) + model::Cache::block);
}

}  // namespace

std::vector<Generated> generate_all(const model::Transformer& model, const std::vector<std::vector<int64_t>>& prompts,
                                    const GenerateOptions& options, int64_t width,
                                    const std::function<void(size_t)>& on_answer) {
  at::NoGradGuard no_grad;
  validate(options.sampling);
  int64_t context = model.config.max_position_embeddings;
  for (const auto& p : prompts)
    check(!p.empty() && static_cast<int64_t>(p.size()) < context, "a prompt is empty or fills the context");
  model::Cache cache(model.config, cache_tokens(prompts, options, width, context),
                     model.compute == at::kHalf ? at::kFloat : model.compute, model.device());
  std::vector<Generated> out(prompts.size());
  std::list<Running> running;
  size_t started = 0, done = 0;
  while (done < prompts.size()) {
    for (; started < prompts.size() && static_cast<int64_t>(running.size()) < width; ++started)
      running.push_back({started, model::Timeline(cache), prompts[started], {prompts[started], {}}});
    std::vector<model::Continuation> parts;
    for (auto& r : running) parts.push_back({&r.timeline, r.next});
    auto batch = model::make_batch(cache, parts, model.device());
    at::Tensor hidden = model.forward(batch).hidden_TD;
    at::Tensor last = hidden.index_select(0, (batch.cu_seqlens_S1.slice(0, 1) - 1).to(hidden.device()));
    at::Tensor logits = model.logits(last).cpu().contiguous();
    int64_t row = 0, V = logits.size(1);
    for (auto it = running.begin(); it != running.end(); ++row) {
      Running& r = *it;
      Generated& g = out[r.index];
      Sampling sampling = options.sampling;
      sampling.seed += r.index;
      std::span<const float> scores(logits.const_data_ptr<float>() + row * V, static_cast<size_t>(V));
      int64_t token = sample(scores, sampling, r.history, g.tokens.size()).token;
      bool ended = std::find(options.stop_tokens.begin(), options.stop_tokens.end(), token) != options.stop_tokens.end();
      if (!ended) {
        g.tokens.push_back(token);
        r.history.answer.push_back(token);
        r.next = {token};
      }
      bool full = static_cast<int64_t>(g.tokens.size()) >= options.max_tokens || r.timeline.length() + 1 >= context;
      if (ended || full) {
        g.finish = ended ? Finish::stop : Finish::length;
        g.prompt_tokens = static_cast<int64_t>(prompts[r.index].size());
        it = running.erase(it);
        ++done;
        if (on_answer) on_answer(done);
      } else {
        ++it;
      }
    }
  }
  return out;
}

}  // namespace octet::infer
