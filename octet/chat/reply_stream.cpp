#include "octet/chat/reply_stream.h"

namespace octet::chat {

ReplyStream::ReplyStream(const text::Tokenizer& tokenizer, text::ReplyFormat format,
                         std::vector<std::string> stop_texts)
    : decoder_(tokenizer), stops_(std::move(stop_texts)), reply_(format) {}

std::vector<text::ReplyEvent> ReplyStream::push_text(std::string_view text) { return reply_.push(text); }

std::vector<text::ReplyEvent> ReplyStream::push(int64_t token) {
  if (stopped()) return {};
  return reply_.push(stops_.push(decoder_.push(static_cast<int32_t>(token))));
}

std::vector<text::ReplyEvent> ReplyStream::finish() {
  auto events = reply_.push(stops_.push(decoder_.finish()));
  for (auto& e : reply_.push(stops_.finish())) events.push_back(std::move(e));
  for (auto& e : reply_.finish()) events.push_back(std::move(e));
  return events;
}

}  // namespace octet::chat
