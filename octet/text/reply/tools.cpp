#include "octet/text/reply/tools.h"

#include "octet/text/reply/markup.h"

namespace octet::text {

namespace {

std::optional<std::string> try_render(const ChatTemplate& chat, const Json& messages, const Json& tools) {
  try {
    return chat.render(messages, tools);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

bool reads_tools(const ChatTemplate& chat) {
  constexpr std::string_view name = "octet_asks_whether_this_is_read";
  Json tools = parse_json(fmt::format(R"([{{"type": "function", "function": {{"name": "{}", "description": "a function",
      "parameters": {{"type": "object", "properties": {{"x": {{"type": "string", "description": "a text"}}}},
      "required": ["x"]}}}}}}])",
                                      name),
                          "a tool");
  Json user = {{"role", "user"}, {"content", "Hello"}}, system = {{"role", "system"}, {"content", "Be brief."}};
  bool failed = false;
  for (const Json& messages : {Json::array({system, user}), Json::array({user})}) {
    auto without = try_render(chat, messages, nullptr), with = try_render(chat, messages, tools);
    if (with && with->find(name) != with->npos) return true;
    failed |= without && !with;
  }
  return failed;
}

std::string describe_tools(const Json& tools) {
  if (!tools.is_array()) throw Error(ErrorKind::request, "tools: expected a list");
  std::string out = "## Tools\n\nYou can call these functions:\n";
  for (size_t i = 0; i < tools.size(); ++i) {
    std::string where = fmt::format("tools[{}]", i);
    auto wrong = [&](std::string_view what) { throw Error(ErrorKind::request, fmt::format("{}{}", where, what)); };
    if (!tools[i].is_object()) wrong(": expected an object");
    auto function = tools[i].find("function");
    if (function == tools[i].end() || !function->is_object()) wrong(".function: expected an object");
    auto name = function->find("name");
    if (name == function->end() || !name->is_string()) wrong(".function.name: expected a string");
    out += fmt::format("\n### {}\n", name->get<std::string>());
    if (auto text = function->find("description"); text != function->end() && !text->is_null()) {
      if (!text->is_string()) wrong(".function.description: expected a string");
      out += text->get<std::string>() + "\n";
    }
    auto parameters = function->find("parameters");
    bool given = parameters != function->end() && !parameters->is_null();
    if (given && !parameters->is_object()) wrong(".function.parameters: expected an object");
    out += fmt::format("Parameters, as a JSON Schema: {}\n", given ? dump(*parameters) : "{}");
  }
  const ToolMarks& m = deepseek_marks;
  out += fmt::format(
      "\nTo call functions, end your answer with the calls in exactly this form, the arguments being a JSON object:\n"
      "{0}{1}function{2}NAME\n```json\n{{\"argument\": \"value\"}}\n```{3}{4}\n"
      "Each further call stands on a line of its own, from {1} to {3}, before {4}.",
      m.calls_begin, m.call_begin, m.separator, m.call_end, m.calls_end);
  return out;
}

Json with_tools_described(const Json& messages, const Json& tools) {
  std::string description = describe_tools(tools);
  Json out = messages;
  for (Json& message : out) {
    if (!message.is_object() || message.value("role", Json()) != "system") continue;
    auto content = message.find("content");
    if (content == message.end() || !content->is_string()) continue;
    *content = content->get_ref<const std::string&>() + "\n\n" + description;
    return out;
  }
  out.insert(out.begin(), Json{{"role", "system"}, {"content", description}});
  return out;
}

}  // namespace octet::text
