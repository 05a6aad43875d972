#include "octet/serve/openai/token_json.h"
#include "octet/serve/routes/context.h"

namespace octet::serve {

namespace {

std::vector<int64_t> tokens_of(Service& service, const TokenizeRequest& request) {
  if (request.prompt) {
    auto ids = service.model.tokenizer.encode(*request.prompt);
    return {ids.begin(), ids.end()};
  }
  if (!service.model.prompts) throw invalid_request("messages", "messages: this model has no chat template");
  try {
    auto generation = request.generation_prompt ? text::GenerationPrompt::add : text::GenerationPrompt::omit;
    return service.model.prompts->make(request.messages, request.tools, request.variables, generation).tokens;
  } catch (const Error& e) {
    throw invalid_request("messages", e.what());
  }
}

}  // namespace

http::Answer tokenize(Context& context) {
  TokenizeRequest request = parse_tokenize(context.body());
  context.service.check_model(request.model);
  auto ids = tokens_of(context.service, request);
  Json texts;
  if (request.token_texts) {
    texts = Json::array();
    for (int64_t id : ids) texts.push_back(token_text(context.service.model.tokenizer, id));
  }
  return json_response({{"count", ids.size()},
                        {"max_model_len", context.service.engine().context()},
                        {"tokens", ids},
                        {"token_strs", std::move(texts)}});
}

http::Answer detokenize(Context& context) {
  DetokenizeRequest request = parse_detokenize(context.body(), context.service.model.config.vocab);
  context.service.check_model(request.model);
  std::vector<int32_t> ids(request.tokens.begin(), request.tokens.end());
  return json_response({{"prompt", context.service.model.tokenizer.decode(ids)}});
}

}  // namespace octet::serve
