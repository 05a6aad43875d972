// A conversation: its messages, and the ways a person at a terminal changes it.
#pragma once
#include <string>

#include "octet/base/file.h"
#include "octet/base/json.h"

namespace octet::chat {

class Conversation {
 public:
  explicit Conversation(std::string system = "");

  void add_user(std::string text) { add("user", std::move(text)); }
  void add_assistant(std::string text) { add("assistant", std::move(text)); }
  bool undo();   // takes back the last question and what followed it; false if there is none
  void clear();  // keeps the system message
  void set_system(const std::string& text);

  const Json& messages() const { return messages_; }  // [{"role", "content"}, ...]
  void save(const fs::path& path) const;
  static Conversation load(const fs::path& path);  // Error{file} if it is no list of messages

 private:
  Json messages_ = Json::array();
  void add(const char* role, std::string text);
};

}  // namespace octet::chat
