// Llama 2 and 3, and what copies their layout.
#include "octet/arch/config/family.h"
#include "octet/arch/config/gqa.h"

namespace octet::arch {

Config read_llama(const Keys& keys) {
  keys.only("attention_bias", false);
  keys.only("mlp_bias", false);
  return read_dense(keys);
}

Json write_llama(const Config& config) { return write_dense(config, "LlamaForCausalLM"); }

}  // namespace octet::arch
