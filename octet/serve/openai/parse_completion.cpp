#include "octet/serve/openai/messages.h"
#include "octet/serve/openai/requests.h"

namespace octet::serve {

namespace {

constexpr size_t most_prompts = 256;

bool all_integers(const Json& list) {
  return !list.empty() && std::all_of(list.begin(), list.end(), [](const Json& x) { return x.is_number_integer(); });
}

std::vector<int64_t> ids_of(const Json& list, const std::string& where, int64_t vocabulary) {
  std::vector<int64_t> ids;
  for (const Json& id : list) {
    int64_t value = id.is_number_integer() ? id.get<int64_t>() : -1;
    if (value < 0 || value >= vocabulary)
      throw invalid_request(
          where,
          fmt::format("{}: expected token ids from 0 to {}, found {}", where, vocabulary - 1, printable(dump(id))),
          "invalid_value");
    ids.push_back(value);
  }
  return ids;
}

// A text, a list of texts, a list of ids, or a list of lists of ids.
std::vector<TextOrTokens> read_prompts(const Params& p, int64_t vocabulary) {
  const std::string expected = "a text, a list of texts, token ids, or a list of lists of them";
  const Json& value = p.require("prompt", expected);
  if (value.is_string()) return {value.get<std::string>()};
  if (!value.is_array() || value.empty()) p.fail("prompt", expected);
  if (all_integers(value)) return {ids_of(value, "prompt", vocabulary)};
  if (value.size() > most_prompts) p.fail("prompt", fmt::format("at most {} prompts", most_prompts));
  std::vector<TextOrTokens> out;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i].is_string())
      out.emplace_back(value[i].get<std::string>());
    else if (value[i].is_array() && all_integers(value[i]))
      out.emplace_back(ids_of(value[i], fmt::format("prompt[{}]", i), vocabulary));
    else
      p.fail("prompt", expected);
  }
  return out;
}

}  // namespace

CompletionRequest parse_completion(const Json& body, const ModelFacts& facts) {
  Params p(body);
  CompletionRequest out;
  out.model = p.string("model").value_or("");
  out.prompts = read_prompts(p, facts.vocabulary);
  out.structure = read_structure(p);
  out.settings = read_settings(p, facts.sampling, facts.vocabulary);
  out.settings.max_tokens = p.integer("max_tokens", 1, INT32_MAX).value_or(16);  // OpenAI's default
  out.stream = read_stream(p);
  if (auto top = p.integer("logprobs", 0, 20)) out.top_logprobs = static_cast<int>(*top);
  out.trace = read_trace(p);
  out.user = read_user(p);
  p.refuse("echo", "not supported; the prompt is yours already", {false});
  p.refuse("suffix", "not supported: this model only writes on at the end");
  p.refuse("best_of", "not supported; use n", {1});
  p.finish();
  return out;
}

TokenizeRequest parse_tokenize(const Json& body) {
  Params p(body);
  TokenizeRequest out;
  out.model = p.string("model").value_or("");
  out.prompt = p.string("prompt");
  if (out.prompt.has_value() == p.has("messages"))
    throw invalid_request("prompt", "prompt: expected either prompt or messages", "invalid_value");
  if (p.has("messages")) {
    out.messages = read_messages(p);
    out.tools = read_tools(p, ToolForm::chat);
    out.variables = read_variables(p);
    out.generation_prompt = p.flag("add_generation_prompt", true);
  }
  p.refuse("add_special_tokens", "octet adds none: write them into the prompt", {false});
  out.token_texts = p.flag("return_token_strs");
  p.finish();
  return out;
}

DetokenizeRequest parse_detokenize(const Json& body, int64_t vocabulary) {
  Params p(body);
  DetokenizeRequest out;
  out.model = p.string("model").value_or("");
  p.require("tokens", "a list of token ids");
  out.tokens = ids_of(*p.list("tokens"), "tokens", vocabulary);
  p.finish();
  return out;
}

}  // namespace octet::serve
