// DeepSeek-V3, R1, V3.1 (arXiv 2412.19437), Moonlight: sigmoid scores and a correction bias in place of a balance loss.
#include "octet/arch/config/deepseek.h"
#include "octet/arch/config/family.h"

namespace octet::arch {

Config read_deepseek_v3(const Keys& keys) { return read_deepseek(keys, {"noaux_tc", "sigmoid", true, 2.5}); }

Json write_deepseek_v3(const Config& config) { return write_deepseek(config, "DeepseekV3ForCausalLM"); }

}  // namespace octet::arch
