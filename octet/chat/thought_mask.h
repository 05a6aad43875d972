// A mask that begins after a thought: until </think> any word may come, but no end of the answer.
#pragma once
#include <string>
#include <vector>

#include "octet/infer/token_mask.h"
#include "octet/text/bpe/tokenizer.h"
#include "octet/text/reply/reply.h"

namespace octet::chat {

class ThoughtMask : public infer::TokenMask {
 public:
  // `thinking`: open (the prompt ended with <think>) or marked (the answer may begin with it: with the token of that
  // name, so a vocabulary without one does not think under a mask).
  ThoughtMask(std::shared_ptr<infer::TokenMask> after, text::Tokenizer tokenizer, std::vector<int32_t> stop_tokens,
              text::Thinking thinking);

  void fill(std::span<uint32_t> bits) override;
  bool accept(int64_t token) override;
  void rollback(int64_t tokens) override;
  bool complete() const override { return state_ != State::thought && after_->complete(); }

 private:
  enum class State { start, thought, after };
  struct Step {
    State before;
    size_t text;  // length of text_ before it
  };
  std::shared_ptr<infer::TokenMask> after_;
  text::Tokenizer tokenizer_;
  std::vector<int32_t> stop_tokens_;
  int32_t opening_;  // the token <think>, -1 if there is none
  State state_;
  std::string text_;  // of the thought
  std::vector<Step> steps_;

  bool fits_thought(int32_t token) const;
  void fill_thought(std::span<uint32_t> bits) const;
};

}  // namespace octet::chat
