#include "octet/chat/conversation.h"

namespace octet::chat {

Conversation::Conversation(std::string system) {
  if (!system.empty()) add("system", std::move(system));
}

void Conversation::add(const char* role, std::string text) {
  messages_.push_back({{"role", role}, {"content", std::move(text)}});
}

bool Conversation::undo() {
  for (size_t i = messages_.size(); i-- > 0;) {
    if (messages_[i]["role"] != "user") continue;
    messages_.erase(messages_.begin() + static_cast<long>(i), messages_.end());
    return true;
  }
  return false;
}

void Conversation::clear() {
  bool system = !messages_.empty() && messages_[0]["role"] == "system";
  messages_ = system ? Json::array({messages_[0]}) : Json::array();
}

void Conversation::set_system(const std::string& text) {
  if (!messages_.empty() && messages_[0]["role"] == "system") messages_.erase(messages_.begin());
  Json message = {{"role", "system"}, {"content", text}};  // insert would take the braces for a list of two messages
  if (!text.empty()) messages_.insert(messages_.begin(), message);
}

void Conversation::save(const fs::path& path) const { replace_file(path, dump(messages_, 2) + "\n"); }

Conversation Conversation::load(const fs::path& path) {
  Json json = read_json(path, size_t{64} << 20);
  auto refuse = [&](const std::string& found) {
    throw Error(ErrorKind::file,
                fmt::format("{}: expected a list of messages with role and content, found {}", path.string(), found));
  };
  if (!json.is_array()) refuse(printable(dump(json)));
  for (const Json& message : json) {
    bool fits = message.is_object() && message.contains("role") && message["role"].is_string() &&
                message.contains("content") && message["content"].is_string();
    if (!fits) refuse(printable(dump(message)));
  }
  Conversation out;
  out.messages_ = std::move(json);
  return out;
}

}  // namespace octet::chat
