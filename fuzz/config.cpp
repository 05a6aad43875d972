// Any text as config.json and generation_config.json: an Error, or a Config that can be computed with and that its own
// JSON gives back.
#include "octet/arch/config.h"

#include <cmath>

#include "fuzz/expect.h"
#include "octet/arch/check.h"
#include "octet/arch/generation.h"
#include "octet/arch/inventory.h"

namespace {

int64_t experts(const octet::arch::Config& config) {
  int64_t n = 0;
  for (const auto* layers : {&config.layers, &config.mtp_layers})
    for (const auto& layer : *layers)
      if (const auto* e = std::get_if<octet::arch::Experts>(&layer.ffn)) n += e->n_routed;
  return n;
}

void use(const octet::arch::Config& config) {
  if (const auto* mla = std::get_if<octet::arch::Mla>(&config.layers.front().attention)) {
    expect(std::isfinite(softmax_scale(*mla, config.rope)));
    for (double f : rope_frequencies(config.rope, mla->qk_rope_head_dim)) expect(std::isfinite(f));
  }
  octet::Json json = to_json(config);
  octet::arch::Config again = octet::arch::parse_config(json, "again");
  expect(again.layers == config.layers && again.mtp_layers == config.mtp_layers && again.rope == config.rope);
  expect(to_json(again) == json);
  if (experts(config) + config.n_layers() > 2000) return;  // valid, but too slow to list here
  octet::arch::Summary summary = summarise(config, 4096);
  expect(summary.parameters > 0 && summary.active_parameters > 0 && summary.active_parameters <= summary.parameters);
  expect(std::isfinite(summary.training_flops_per_token_mtp));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const octet::arch::Config mini = octet::arch::preset("octet-mini");
  try {
    octet::Json json = octet::parse_json({reinterpret_cast<const char*>(data), size}, "input");
    try {
      octet::arch::parse_generation_config(json, "input", mini);
    } catch (const octet::Error&) {
    }
    use(octet::arch::parse_config(json, "input"));
  } catch (const octet::Error&) {
  }
  return 0;
}
