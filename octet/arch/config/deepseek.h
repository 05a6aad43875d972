// What deepseek_v2, deepseek_v3, kimi_k2 and glm4_moe_lite share: multi-head latent attention and DeepSeekMoE. The
// families differ in the values that an absent key stands for.
#pragma once
#include "octet/arch/config/common.h"

namespace octet::arch {

// The values of absent keys, as the family's own configuration class has them.
struct DeepseekDefaults {
  const char *topk_method, *scoring_func;
  bool norm_topk_prob;
  double routed_scaling_factor;
  std::optional<int64_t> first_k_dense_replace = {};  // none: the key must be there
};

Config read_deepseek(const Keys& keys, const DeepseekDefaults& defaults);
Json write_deepseek(const Config& config, const char* architecture);

}  // namespace octet::arch
