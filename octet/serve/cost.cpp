#include "octet/serve/cost.h"

#include "octet/arch/inventory.h"

namespace octet::serve {

CostModel::CostModel(const arch::Config& config, int64_t cache_bytes_per_token, Price price)
    : cache_bytes_per_token_(cache_bytes_per_token), price_(price) {
  for (const auto& p : arch::products(config)) {
    if (p.mtp)
      mtp_token_flops_ += p.per_key ? 0 : p.flops;
    else if (p.per_key)
      key_flops_ += p.flops;
    else if (p.part == arch::Part::head)
      head_flops_ += p.flops;
    else
      token_flops_ += p.flops;
  }
}

double CostModel::flops(const infer::EndEvent& end) const {
  auto prompt = static_cast<double>(end.prompt_tokens), cached = static_cast<double>(end.cached_tokens);
  // The last token of an answer is never computed, and the first one's logits are the prompt's last.
  double answer = std::max(0.0, static_cast<double>(end.answer_tokens) - 1);
  double rejected = static_cast<double>(end.drafted_tokens - end.accepted_tokens);
  double last = prompt + answer;
  double keys = (last * (last + 1) - cached * (cached + 1)) / 2 + rejected * last;
  double tokens = last - cached + rejected;
  double rows = answer + 1 + rejected;
  return tokens * token_flops_ + rows * head_flops_ + keys * key_flops_ +
         static_cast<double>(end.drafted_tokens) * mtp_token_flops_;
}

Json CostModel::to_json(const Usage& u) const {
  double joules = u.seconds_shared * price_.watts;
  Json rate;  // null where no token came out of decoding
  if (u.decoded_tokens > 0 && u.seconds_decode > 0) rate = static_cast<double>(u.decoded_tokens) / u.seconds_decode;
  return {{"prompt_tokens", u.prompt_tokens},
          {"cached_tokens", u.cached_tokens},
          {"answer_tokens", u.answer_tokens},
          {"drafted_tokens", u.drafted_tokens},
          {"accepted_tokens", u.accepted_tokens},
          {"seconds_queued", u.seconds_queued},
          {"seconds_prefill", u.seconds_prefill},
          {"seconds_decode", u.seconds_decode},
          {"tokens_per_second", rate},
          {"cache_bytes", (u.prompt_tokens + u.answer_tokens) * cache_bytes_per_token_},
          {"flops", u.flops},
          {"joules", joules},
          {"dollars", joules / 3.6e6 * price_.dollars_per_kwh},
          {"price", {{"watts", price_.watts}, {"dollars_per_kwh", price_.dollars_per_kwh}}}};
}

}  // namespace octet::serve
