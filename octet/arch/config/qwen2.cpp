// Qwen2 and Qwen2.5, dense: the projections of queries, keys and values have biases.
#include "octet/arch/config/family.h"
#include "octet/arch/config/gqa.h"

namespace octet::arch {

Config read_qwen2(const Keys& keys) {
  Config c = read_dense(keys);
  for_each_gqa(c, [](Gqa& gqa) { gqa.qkv_bias = true; });
  return c;
}

Json write_qwen2(const Config& config) { return write_dense(config, "Qwen2ForCausalLM"); }

}  // namespace octet::arch
