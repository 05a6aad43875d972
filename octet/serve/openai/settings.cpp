#include "octet/serve/openai/settings.h"

#include <charconv>

namespace octet::serve {

namespace {

constexpr size_t most_stops = 16, longest_stop = 1024;

std::map<int64_t, double> read_logit_bias(const Params& params, int64_t vocabulary) {
  std::map<int64_t, double> out;
  const Json* biases = params.object("logit_bias");
  if (!biases) return out;
  for (const auto& [key, value] : biases->items()) {
    int64_t id = -1;
    auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error != std::errc() || end != key.data() + key.size() || id < 0 || id >= vocabulary)
      params.fail("logit_bias", fmt::format("token ids from 0 to {} as keys", vocabulary - 1));
    double bias = value.is_number() ? value.get<double>() : 1e9;
    if (!(bias >= -100 && bias <= 100)) params.fail("logit_bias", "numbers from -100 to 100 as values");
    out[id] = bias;
  }
  return out;
}

std::vector<int64_t> read_stop_tokens(const Params& params, int64_t vocabulary) {
  std::vector<int64_t> out;
  const Json* ids = params.list("stop_token_ids");
  if (!ids) return out;
  for (const Json& id : *ids) {
    int64_t value = id.is_number_integer() ? id.get<int64_t>() : -1;
    if (value < 0 || value >= vocabulary)
      params.fail("stop_token_ids", fmt::format("token ids from 0 to {}", vocabulary - 1));
    out.push_back(value);
  }
  return out;
}

std::vector<std::string> read_stops(const Params& params) {
  auto stops = params.strings("stop");
  if (stops.size() > most_stops) params.fail("stop", fmt::format("at most {} texts", most_stops));
  for (const auto& text : stops)
    if (text.empty() || text.size() > longest_stop)
      params.fail("stop", fmt::format("texts of 1 to {} bytes", longest_stop));
  return stops;
}

}  // namespace

infer::Sampling default_sampling(const arch::GenerationConfig& g) {
  infer::Sampling s;
  s.temperature = g.temperature.value_or(0.6);
  s.top_p = g.top_p.value_or(1.0);
  s.top_k = g.top_k.value_or(0);
  s.min_p = g.min_p.value_or(0.0);
  s.repetition_penalty = g.repetition_penalty.value_or(1.0);
  return s;
}

Settings read_settings(const Params& p, const infer::Sampling& defaults, int64_t vocabulary) {
  Settings out;
  auto& s = out.sampling = defaults;
  s.temperature = p.number("temperature", 0, 100).value_or(s.temperature);
  s.top_p = p.number("top_p", 0, 1).value_or(s.top_p);
  if (s.top_p == 0) s.top_p = 1e-9;  // OpenAI allows 0: the most probable token alone
  if (auto k = p.integer("top_k", -1, INT32_MAX)) s.top_k = std::max<int64_t>(*k, 0);  // vLLM's -1: all
  s.min_p = p.number("min_p", 0, 1).value_or(s.min_p);
  s.presence_penalty = p.number("presence_penalty", -2, 2).value_or(0);
  s.frequency_penalty = p.number("frequency_penalty", -2, 2).value_or(0);
  s.repetition_penalty = p.number("repetition_penalty", 0.01, 10).value_or(s.repetition_penalty);
  s.logit_bias = read_logit_bias(p, vocabulary);
  if (auto seed = p.integer("seed", INT64_MIN, INT64_MAX)) {
    s.seed = static_cast<uint64_t>(*seed);
    out.seed_given = true;
  }
  out.stop = read_stops(p);
  out.stop_tokens = read_stop_tokens(p, vocabulary);
  out.ignore_eos = p.flag("ignore_eos");
  out.n = p.integer("n", 1, most_choices).value_or(1);
  return out;
}

StreamWish read_stream(const Params& p) {
  StreamWish out;
  out.stream = p.flag("stream");
  if (const Json* options = p.object("stream_options")) {
    if (!out.stream) throw invalid_request("stream_options", "stream_options: only allowed where stream is true");
    Params inner(*options, p.at("stream_options"));
    out.include_usage = inner.flag("include_usage");
    inner.refuse("include_obfuscation", "octet pads no chunks", {false});
    inner.finish();
  }
  return out;
}

TraceWish read_trace(const Params& p) {
  TraceWish out;
  const Json* trace = p.object("octet_trace");
  if (!trace) return out;
  Params inner(*trace, "octet_trace");
  out.wanted = true;
  out.experts = inner.flag("experts");
  out.alternatives = static_cast<int>(inner.integer("alternatives", 0, 20).value_or(0));
  inner.finish();
  return out;
}

std::string read_user(const Params& p) {
  std::string out;
  for (const char* key : {"user", "safety_identifier", "prompt_cache_key"})
    if (auto text = p.string(key); text && out.empty()) out = printable(*text, 64);
  if (const Json* metadata = p.object("metadata"))
    for (const auto& [key, value] : metadata->items())
      if (!value.is_string()) p.fail("metadata", "strings as values");
  return out;
}

}  // namespace octet::serve
