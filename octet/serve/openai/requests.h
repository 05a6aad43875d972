// Bodies of requests as values. What is not understood is refused (error.h); what is, is in one form whatever the
// endpoint: a chat of /v1/responses is a ChatRequest too.
#pragma once
#include <variant>

#include "octet/serve/openai/settings.h"
#include "octet/serve/openai/tools.h"

namespace octet::serve {

// What a request is read against.
struct ModelFacts {
  infer::Sampling sampling;  // of those who say nothing
  int64_t vocabulary = 0;
};

struct ChatRequest {
  std::string model;  // empty: the one that is served
  Json messages, tools;
  ToolChoice tool_choice;
  bool parallel_tool_calls = true;
  chat::Structure structure;
  Json variables = Json::object();  // of the template
  Settings settings;
  StreamWish stream;
  std::optional<int> top_logprobs;  // none: no logprobs at all
  TraceWish trace;
  std::string user;
};
ChatRequest parse_chat(const Json& body, const ModelFacts& facts);

using TextOrTokens = std::variant<std::string, std::vector<int64_t>>;

struct CompletionRequest {
  std::string model;
  std::vector<TextOrTokens> prompts;
  chat::Structure structure;
  Settings settings;
  StreamWish stream;
  std::optional<int> top_logprobs;
  TraceWish trace;
  std::string user;
};
CompletionRequest parse_completion(const Json& body, const ModelFacts& facts);

struct ResponsesRequest {
  ChatRequest chat;
  Json echo;  // the fields that the response repeats: instructions, tools, temperature, ...
};
ResponsesRequest parse_responses(const Json& body, const ModelFacts& facts);

// /tokenize takes a prompt or messages, /detokenize ids.
struct TokenizeRequest {
  std::string model;
  std::optional<std::string> prompt;
  Json messages, tools, variables = Json::object();
  bool generation_prompt = true, token_texts = false;
};
TokenizeRequest parse_tokenize(const Json& body);

struct DetokenizeRequest {
  std::string model;
  std::vector<int64_t> tokens;
};
DetokenizeRequest parse_detokenize(const Json& body, int64_t vocabulary);

// thinking, chat_template_kwargs and reasoning_effort as the template's variables.
Json read_variables(const Params& params);
Json read_variables_of_effort(const Params& params, std::string_view key);  // reasoning_effort under this name

}  // namespace octet::serve
