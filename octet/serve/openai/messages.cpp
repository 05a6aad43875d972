#include "octet/serve/openai/messages.h"

#include <algorithm>

namespace octet::serve {

namespace {

constexpr size_t most_messages = 16384;

Json read_call(const Params& call) {
  std::string id = call.required_string("id");
  if (call.one_of("type", {"function"}).value_or("function") != "function") call.fail("type", "'function'");
  call.require("function", "an object");
  Params function(*call.object("function"), call.at("function"));
  Json out = {
      {"id", id},
      {"type", "function"},
      {"function", {{"name", function.required_string("name")}, {"arguments", function.required_string("arguments")}}}};
  function.finish();
  call.integer("index", 0, INT32_MAX);  // what streams send and some clients send back
  call.finish();
  return out;
}

Json read_assistant(const Params& message) {
  Json out = {{"role", "assistant"}, {"content", ""}};
  const Json* calls = message.list("tool_calls");
  bool calling = calls && !calls->empty();
  if (message.has("content") || !calling) out["content"] = read_content(message, "content", {"text", "refusal"});
  if (calling) {
    Json list = Json::array();
    for (size_t i = 0; i < calls->size(); ++i)
      list.push_back(read_call(Params((*calls)[i], fmt::format("{}[{}]", message.at("tool_calls"), i))));
    out["tool_calls"] = std::move(list);
  }
  if (auto thought = message.string("reasoning_content")) out["reasoning_content"] = *thought;
  message.string("refusal");
  message.refuse("function_call", "deprecated by OpenAI; use tool_calls");
  message.refuse("audio", "this model reads text alone");
  // What the clients' own objects carry when an answer is sent back as it came.
  message.refuse("annotations", "not supported", {Json::array()});
  return out;
}

Json read_message(const Params& message) {
  std::string role = message.required_string("role");
  Json out;
  if (role == "assistant") {
    out = read_assistant(message);
  } else if (role == "system" || role == "developer" || role == "user") {
    out = {{"role", role == "developer" ? "system" : role}, {"content", read_content(message, "content", {"text"})}};
  } else if (role == "tool") {
    out = {{"role", "tool"},
           {"content", read_content(message, "content", {"text"})},
           {"tool_call_id", message.required_string("tool_call_id")}};
  } else {
    message.fail("role", "one of system, developer, user, assistant, tool");
  }
  if (auto name = message.string("name")) out["name"] = *name;
  message.finish();
  return out;
}

}  // namespace

std::string read_content(const Params& message, std::string_view key, const std::vector<std::string>& part_types) {
  const Json& content = message.require(key, "a string or a list of text parts");
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_array()) message.fail(key, "a string or a list of text parts");
  std::string out;
  for (size_t i = 0; i < content.size(); ++i) {
    Params part(content[i], fmt::format("{}[{}]", message.at(key), i));
    std::string type = part.required_string("type");
    if (std::find(part_types.begin(), part_types.end(), type) == part_types.end())
      part.fail("type", fmt::format("{} (this model reads text alone)", fmt::join(part_types, " or ")));
    out += part.required_string(type == "refusal" ? "refusal" : "text");
    part.refuse("annotations", "not supported", {Json::array()});
    part.refuse("logprobs", "not supported", {Json::array()});
    part.finish();
  }
  return out;
}

Json read_messages(const Params& params) {
  params.require("messages", "a list of messages");
  const Json& messages = *params.list("messages");
  if (messages.empty() || messages.size() > most_messages)
    params.fail("messages", fmt::format("1 to {} messages", most_messages));
  Json out = Json::array();
  for (size_t i = 0; i < messages.size(); ++i)
    out.push_back(read_message(Params(messages[i], fmt::format("messages[{}]", i))));
  return out;
}

}  // namespace octet::serve
