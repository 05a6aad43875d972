// tools, tool_choice, response_format and vLLM's names for structured output: what an answer may be.
#pragma once
#include "octet/chat/structure.h"
#include "octet/serve/openai/params.h"

namespace octet::serve {

struct ToolChoice {
  enum class Mode { none, automatic, required, named } mode = Mode::none;
  std::string name;  // of Mode::named
};

// In OpenAI's chat form ([{"type": "function", "function": {...}}]), names and schemas checked; null where there are
// none. Responses have the function's fields beside "type".
enum class ToolForm { chat, responses };
Json read_tools(const Params& params, ToolForm form);
ToolChoice read_tool_choice(const Params& params, const Json& tools, ToolForm form);

// response_format (or `text.format` of responses) and guided_json, guided_regex, guided_choice, guided_grammar,
// structured_outputs. More than one at once is refused.
chat::Structure read_structure(const Params& params);
// {"type": "json_schema", ...}: chats wrap the schema in an object "json_schema", responses do not.
chat::Structure read_format(const Params& format, ToolForm form);

// The structure that a choice of tools asks for: calls and nothing else where they are forced, and where tools are
// "strict", text or calls whose arguments obey the schema. Refuses a forced call beside another structure.
chat::Structure with_tool_choice(const chat::Structure& asked, const ToolChoice& choice, const Json& tools,
                                 bool parallel);

}  // namespace octet::serve
