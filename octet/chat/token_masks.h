// Structured output by text/grammar: a compiled grammar's state as the sampler's mask.
#pragma once
#include "octet/chat/structure.h"
#include "octet/text/bpe/tokenizer.h"
#include "octet/text/grammar/grammar.h"

namespace octet::chat {

class TokenMasks : public GrammarFactory {
 public:
  // `stop_tokens` end answers; `calls`: how this model writes calls of tools.
  TokenMasks(const text::Tokenizer& tokenizer, const std::vector<int64_t>& stop_tokens, int64_t vocabulary,
             text::ToolForm calls);
  std::shared_ptr<infer::TokenMask> make(const Structure& structure, text::ReplyFormat format) override;

 private:
  text::Tokenizer tokenizer_;
  std::vector<int32_t> stop_tokens_;
  text::ToolForm calls_;
  text::GrammarCompiler compiler_;

  text::GrammarSpec spec(const Structure& structure) const;
};

}  // namespace octet::chat
