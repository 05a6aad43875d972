#include "octet/chat/prompt.h"

#include "octet/chat/tool_messages.h"
#include "octet/text/reply/markup.h"
#include "octet/text/reply/tools.h"

namespace octet::chat {

PromptMaker::PromptMaker(text::Tokenizer tokenizer, text::ChatTemplate chat_template)
    : tokenizer_(std::move(tokenizer)),
      template_(std::move(chat_template)),
      reads_tools_(text::reads_tools(template_)),
      reads_tool_messages_(reads_tool_messages(template_)) {}

Prompt PromptMaker::make(const Json& messages, const Json& tools, const Json& variables,
                         text::GenerationPrompt generation) const {
  bool given = tools.is_array() && !tools.empty();
  Json used = reads_tool_messages_ ? messages : with_tool_messages_written(messages);
  if (given && !reads_tools_) used = text::with_tools_described(used, tools);
  text::ChatOptions options;
  options.generation_prompt = generation;
  options.variables = variables;
  Prompt out;
  out.text = template_.render(used, given ? tools : Json(), options);
  auto ids = tokenizer_.encode(out.text);
  out.tokens.assign(ids.begin(), ids.end());
  out.format = text::reply_format(out.text, template_.source());
  if (!given) out.format.tools = text::ToolMarkup::none;
  return out;
}

text::ToolForm PromptMaker::tool_form() const {
  const std::string& source = template_.source();
  if (source.find(text::kimi_marks.calls_begin) != source.npos) return text::ToolForm::kimi;
  bool fenced = !reads_tools_ || source.find("```json") != source.npos;
  return fenced ? text::ToolForm::deepseek_fenced : text::ToolForm::deepseek_plain;
}

bool PromptMaker::thinks() const { return template_.source().find("think>") != std::string::npos; }

}  // namespace octet::chat
