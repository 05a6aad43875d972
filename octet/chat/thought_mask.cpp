#include "octet/chat/thought_mask.h"

#include <algorithm>

#include "octet/text/reply/markup.h"

namespace octet::chat {

namespace {

constexpr std::string_view closing = "</think>";

void set_bit(std::span<uint32_t> bits, int32_t token, bool value) {
  uint32_t& word = bits[static_cast<size_t>(token) / 32];
  uint32_t bit = 1u << (token % 32);
  word = value ? word | bit : word & ~bit;
}

}  // namespace

ThoughtMask::ThoughtMask(std::shared_ptr<infer::TokenMask> after, text::Tokenizer tokenizer,
                         std::vector<int32_t> stop_tokens, text::Thinking thinking)
    : after_(std::move(after)),
      tokenizer_(std::move(tokenizer)),
      stop_tokens_(std::move(stop_tokens)),
      opening_(tokenizer_.token_id("<think>").value_or(-1)),
      state_(thinking == text::Thinking::open ? State::thought : State::start) {}

// A token may end the thought, but nothing of the answer may stand in it behind the mark: the grammar would not see it.
bool ThoughtMask::fits_thought(int32_t token) const {
  if (std::find(stop_tokens_.begin(), stop_tokens_.end(), token) != stop_tokens_.end()) return false;
  size_t begun = text::begun_mark(text_, closing);
  if (begun == 0) return true;
  std::string joined = std::string(closing.substr(0, begun)) + std::string(tokenizer_.bytes_of(token));
  size_t at = joined.find(closing);
  return at == joined.npos || text::trim_front(std::string_view(joined).substr(at + closing.size())).empty();
}

void ThoughtMask::fill_thought(std::span<uint32_t> bits) const {
  std::fill(bits.begin(), bits.end(), ~0u);
  for (int32_t token : stop_tokens_) set_bit(bits, token, false);
  if (text::begun_mark(text_, closing) == 0)
    return;  // no token closes a thought that it does not find begun, or is the mark
  for (int32_t token = 0; token < tokenizer_.vocab_size() && token < static_cast<int32_t>(bits.size() * 32); ++token)
    if (!fits_thought(token)) set_bit(bits, token, false);
}

void ThoughtMask::fill(std::span<uint32_t> bits) {
  if (state_ == State::thought) return fill_thought(bits);
  after_->fill(bits);
  if (state_ == State::start && opening_ >= 0) set_bit(bits, opening_, true);
}

bool ThoughtMask::accept(int64_t token) {
  auto id = static_cast<int32_t>(token);
  Step step{state_, text_.size()};
  if (state_ == State::thought) {
    if (!fits_thought(id)) return false;
    text_ += tokenizer_.bytes_of(id);
    if (text_.find(closing, step.text - std::min(step.text, closing.size() - 1)) != text_.npos) state_ = State::after;
  } else if (state_ == State::start && id == opening_) {
    state_ = State::thought;
  } else {
    if (!after_->accept(token)) return false;
    state_ = State::after;
  }
  steps_.push_back(step);
  return true;
}

void ThoughtMask::rollback(int64_t tokens) {
  for (; tokens > 0; --tokens) {
    Step step = steps_.back();
    steps_.pop_back();
    bool by_grammar = step.before == State::after || (step.before == State::start && state_ == State::after);
    if (by_grammar) after_->rollback(1);
    state_ = step.before;
    text_.resize(step.text);
  }
}

}  // namespace octet::chat
