// generation_config.json: what ends an answer and how the model's makers sample.
#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "octet/arch/config.h"

namespace octet::arch {

struct GenerationConfig {
  std::vector<int64_t> eos_tokens;  // eos_token_id: a number or a list; the config's where the file is silent
  std::optional<double> temperature, top_p, min_p, repetition_penalty;
  std::optional<int64_t> top_k;
  std::optional<bool> do_sample;
};

// The file may be absent: then only the config's end tokens.
GenerationConfig read_generation_config(const std::filesystem::path& folder, const Config& config);

}  // namespace octet::arch
