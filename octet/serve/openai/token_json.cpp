#include "octet/serve/openai/token_json.h"

#include <cmath>

#include "octet/base/utf8.h"

namespace octet::serve {

namespace {

Json logprob_entry(const text::Tokenizer& tokenizer, int64_t id, float logprob) {
  Json bytes = Json::array();
  for (char c : tokenizer.bytes_of(static_cast<int32_t>(id)))
    bytes.push_back(static_cast<int>(static_cast<unsigned char>(c)));
  return {{"token", token_text(tokenizer, id)}, {"logprob", finite_logprob(logprob)}, {"bytes", std::move(bytes)}};
}

}  // namespace

double finite_logprob(float logprob) { return std::isfinite(logprob) ? std::max(-9999.0, double{logprob}) : -9999.0; }

std::string token_text(const text::Tokenizer& tokenizer, int64_t id) {
  return utf8::replace_invalid(tokenizer.bytes_of(static_cast<int32_t>(id)));
}

Json chat_logprob(const text::Tokenizer& tokenizer, const infer::TokenEvent& event, int top) {
  Json out = logprob_entry(tokenizer, event.token, event.logprob);
  Json list = Json::array();
  for (size_t i = 0; i < event.alternatives.size() && i < static_cast<size_t>(top); ++i)
    list.push_back(logprob_entry(tokenizer, event.alternatives[i].token, event.alternatives[i].logprob));
  out["top_logprobs"] = std::move(list);
  return out;
}

Json trace_entry(const text::Tokenizer& tokenizer, const infer::TokenEvent& event, const TraceWish& wish) {
  Json out = {{"id", event.token},
              {"text", token_text(tokenizer, event.token)},
              {"logprob", finite_logprob(event.logprob)},
              {"drafted", event.source == infer::TokenEvent::Source::drafted}};
  if (wish.experts) {
    Json experts = Json::array(), weights = Json::array();
    for (const auto& layer : event.layers) {
      experts.push_back(layer.experts);
      Json row = Json::array();
      for (float w : layer.weights) row.push_back(std::round(double{w} * 1e4) / 1e4);
      weights.push_back(std::move(row));
    }
    out["experts"] = std::move(experts);
    out["weights"] = std::move(weights);
  }
  Json alternatives = Json::array();
  for (size_t i = 0; i < event.alternatives.size() && i < static_cast<size_t>(wish.alternatives); ++i) {
    const auto& a = event.alternatives[i];
    alternatives.push_back({{"id", a.token},
                            {"text", token_text(tokenizer, a.token)},
                            {"probability", std::round(std::exp(double{a.logprob}) * 1e6) / 1e6}});
  }
  if (wish.alternatives > 0) out["alternatives"] = std::move(alternatives);
  return out;
}

Json usage_json(const Usage& u) {
  return {{"prompt_tokens", u.prompt_tokens},
          {"completion_tokens", u.answer_tokens},
          {"total_tokens", u.prompt_tokens + u.answer_tokens},
          {"prompt_tokens_details", {{"cached_tokens", u.cached_tokens}}},
          {"completion_tokens_details", {{"reasoning_tokens", u.reasoning_tokens}}}};
}

Json responses_usage_json(const Usage& u) {
  return {{"input_tokens", u.prompt_tokens},
          {"input_tokens_details", {{"cached_tokens", u.cached_tokens}}},
          {"output_tokens", u.answer_tokens},
          {"output_tokens_details", {{"reasoning_tokens", u.reasoning_tokens}}},
          {"total_tokens", u.prompt_tokens + u.answer_tokens}};
}

}  // namespace octet::serve
