// Qwen3, dense: queries and keys are normalised per head.
#include "octet/arch/config/family.h"
#include "octet/arch/config/gqa.h"

namespace octet::arch {

Config read_qwen3(const Keys& keys) {
  keys.only("attention_bias", false);
  Config c = read_dense(keys);
  for_each_gqa(c, [](Gqa& gqa) { gqa.qk_norm = true; });
  return c;
}

Json write_qwen3(const Config& config) { return write_dense(config, "Qwen3ForCausalLM"); }

}  // namespace octet::arch
