// What an answer cost: work from the inventory, energy from the time that it had the machine, money from a price.
#pragma once
#include "octet/arch/config.h"
#include "octet/base/json.h"
#include "octet/infer/request.h"

namespace octet::serve {

struct Price {
  double watts = 65;  // of the machine while it works: assumed, not measured
  double dollars_per_kwh = 0.15;
};

// Tokens of one answer, or of several added up.
struct Usage {
  int64_t prompt_tokens = 0, cached_tokens = 0, answer_tokens = 0, drafted_tokens = 0, accepted_tokens = 0;
  int64_t reasoning_tokens = 0;  // of the answer's
  int64_t decoded_tokens = 0;    // of the answer's: all but the first of each, which the prompt's step gives
  double seconds_queued = 0, seconds_prefill = 0, seconds_decode = 0;
  double seconds_shared = 0;  // of the engine's steps, each divided by those who shared it
  double flops = 0;
};

class CostModel {
 public:
  CostModel(const arch::Config& config, int64_t cache_bytes_per_token, Price price);

  // Of the tokens really computed: the prompt without what the cache held, the answer, and rejected guesses. A token
  // costs 2 multiply-adds for each active weight (the head only where logits were wanted) and attention's products
  // with each key before it.
  double flops(const infer::EndEvent& end) const;

  Json to_json(const Usage& usage) const;  // octet_cost

 private:
  double token_flops_ = 0, head_flops_ = 0, key_flops_ = 0, mtp_token_flops_ = 0;
  int64_t cache_bytes_per_token_;
  Price price_;
};

}  // namespace octet::serve
