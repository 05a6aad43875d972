// The fields that requests for chats, completions and responses share: how tokens are chosen and what is told of them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "octet/arch/generation.h"
#include "octet/infer/request.h"
#include "octet/serve/openai/params.h"

namespace octet::serve {

struct Settings {
  infer::Sampling sampling;  // its seed counts only if seed_given
  bool seed_given = false;
  std::optional<int64_t> max_tokens;  // none: as far as the context reaches
  std::vector<std::string> stop;      // texts
  std::vector<int64_t> stop_tokens;   // beside the model's end tokens
  bool ignore_eos = false;
  int64_t n = 1;
};

struct TraceWish {
  bool wanted = false, experts = false;
  int alternatives = 0;
};

struct StreamWish {
  bool stream = false, include_usage = false;
};

inline constexpr int64_t most_choices = 128;

// The sampling of those who say nothing: the model's own (generation_config.json), else temperature 0.6.
infer::Sampling default_sampling(const arch::GenerationConfig& generation);

// temperature, top_p, top_k, min_p, presence_penalty, frequency_penalty, repetition_penalty, logit_bias, seed, stop,
// stop_token_ids, ignore_eos, n. `vocabulary` bounds ids.
Settings read_settings(const Params& params, const infer::Sampling& defaults, int64_t vocabulary);

StreamWish read_stream(const Params& params);  // stream, stream_options
TraceWish read_trace(const Params& params);    // octet_trace

// user, metadata, safety_identifier, prompt_cache_key: strings for the log. What the client calls itself, or "".
std::string read_user(const Params& params);

}  // namespace octet::serve
