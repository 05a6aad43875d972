// One timeline of one model: the caller gives the whole prefix each time; what the cache already holds of it is kept,
// the rest computed. Token ids only, no text.
#pragma once
#include <functional>
#include <memory>

#include "octet/infer/request.h"
#include "octet/model/transformer.h"

namespace octet::infer {

struct GenerateOptions {
  Sampling sampling;
  int64_t max_tokens = 1024;         // and never beyond the context
  std::vector<int64_t> stop_tokens;  // the end token is not part of the answer
};

struct Generated {
  std::vector<int64_t> tokens;
  Finish finish = Finish::stop;
  int64_t prompt_tokens = 0, reused_tokens = 0;  // reused: of the prompt, already in the cache
  double seconds_prefill = 0, seconds_decode = 0;
};

// Which experts answered: for each decoded token and each layer with experts, the chosen ones and their weights.
struct ExpertTrace {
  struct Layer {
    int64_t layer = 0, experts = 0;
    std::vector<std::vector<int64_t>> chosen;  // a list a token
    std::vector<std::vector<float>> weights;
    std::vector<int64_t> load() const;  // times each expert was chosen
  };
  std::vector<Layer> layers;
  void append(const std::vector<model::Routing>& routing);
};

class Generator {
 public:
  // `cache_tokens`: room of the cache; at most the model's max_position_embeddings is used.
  Generator(std::shared_ptr<const model::Transformer> model, int64_t cache_tokens);

  // `on_token` sees each token as it comes and stops the answer by returning false. Error{request} if the prompt is
  // empty, holds an id outside the vocabulary, or fills the context.
  Generated generate(const std::vector<int64_t>& prompt, const GenerateOptions& options,
                     const std::function<bool(int64_t)>& on_token = {});

  const ExpertTrace& trace() const { return trace_; }  // of the last answer
  int64_t cached_tokens() const { return timeline_.length(); }
  int64_t cache_bytes() const { return timeline_.length() * cache_.bytes_per_token(); }
  int64_t context() const { return context_; }

 private:
  std::shared_ptr<const model::Transformer> model_;
  int64_t context_;
  model::Cache cache_;
  model::Timeline timeline_;
  std::vector<int64_t> held_;  // the tokens whose latents the timeline holds
  ExpertTrace trace_;

  at::Tensor advance(const std::vector<int64_t>& tokens);  // logits after the last of them, float32 [V]
};

}  // namespace octet::infer
