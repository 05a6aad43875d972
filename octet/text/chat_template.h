// A model's chat template: messages in, the prompt's text out, with the variables that transformers gives a template.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "octet/base/json.h"
#include "octet/text/jinja/jinja.h"

namespace octet::text {

enum class GenerationPrompt { add, omit };  // whether the text ends where the assistant is to go on

struct ChatOptions {
  GenerationPrompt generation_prompt = GenerationPrompt::add;
  Json variables = Json::object();  // more variables ("thinking": true), as chat_template_kwargs; they win over tokens
  jinja::Settings settings;
};

class ChatTemplate {
 public:
  // From a model's folder: chat_template.jinja, else "chat_template" of tokenizer_config.json, which is a string or a
  // list of {"name", "template"} with one called "default" and perhaps "tool_use", taken when there are tools. The
  // special tokens are tokenizer_config.json's. Nothing if the folder has no template; Error{config} for one that
  // cannot be parsed.
  static std::optional<ChatTemplate> load(const std::filesystem::path& folder);

  // `tokens` is an object such as {"bos_token": "<s>"}.
  ChatTemplate(std::string_view source, std::string name, Json tokens = Json::object());

  // `messages` is a list of objects, `tools` a list or null, in OpenAI's form. Error{request} if they are not, and for
  // what the template raises; see jinja.h for the rest.
  std::string render(const Json& messages, const Json& tools, const ChatOptions& options = {}) const;

  const std::string& source() const { return source_; }
  const Json& tokens() const { return tokens_; }

 private:
  std::string source_;
  jinja::Template template_;
  std::optional<jinja::Template> with_tools_;
  Json tokens_;
};

}  // namespace octet::text
