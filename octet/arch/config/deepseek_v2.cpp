// DeepSeek-V2, V2-Lite (arXiv 2405.04434): softmax scores; greedy, or the best experts of the best groups.
#include "octet/arch/config/deepseek.h"
#include "octet/arch/config/family.h"

namespace octet::arch {

Config read_deepseek_v2(const Keys& keys) { return read_deepseek(keys, {"greedy", "softmax", false, 1.0}); }

Json write_deepseek_v2(const Config& config) { return write_deepseek(config, "DeepseekV2ForCausalLM"); }

}  // namespace octet::arch
