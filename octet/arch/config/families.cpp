#include "octet/arch/config/family.h"

namespace octet::arch {

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"deepseek_v3", read_deepseek_v3, write_deepseek_v3},
      {"deepseek_v2", read_deepseek_v2, write_deepseek_v2},
      {"kimi_k2", read_kimi_k2, write_kimi_k2},
      {"kimi_k25", read_kimi_k25, nullptr},
      {"glm4_moe_lite", read_glm4_moe_lite, write_glm4_moe_lite},
      {"llama", read_llama, write_llama},
      {"qwen2", read_qwen2, write_qwen2},
      {"qwen3", read_qwen3, write_qwen3},
      {"qwen3_moe", read_qwen3_moe, write_qwen3_moe},
  };
  return all;
}

}  // namespace octet::arch
