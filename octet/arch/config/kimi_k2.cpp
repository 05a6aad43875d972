// Kimi K2 (arXiv 2507.20534): V3's architecture and keys under a name of its own.
#include "octet/arch/config/deepseek.h"
#include "octet/arch/config/family.h"

namespace octet::arch {

Config read_kimi_k2(const Keys& keys) { return read_deepseek(keys, {"noaux_tc", "sigmoid", true, 2.5}); }

Json write_kimi_k2(const Config& config) { return write_deepseek(config, "DeepseekV3ForCausalLM"); }

}  // namespace octet::arch
