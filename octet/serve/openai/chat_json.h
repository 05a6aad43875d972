// chat.completion and chat.completion.chunk: an answer's events in OpenAI's form.
#pragma once
#include "octet/serve/openai/token_json.h"
#include "octet/text/reply/reply.h"

namespace octet::serve {

// One answer's calls of tools, numbered and named as they come.
class CallIds {
 public:
  explicit CallIds(std::string prefix) : prefix_(std::move(prefix)) {}
  std::string of(int call) const { return fmt::format("{}{}", prefix_, call); }

 private:
  std::string prefix_;
};

// The delta of a chunk: content, reasoning_content and tool_calls, as far as the events hold any.
Json chat_delta(const std::vector<text::ReplyEvent>& events, const CallIds& ids);

// An answer's message as it grows.
class ChatMessage {
 public:
  explicit ChatMessage(CallIds ids) : ids_(std::move(ids)) {}
  void add(const std::vector<text::ReplyEvent>& events);
  Json json()
      const;  // {"role", "content", "refusal", "reasoning_content", "tool_calls"}; null content where there is none
  const std::string& content() const { return content_; }
  const std::string& reasoning() const { return reasoning_; }
  struct Call {
    std::string name, arguments;
  };
  const std::vector<Call>& calls() const { return calls_; }

 private:
  CallIds ids_;
  std::string content_, reasoning_;
  std::vector<Call> calls_;
};

}  // namespace octet::serve
