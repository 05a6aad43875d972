#include "octet/serve/routes/context.h"

namespace octet::serve {

Json Context::body() const {
  try {
    return parse_json(request.body, "the request's body");
  } catch (const Error& e) {
    throw invalid_request("", e.what(), "invalid_json");
  }
}

http::Response json_response(const Json& body) {
  http::Response out;
  out.body = dump(body);
  return out;
}

GenerationPlan make_plan(Context& context, const Settings& settings, const chat::Structure& structure,
                         const std::optional<int>& top_logprobs, const TraceWish& trace) {
  if (settings.ignore_eos && structure.kind != chat::Structure::Kind::none)
    throw invalid_request("ignore_eos", "ignore_eos: structured output ends where its structure does");
  GenerationPlan plan;
  plan.settings = settings;
  plan.structure = structure;
  plan.alternatives = std::max(top_logprobs.value_or(0), trace.alternatives);
  plan.trace = trace.experts ? infer::Trace::experts : infer::Trace::none;
  plan.client = context.client;
  plan.received = context.request.received;
  return plan;
}

void add_chat_prompt(Context& context, const ChatRequest& request, GenerationPlan& plan) {
  const auto& prompts = context.service.model.prompts;
  if (!prompts) throw invalid_request("", "this model has no chat template; use /v1/completions");
  size_t bytes = 0;
  for (const Json& message : request.messages) bytes += message["content"].get_ref<const std::string&>().size();
  context.service.check_prompt_bytes(bytes, "messages");
  bool tools = request.tool_choice.mode != ToolChoice::Mode::none;
  try {
    auto prompt = prompts->make(request.messages, tools ? request.tools : Json(), request.variables);
    plan.prompts.push_back({std::move(prompt.tokens), prompt.format});
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::request) throw invalid_request("messages", e.what());
    throw;
  }
  if (!request.parallel_tool_calls) plan.calls = GenerationPlan::Calls::one;
}

}  // namespace octet::serve
