// model.safetensors.index.json: {"metadata": {"total_size": bytes}, "weight_map": {tensor: shard file}}.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace octet::io {

// Tensor to shard. Error{file} for bad JSON, a wrong type, a tensor that stands twice, or a shard that is no plain file
// name ending in .safetensors (it must lie beside the index).
std::map<std::string, std::string> parse_index(std::string_view text, const std::string& where);
std::map<std::string, std::string> read_index(const std::filesystem::path& path);

}  // namespace octet::io
