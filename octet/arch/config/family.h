// The families of checkpoints that octet reads, one file each. A new one is a file with a reader and a writer, and a
// row in families.cpp.
#pragma once
#include <string_view>
#include <vector>

#include "octet/arch/config.h"
#include "octet/arch/config/keys.h"

namespace octet::arch {

struct Family {
  const char* model_type;
  Config (*read)(const Keys&);   // parse_config has read model_type and calls keys.finish() afterwards
  Json (*write)(const Config&);  // read(write(c)) gives c; null where what is read is a Config of another family
};

const std::vector<Family>& families();

Config read_deepseek_v2(const Keys& keys);
Json write_deepseek_v2(const Config& config);
Config read_deepseek_v3(const Keys& keys);
Json write_deepseek_v3(const Config& config);
Config read_kimi_k2(const Keys& keys);
Json write_kimi_k2(const Config& config);
Config read_kimi_k25(const Keys& keys);
Config read_glm4_moe_lite(const Keys& keys);
Json write_glm4_moe_lite(const Config& config);
Config read_llama(const Keys& keys);
Json write_llama(const Config& config);
Config read_qwen2(const Keys& keys);
Json write_qwen2(const Config& config);
Config read_qwen3(const Keys& keys);
Json write_qwen3(const Config& config);
Config read_qwen3_moe(const Keys& keys);
Json write_qwen3_moe(const Config& config);

}  // namespace octet::arch
