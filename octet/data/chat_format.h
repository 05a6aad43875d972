// Chats and prose as documents, in DeepSeek-V3's form: the only place outside a chat template that knows it.
//
//   <｜begin▁of▁sentence｜>{system}<｜User｜>{question}<｜Assistant｜>{answer}<｜end▁of▁sentence｜><｜User｜>…
//   <｜begin▁of▁sentence｜>{prose}<｜end▁of▁sentence｜>
// Of a chat only the assistant's words and their end token are learned; of prose everything.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "octet/data/document.h"
#include "octet/tasks/conversation.h"

namespace octet::data {

inline constexpr std::string_view bos_token = "<｜begin▁of▁sentence｜>", eos_token = "<｜end▁of▁sentence｜>",
                                  user_token = "<｜User｜>", assistant_token = "<｜Assistant｜>";

// Roles: system, user, assistant. Error{file} for another, or for a chat without an assistant's turn; `where` names it.
Document render_chat(const std::vector<tasks::Message>& messages, std::string_view where);
Document render_prose(std::string text);

// The Jinja template that renders messages in this form, for tokenizer_config.json (chat_format_test holds the two
// against each other).
extern const std::string_view chat_template;

}  // namespace octet::data
