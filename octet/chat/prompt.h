// Messages as a prompt: what the model reads, and what to expect of its answer.
#pragma once
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/text/bpe/tokenizer.h"
#include "octet/text/chat_template.h"
#include "octet/text/grammar/tool_grammar.h"
#include "octet/text/reply/reply.h"

namespace octet::chat {

struct Prompt {
  std::string text;
  std::vector<int64_t> tokens;
  text::ReplyFormat format;  // of the answer; calls are looked for where tools were given
};

// A model's tokenizer and template, and what its template can do by itself. Any number of threads may use one.
class PromptMaker {
 public:
  PromptMaker(text::Tokenizer tokenizer, text::ChatTemplate chat_template);

  // `messages` and `tools` (a list or null) in OpenAI's form, contents as strings. Where the template ignores tools,
  // their description goes into the system message (text/reply/tools.h); where it ignores calls and their results in
  // earlier messages, these are written out (tool_messages.h). `variables` are the template's: {"thinking": true}.
  // Error{request} for what the template refuses.
  Prompt make(const Json& messages, const Json& tools, const Json& variables,
              text::GenerationPrompt generation = text::GenerationPrompt::add) const;

  bool thinks() const;               // whether the template knows of thoughts
  text::ToolForm tool_form() const;  // how the model writes calls, as far as its template tells
  const text::Tokenizer& tokenizer() const { return tokenizer_; }

 private:
  text::Tokenizer tokenizer_;
  text::ChatTemplate template_;
  bool reads_tools_, reads_tool_messages_;
};

}  // namespace octet::chat
