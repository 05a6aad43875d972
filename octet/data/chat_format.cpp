#include "octet/data/chat_format.h"

#include "octet/base/error.h"

namespace octet::data {

Document render_chat(const std::vector<tasks::Message>& messages, std::string_view where) {
  std::string system;
  for (const auto& message : messages)
    if (message.role == "system") system += (system.empty() ? "" : "\n\n") + message.content;
  Document document;
  document.segments.push_back({std::string(bos_token), false, true});
  if (!system.empty()) document.segments.push_back({system, false});
  bool answered = false;
  for (const auto& message : messages) {
    if (message.role == "system") continue;
    bool assistant = message.role == "assistant";
    if (!assistant && message.role != "user")
      throw Error(ErrorKind::file, fmt::format("{}: unknown role '{}'", where, printable(message.role)),
                  "roles are system, user and assistant");
    document.segments.push_back({std::string(assistant ? assistant_token : user_token), false, true});
    if (!message.content.empty()) document.segments.push_back({message.content, assistant});
    if (assistant) document.segments.push_back({std::string(eos_token), true, true});
    answered = answered || assistant;
  }
  if (!answered)
    throw Error(ErrorKind::file, fmt::format("{}: a chat without an assistant's turn has nothing to learn", where));
  return document;
}

Document render_prose(std::string text) {
  return {{{std::string(bos_token), false, true}, {std::move(text), true}, {std::string(eos_token), true, true}}};
}

const std::string_view chat_template =
    "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
    "{% set ns = namespace(system_prompt='') %}"
    "{%- for message in messages %}{%- if message['role'] == 'system' %}"
    "{%- if ns.system_prompt %}{% set ns.system_prompt = ns.system_prompt + '\\n\\n' + message['content'] %}"
    "{%- else %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endif %}{%- endfor %}"
    "{{ bos_token }}{{ ns.system_prompt }}"
    "{%- for message in messages %}"
    "{%- if message['role'] == 'user' %}{{ '<｜User｜>' + message['content'] }}{%- endif %}"
    "{%- if message['role'] == 'assistant' %}{{ '<｜Assistant｜>' + message['content'] + '<｜end▁of▁sentence｜>' }}{%- "
    "endif %}"
    "{%- endfor %}"
    "{% if add_generation_prompt %}{{ '<｜Assistant｜>' }}{% endif %}";

}  // namespace octet::data
