#include "octet/serve/openai/chat_json.h"

namespace octet::serve {

namespace {

using Kind = text::ReplyEvent::Kind;

void append_text(Json& delta, const char* key, const std::string& text) {
  if (!delta.contains(key)) delta[key] = "";
  delta[key].get_ref<std::string&>() += text;
}

}  // namespace

Json chat_delta(const std::vector<text::ReplyEvent>& events, const CallIds& ids) {
  Json delta = Json::object();
  for (const auto& e : events) {
    if (e.kind == Kind::content) append_text(delta, "content", e.text);
    if (e.kind == Kind::reasoning) append_text(delta, "reasoning_content", e.text);
    if (e.kind == Kind::call_start)
      delta["tool_calls"].push_back({{"index", e.call},
                                     {"id", ids.of(e.call)},
                                     {"type", "function"},
                                     {"function", {{"name", e.text}, {"arguments", ""}}}});
    if (e.kind != Kind::call_arguments) continue;
    Json& calls = delta["tool_calls"];
    if (calls.empty() || calls.back()["index"] != e.call)
      calls.push_back({{"index", e.call}, {"function", {{"arguments", ""}}}});
    calls.back()["function"]["arguments"].get_ref<std::string&>() += e.text;
  }
  return delta;
}

void ChatMessage::add(const std::vector<text::ReplyEvent>& events) {
  for (const auto& e : events) {
    if (e.kind == Kind::content) content_ += e.text;
    if (e.kind == Kind::reasoning) reasoning_ += e.text;
    if (e.kind == Kind::call_start) calls_.push_back({e.text, ""});
    if (e.kind == Kind::call_arguments) calls_.back().arguments += e.text;
  }
}

Json ChatMessage::json() const {
  Json out = {{"role", "assistant"}, {"content", content_}, {"refusal", nullptr}};
  if (content_.empty() && !calls_.empty()) out["content"] = nullptr;
  if (!reasoning_.empty()) out["reasoning_content"] = reasoning_;
  for (size_t i = 0; i < calls_.size(); ++i)
    out["tool_calls"].push_back({{"id", ids_.of(static_cast<int>(i))},
                                 {"type", "function"},
                                 {"function", {{"name", calls_[i].name}, {"arguments", calls_[i].arguments}}}});
  return out;
}

}  // namespace octet::serve
