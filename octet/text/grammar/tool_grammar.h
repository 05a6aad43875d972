// Answers that call functions, as grammar nodes: the marks of reply/markup.h around arguments that obey a JSON Schema.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/text/grammar/rules.h"

namespace octet::text {

// How a call is written; reply.h reads all three.
enum class ToolForm {
  deepseek_fenced,  // CALL_BEGIN function SEP name \n ```json \n {...} \n ``` CALL_END: V3, R1, and what tools.h asks
                    // for
  deepseek_plain,   // CALL_BEGIN name SEP {...} CALL_END: V3.1
  kimi,             // CALL_BEGIN functions.name:0 ARGUMENTS {...} CALL_END: K2
};

struct ToolFunction {
  std::string name;
  Json parameters;  // a JSON Schema; null: no parameters
  // any_object: the arguments are some JSON object, for a schema that cannot be enforced and was not asked to be
  enum class Arguments { by_schema, any_object } arguments = Arguments::by_schema;
};

struct ToolCallsSpec {
  ToolForm form = ToolForm::deepseek_fenced;
  std::vector<ToolFunction> functions;
  int64_t least_calls = 1;  // 0: text may stand before the calls, or in place of them
  std::optional<int64_t> most_calls = std::nullopt;
};

// The rule of the whole answer. `mark` gives the node of a mark: the vocabulary's token for it, or its text.
RuleId add_tool_calls(Rules& rules, const ToolCallsSpec& spec, int64_t unrolled_characters,
                      const std::function<NodeId(std::string_view)>& mark, const std::string& where);

}  // namespace octet::text
