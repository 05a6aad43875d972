#include "octet/serve/openai/messages.h"
#include "octet/serve/openai/requests.h"

namespace octet::serve {

namespace {

// Under both of the names that templates have for it.
void set_thinking(Json& variables, bool value) {
  for (const char* key : {"thinking", "enable_thinking"})
    if (!variables.contains(key)) variables[key] = value;
}

// Fields of OpenAI's chats that ask for what octet does not do.
void refuse_chat_fields(const Params& p) {
  p.refuse("modalities", "this model writes text alone", {Json::array({"text"})});
  p.refuse("audio", "this model writes text alone");
  p.refuse("prediction", "not supported; MTP speculation needs no prediction");
  p.refuse("store", "octet keeps no answers", {false});
  p.refuse("service_tier", "octet has one tier", {"auto", "default"});
  p.refuse("web_search_options", "not supported");
  p.refuse("verbosity", "not supported", {"medium"});
  p.refuse("echo", "not supported");
  p.refuse("best_of", "not supported; use n", {1});
  p.refuse("use_beam_search", "not supported", {false});
}

}  // namespace

Json read_variables(const Params& p) {
  Json out = Json::object();
  if (const Json* more = p.object("chat_template_kwargs")) out = *more;
  if (p.has("thinking")) set_thinking(out, p.flag("thinking"));
  Json effort = read_variables_of_effort(p, "reasoning_effort");
  for (const auto& [key, value] : effort.items())
    if (!out.contains(key)) out[key] = value;
  return out;
}

Json read_variables_of_effort(const Params& p, std::string_view key) {
  Json out = Json::object();
  auto effort = p.one_of(key, {"none", "minimal", "low", "medium", "high", "xhigh"});
  if (!effort) return out;
  out["reasoning_effort"] = *effort;
  set_thinking(out, *effort != "none" && *effort != "minimal");
  return out;
}

ChatRequest parse_chat(const Json& body, const ModelFacts& facts) {
  Params p(body);
  ChatRequest out;
  out.model = p.string("model").value_or("");
  out.messages = read_messages(p);
  out.tools = read_tools(p, ToolForm::chat);
  out.tool_choice = read_tool_choice(p, out.tools, ToolForm::chat);
  out.parallel_tool_calls = p.flag("parallel_tool_calls", true);
  out.structure = with_tool_choice(read_structure(p), out.tool_choice, out.tools, out.parallel_tool_calls);
  out.variables = read_variables(p);
  out.settings = read_settings(p, facts.sampling, facts.vocabulary);
  out.settings.max_tokens = p.integer("max_tokens", 1, INT32_MAX);
  if (auto newer = p.integer("max_completion_tokens", 1, INT32_MAX)) out.settings.max_tokens = newer;
  out.stream = read_stream(p);
  bool logprobs = p.flag("logprobs");
  auto top = p.integer("top_logprobs", 0, 20);
  if (top && !logprobs) throw invalid_request("top_logprobs", "top_logprobs: only allowed where logprobs is true");
  if (logprobs) out.top_logprobs = static_cast<int>(top.value_or(0));
  out.trace = read_trace(p);
  out.user = read_user(p);
  refuse_chat_fields(p);
  p.finish();
  return out;
}

}  // namespace octet::serve
