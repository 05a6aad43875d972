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

// Error{config} for a value of the wrong kind, Error{unsupported} for a way of sampling that octet has not (beams,
// ...); other keys are bookkeeping and passed over.
GenerationConfig parse_generation_config(const Json& json, const std::string& where, const Config& config);

// The file may be absent: then only the config's end tokens.
GenerationConfig read_generation_config(const std::filesystem::path& folder, const Config& config);

}  // namespace octet::arch
