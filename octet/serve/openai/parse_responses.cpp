#include "octet/serve/openai/messages.h"
#include "octet/serve/openai/requests.h"

namespace octet::serve {

namespace {

Json message_item(const Params& item) {
  std::string role = item.required_string("role");
  if (role != "user" && role != "system" && role != "developer" && role != "assistant")
    item.fail("role", "one of user, system, developer, assistant");
  Json out = {{"role", role == "developer" ? "system" : role},
              {"content", read_content(item, "content", {"input_text", "output_text", "text", "refusal"})}};
  item.string("id");
  item.string("status");
  item.string("phase");
  return out;
}

// A call and its result as a chat has them. Calls that follow one another belong to one message.
void add_call(const Params& item, Json& messages) {
  Json call = {
      {"id", item.required_string("call_id")},
      {"type", "function"},
      {"function", {{"name", item.required_string("name")}, {"arguments", item.required_string("arguments")}}}};
  item.string("id");
  item.string("status");
  bool goes_on = !messages.empty() && messages.back()["role"] == "assistant";
  if (!goes_on) messages.push_back({{"role", "assistant"}, {"content", ""}});
  messages.back()["tool_calls"].push_back(std::move(call));
}

Json call_output(const Params& item) {
  Json out = {{"role", "tool"},
              {"tool_call_id", item.required_string("call_id")},
              {"content", read_content(item, "output", {"input_text", "output_text", "text"})}};
  item.string("id");
  item.string("status");
  return out;
}

void add_item(const Params& item, Json& messages) {
  std::string type = item.string("type").value_or("message");
  if (type == "message") {
    messages.push_back(message_item(item));
  } else if (type == "function_call") {
    add_call(item, messages);
  } else if (type == "function_call_output") {
    messages.push_back(call_output(item));
  } else if (type == "reasoning") {
    // What was thought before is not for the next answer: templates of models that think leave it out as well.
    for (const char* key : {"id", "summary", "content", "encrypted_content", "status"}) item.find(key);
  } else {
    item.fail("type", "one of message, function_call, function_call_output, reasoning");
  }
  item.finish();
}

Json read_input(const Params& p) {
  Json messages = Json::array();
  if (auto instructions = p.string("instructions"))
    messages.push_back({{"role", "system"}, {"content", *instructions}});
  const std::string expected = "a text or a list of items";
  const Json& input = p.require("input", expected);
  if (input.is_string()) {
    messages.push_back({{"role", "user"}, {"content", input}});
    return messages;
  }
  if (!input.is_array() || input.empty()) p.fail("input", expected);
  for (size_t i = 0; i < input.size(); ++i) add_item(Params(input[i], fmt::format("input[{}]", i)), messages);
  if (messages.empty()) p.fail("input", "at least one message");
  return messages;
}

Json reasoning_variables(const Params& p) {
  Json out = read_variables(p);
  const Json* reasoning = p.object("reasoning");
  if (!reasoning) return out;
  Params inner(*reasoning, p.at("reasoning"));
  out.update(read_variables_of_effort(inner, "effort"));
  inner.refuse("summary", "octet shows thoughts as they are", {"auto"});
  inner.refuse("generate_summary", "octet shows thoughts as they are");
  inner.finish();
  return out;
}

chat::Structure read_text_format(const Params& p) {
  const Json* text = p.object("text");
  if (!text) return read_structure(p);
  Params inner(*text, p.at("text"));
  chat::Structure out = read_structure(p);
  if (const Json* format = inner.object("format"))
    out = read_format(Params(*format, inner.at("format")), ToolForm::responses);
  inner.refuse("verbosity", "not supported", {"medium"});
  inner.finish();
  return out;
}

void refuse_responses_fields(const Params& p) {
  p.refuse("store", "octet keeps no responses", {false});
  p.refuse("previous_response_id", "octet keeps no responses: send the conversation in input");
  p.refuse("conversation", "octet keeps no conversations: send them in input");
  p.refuse("background", "not supported", {false});
  p.refuse("prompt", "not supported; send the text in input");
  p.refuse("include", "not supported", {Json::array()});
  p.refuse("service_tier", "octet has one tier", {"auto", "default"});
  p.refuse("truncation", "not supported: what does not fit the context is refused", {"disabled"});
  p.refuse("max_tool_calls", "not supported");
  p.refuse("top_logprobs", "not supported; use /v1/chat/completions", {0});
}

Json echo_of(const Params& p, const ChatRequest& r) {
  auto given = [&](const char* key, Json fallback) {
    const Json* value = p.find(key);
    return value ? *value : fallback;
  };
  return {{"instructions", given("instructions", nullptr)},
          {"max_output_tokens", given("max_output_tokens", nullptr)},
          {"metadata", given("metadata", Json::object())},
          {"parallel_tool_calls", r.parallel_tool_calls},
          {"previous_response_id", nullptr},
          {"reasoning", given("reasoning", {{"effort", nullptr}, {"summary", nullptr}})},
          {"store", false},
          {"temperature", r.settings.sampling.temperature},
          {"text", given("text", {{"format", {{"type", "text"}}}})},
          {"tool_choice", given("tool_choice", "auto")},
          {"tools", given("tools", Json::array())},
          {"top_p", r.settings.sampling.top_p},
          {"truncation", "disabled"},
          {"user", given("user", nullptr)}};
}

}  // namespace

ResponsesRequest parse_responses(const Json& body, const ModelFacts& facts) {
  Params p(body);
  ResponsesRequest out;
  ChatRequest& r = out.chat;
  r.model = p.string("model").value_or("");
  r.messages = read_input(p);
  r.tools = read_tools(p, ToolForm::responses);
  r.tool_choice = read_tool_choice(p, r.tools, ToolForm::responses);
  r.parallel_tool_calls = p.flag("parallel_tool_calls", true);
  r.structure = with_tool_choice(read_text_format(p), r.tool_choice, r.tools, r.parallel_tool_calls);
  r.variables = reasoning_variables(p);
  r.settings = read_settings(p, facts.sampling, facts.vocabulary);
  if (r.settings.n != 1) p.fail("n", "1: a response is one answer");
  r.settings.max_tokens = p.integer("max_output_tokens", 1, INT32_MAX);
  r.stream = read_stream(p);
  r.user = read_user(p);
  refuse_responses_fields(p);
  p.finish();
  out.echo = echo_of(p, r);
  return out;
}

}  // namespace octet::serve
