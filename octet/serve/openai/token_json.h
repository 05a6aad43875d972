// Tokens, traces and counts as JSON.
#pragma once
#include "octet/infer/request.h"
#include "octet/serve/cost.h"
#include "octet/serve/openai/settings.h"
#include "octet/text/bpe/tokenizer.h"

namespace octet::serve {

// A token's bytes as text: halves of characters become U+FFFD.
std::string token_text(const text::Tokenizer& tokenizer, int64_t id);

// {"token", "logprob", "bytes", "top_logprobs": [...]}: an entry of a chat's logprobs.content.
Json chat_logprob(const text::Tokenizer& tokenizer, const infer::TokenEvent& event, int top);

// An entry of octet_trace.
Json trace_entry(const text::Tokenizer& tokenizer, const infer::TokenEvent& event, const TraceWish& wish);

Json usage_json(const Usage& usage);            // of chats and completions
Json responses_usage_json(const Usage& usage);  // of responses

double finite_logprob(float logprob);  // JSON has no infinity: at least -9999

}  // namespace octet::serve
