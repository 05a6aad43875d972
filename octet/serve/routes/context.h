// One request on its way through the routes, and the table of routes.
#pragma once
#include "octet/serve/routes/record.h"
#include "octet/serve/stream/generation.h"

namespace octet::serve {

struct Context {
  Service& service;
  const http::Request& request;
  std::string client;  // the API key's holder, else the address
  RequestRecord record;

  Json body() const;  // parsed; ApiError 400 if it is no JSON
};

using Handler = http::Answer (*)(Context&);

http::Response json_response(const Json& body);

// The endpoints. Each throws ApiError for what it refuses.
http::Answer chat_completions(Context& context);
http::Answer completions(Context& context);
http::Answer responses(Context& context);
http::Answer models(Context& context);
http::Answer one_model(Context& context);
http::Answer tokenize(Context& context);
http::Answer detokenize(Context& context);
http::Answer health(Context& context);
http::Answer metrics(Context& context);
http::Answer octet_model(Context& context);
http::Answer octet_experts(Context& context);
http::Answer page(Context& context);

// What all generating endpoints do alike: limits, traces, and whose turn it is.
GenerationPlan make_plan(Context& context, const Settings& settings, const chat::Structure& structure,
                         const std::optional<int>& top_logprobs, const TraceWish& trace);

// A chat's prompt as the plan's only one; ApiError where the model has no template or refuses the messages.
void add_chat_prompt(Context& context, const ChatRequest& request, GenerationPlan& plan);

}  // namespace octet::serve
