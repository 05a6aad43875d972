#include "octet/serve/openai/tools.h"

#include <algorithm>

namespace octet::serve {

namespace {

constexpr size_t most_tools = 256;

void check_name(const Params& function) {
  std::string name = function.required_string("name");
  auto good = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.'; };
  if (name.empty() || name.size() > 128 || !std::all_of(name.begin(), name.end(), good))
    function.fail("name", "1 to 128 letters, digits, '_', '-' or '.'");
}

Json read_function(const Params& function) {
  check_name(function);
  Json out = {{"name", *function.string("name")}};
  if (auto text = function.string("description")) out["description"] = *text;
  const Json* parameters = function.object("parameters");
  out["parameters"] = parameters ? *parameters : Json{{"type", "object"}, {"properties", Json::object()}};
  if (function.has("strict")) out["strict"] = function.flag("strict");
  return out;
}

Json read_tool(const Params& tool, ToolForm form) {
  if (tool.required_string("type") != "function") tool.fail("type", "'function', which is what octet knows of tools");
  Json out = {{"type", "function"}};
  if (form == ToolForm::responses) {
    out["function"] = read_function(tool);
  } else {
    tool.require("function", "an object");
    Params function(*tool.object("function"), tool.at("function"));
    out["function"] = read_function(function);
    function.finish();
  }
  tool.finish();
  return out;
}

bool has_tool(const Json& tools, const std::string& name) {
  return std::any_of(tools.begin(), tools.end(), [&](const Json& t) { return t["function"]["name"] == name; });
}

std::string chosen_name(const Params& choice, ToolForm form) {
  if (choice.required_string("type") != "function") choice.fail("type", "'function'");
  if (form == ToolForm::responses) return choice.required_string("name");
  choice.require("function", "an object");
  Params function(*choice.object("function"), choice.at("function"));
  std::string name = function.required_string("name");
  function.finish();
  return name;
}

chat::Structure schema_of(const Json& schema, std::string where) {
  chat::Structure out;
  out.kind = chat::Structure::Kind::json_schema;
  out.where = std::move(where);
  out.schema = schema;
  return out;
}

chat::Structure structure_of(chat::Structure::Kind kind, std::string text, std::string where) {
  chat::Structure out;
  out.kind = kind;
  out.where = std::move(where);
  out.text = std::move(text);
  return out;
}

chat::Structure choice_of(const Params& params, std::string_view key) {
  chat::Structure out;
  out.kind = chat::Structure::Kind::choice;
  out.where = params.at(key);
  if (!params.list(key)) params.fail(key, "a list of texts");
  out.choices = params.strings(key);
  if (out.choices.empty() || out.choices.size() > 1024) params.fail(key, "1 to 1024 texts");
  return out;
}

// A schema as an object, or as the text of one, which vLLM takes too.
chat::Structure guided_json(const Params& params, std::string_view key) {
  const Json& value = *params.find(key);
  if (value.is_object() || value.is_boolean()) return schema_of(value, params.at(key));
  if (!value.is_string()) params.fail(key, "a JSON Schema");
  try {
    return schema_of(parse_json(value.get_ref<const std::string&>(), params.at(key)), params.at(key));
  } catch (const Error& e) {
    throw invalid_request(params.at(key), e.what(), "invalid_value");
  }
}

chat::Structure read_named_schema(const Params& params) {
  params.required_string("name");
  params.string("description");
  params.flag("strict");  // octet is always strict
  params.require("schema", "a JSON Schema");
  return schema_of(*params.object("schema"), params.at("schema"));
}

using Found = std::vector<std::pair<std::string, chat::Structure>>;

void read_named(const Params& params, const std::string& prefix, Found& found) {
  using Kind = chat::Structure::Kind;
  auto add = [&](const std::string& key, auto make) {
    if (params.has(prefix + key)) found.emplace_back(params.at(prefix + key), make(prefix + key));
  };
  add("json", [&](const std::string& key) { return guided_json(params, key); });
  add("regex",
      [&](const std::string& key) { return structure_of(Kind::regex, params.required_string(key), params.at(key)); });
  add("choice", [&](const std::string& key) { return choice_of(params, key); });
  add("grammar",
      [&](const std::string& key) { return structure_of(Kind::grammar, params.required_string(key), params.at(key)); });
}

}  // namespace

Json read_tools(const Params& params, ToolForm form) {
  params.refuse("functions", "deprecated by OpenAI; use tools");
  params.refuse("function_call", "deprecated by OpenAI; use tool_choice");
  const Json* tools = params.list("tools");
  if (!tools || tools->empty()) return Json();
  if (tools->size() > most_tools) params.fail("tools", fmt::format("at most {} tools", most_tools));
  Json out = Json::array();
  for (size_t i = 0; i < tools->size(); ++i) {
    Params tool((*tools)[i], fmt::format("tools[{}]", i));
    Json read = read_tool(tool, form);
    if (has_tool(out, read["function"]["name"]))
      throw invalid_request(tool.path(), fmt::format("{}: a second tool of this name", tool.path()), "invalid_value");
    out.push_back(std::move(read));
  }
  return out;
}

ToolChoice read_tool_choice(const Params& params, const Json& tools, ToolForm form) {
  using Mode = ToolChoice::Mode;
  bool given = tools.is_array();
  const Json* value = params.find("tool_choice");
  if (!value) return {given ? Mode::automatic : Mode::none, ""};
  const std::string expected = "'none', 'auto', 'required' or a function's name in an object";
  ToolChoice out;
  if (value->is_string()) {
    std::string mode = value->get<std::string>();
    if (mode == "auto")
      out.mode = given ? Mode::automatic : Mode::none;
    else if (mode == "required")
      out.mode = Mode::required;
    else if (mode != "none")
      params.fail("tool_choice", expected);
  } else if (value->is_object()) {
    Params choice(*value, params.at("tool_choice"));
    out = {Mode::named, chosen_name(choice, form)};
    choice.finish();
    if (!given || !has_tool(tools, out.name)) params.fail("tool_choice", "the name of one of tools");
  } else {
    params.fail("tool_choice", expected);
  }
  if (out.mode == Mode::required && !given)
    throw invalid_request("tool_choice", "tool_choice: 'required' needs tools", "invalid_value");
  return out;
}

chat::Structure read_format(const Params& format, ToolForm form) {
  using Kind = chat::Structure::Kind;
  std::string type = format.required_string("type");
  chat::Structure out;
  if (type == "json_object") {
    out.kind = Kind::json_object;
  } else if (type == "json_schema") {
    // Either form is read in both places, but what is missing is called by the name that the place has for it.
    if (const Json* inner = format.object("json_schema")) {
      Params wrapped(*inner, format.at("json_schema"));
      out = read_named_schema(wrapped);
      wrapped.finish();
    } else if (form == ToolForm::chat && !format.has("schema")) {
      format.fail("json_schema", "an object with name and schema");
    } else {
      out = read_named_schema(format);
    }
  } else if (type != "text") {
    format.fail("type", "one of text, json_object, json_schema");
  }
  format.finish();
  return out;
}

chat::Structure read_structure(const Params& params) {
  using Kind = chat::Structure::Kind;
  Found found;
  if (const Json* value = params.object("response_format")) {
    auto structure = read_format(Params(*value, params.at("response_format")), ToolForm::chat);
    if (structure.kind != Kind::none) found.emplace_back("response_format", structure);
  }
  read_named(params, "guided_", found);
  params.refuse("guided_decoding_backend", "octet has one: XGrammar");
  params.refuse("guided_whitespace_pattern",
                "not supported; write the white space into guided_regex or guided_grammar");
  if (const Json* value = params.object("structured_outputs")) {
    Params inner(*value, params.at("structured_outputs"));
    read_named(inner, "", found);
    if (inner.flag("json_object"))
      found.emplace_back(inner.at("json_object"), structure_of(Kind::json_object, "", inner.at("json_object")));
    inner.refuse("structural_tag", "not supported; use json, regex, choice or grammar");
    inner.finish();
  }
  if (found.size() > 1)
    throw invalid_request(found[1].first,
                          fmt::format("{}: {} already says what the answer may be", found[1].first, found[0].first),
                          "invalid_value");
  return found.empty() ? chat::Structure{} : found[0].second;
}

chat::Structure with_tool_choice(const chat::Structure& asked, const ToolChoice& choice, const Json& tools,
                                 bool parallel) {
  using Mode = ToolChoice::Mode;
  using Calls = chat::Structure::Calls;
  using Arguments = chat::Structure::Function::Arguments;
  bool forced = choice.mode == Mode::required || choice.mode == Mode::named;
  auto strict = [](const Json& tool) { return tool["function"].value("strict", false); };
  bool any_strict = tools.is_array() && std::any_of(tools.begin(), tools.end(), strict);
  if (!forced && !(choice.mode == Mode::automatic && any_strict)) return asked;
  if (asked.kind != chat::Structure::Kind::none) {
    if (!forced) return asked;
    throw invalid_request("tool_choice", "tool_choice: a forced call leaves no room for a response format",
                          "invalid_value");
  }
  chat::Structure out;
  out.kind = chat::Structure::Kind::calls;
  out.where = "tools";
  bool one = !parallel || choice.mode == Mode::named;
  out.calls = forced ? (one ? Calls::one : Calls::several) : (one ? Calls::text_or_one : Calls::text_or_several);
  for (const Json& tool : tools) {
    const Json& function = tool["function"];
    if (choice.mode == Mode::named && function["name"] != choice.name) continue;
    out.functions.push_back({function["name"].get<std::string>(), function["parameters"],
                             forced || strict(tool) ? Arguments::by_schema : Arguments::any_object});
  }
  return out;
}

}  // namespace octet::serve
