// A model folder made ready to answer: weights, and what turns text into tokens and messages into text.
#pragma once
#include <memory>
#include <optional>

#include "octet/arch/generation.h"
#include "octet/infer/generator.h"
#include "octet/text/bpe/tokenizer.h"
#include "octet/text/chat_template.h"

namespace octet::chat {

struct LoadOptions {
  std::optional<at::ScalarType> dtype;  // none: the weights' own, FP8 as bfloat16
  at::Device device = at::kCPU;
  uint64_t memory = 0;  // bytes that may be used; 0: what is available
  int64_t context = 0;  // tokens that the cache must hold; 0: the model's, or what memory allows
};

struct ModelFolder {
  std::filesystem::path path;
  arch::GenerationConfig generation;
  std::shared_ptr<const model::Transformer> model;
  int64_t context = 0;       // tokens of one conversation: the model's, or what fits into the memory given
  int64_t cache_tokens = 0;  // tokens that fit into that memory, of all conversations
  std::optional<text::Tokenizer> tokenizer;  // none: only token ids can be used
  std::optional<text::ChatTemplate> chat_template;
};

// Error{resources} before anything is loaded if the weights and a cache of `context` do not fit: "needs X, has Y".
ModelFolder load_model_folder(const std::filesystem::path& folder, const LoadOptions& options);

}  // namespace octet::chat
