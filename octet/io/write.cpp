#include <algorithm>
#include <set>

#include "octet/base/error.h"
#include "octet/base/json.h"
#include "octet/io/safetensors.h"

namespace octet::io {

namespace {

constexpr size_t alignment = 64;
constexpr size_t piece = size_t{4} << 20;  // so that the writer's buffer stays small

std::string quoted(const std::string& text) { return dump(Json(text)); }

// Larger elements first: every tensor is then aligned to its element, whatever stands before it.
std::vector<const TensorToWrite*> by_element_size(const std::vector<TensorToWrite>& tensors) {
  std::vector<const TensorToWrite*> order;
  std::set<std::string> names;
  for (const auto& tensor : tensors) {
    uint64_t bytes = bytes_of(tensor.dtype);
    for (int64_t n : tensor.shape)
      check(n >= 0 && !__builtin_mul_overflow(bytes, static_cast<uint64_t>(n), &bytes), "a tensor's shape");
    check(bytes == tensor.bytes.size(), "a tensor's bytes do not fit its shape: " + tensor.name);
    check(tensor.name != "__metadata__" && names.insert(tensor.name).second, "a tensor's name twice: " + tensor.name);
    order.push_back(&tensor);
  }
  std::stable_sort(order.begin(), order.end(), [](const TensorToWrite* a, const TensorToWrite* b) {
    return bytes_of(a->dtype) > bytes_of(b->dtype);
  });
  return order;
}

std::string header_text(const std::vector<const TensorToWrite*>& order,
                        const std::map<std::string, std::string>& metadata) {
  std::vector<std::string> members;
  if (!metadata.empty()) {
    std::vector<std::string> pairs;
    for (const auto& [key, value] : metadata) pairs.push_back(quoted(key) + ":" + quoted(value));
    members.push_back(fmt::format("\"__metadata__\":{{{}}}", fmt::join(pairs, ",")));
  }
  uint64_t offset = 0;
  for (const TensorToWrite* tensor : order) {
    uint64_t end = offset + tensor->bytes.size();
    members.push_back(fmt::format("{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
                                  quoted(tensor->name), name(tensor->dtype), fmt::join(tensor->shape, ","), offset,
                                  end));
    offset = end;
  }
  std::string text = fmt::format("{{{}}}", fmt::join(members, ","));
  text.append((alignment - (8 + text.size()) % alignment) % alignment, ' ');
  return text;
}

std::string shard_name(size_t number, size_t of) { return fmt::format("model-{:05}-of-{:05}.safetensors", number, of); }

bool is_shard_name(std::string_view name) {
  constexpr std::string_view pattern = "model-#####-of-#####.safetensors";
  return std::equal(name.begin(), name.end(), pattern.begin(), pattern.end(),
                    [](char c, char p) { return p == '#' ? c >= '0' && c <= '9' : c == p; });
}

// Removes what an earlier checkpoint in `folder` left: it would be read in place of the new one, or only fill the disk.
void remove_stale(const fs::path& folder, const std::set<std::string>& current) {
  std::vector<fs::path> stale;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    bool weights = name == single_name || name == index_name || is_shard_name(name);
    if (weights && !current.contains(name)) stale.push_back(entry.path());
  }
  for (const auto& path : stale) {
    std::error_code error;
    fs::remove(path, error);
    if (error) throw Error(ErrorKind::file, fmt::format("{}: cannot remove: {}", path.string(), error.message()));
  }
}

// Consecutive tensors that fit `max_bytes` together; a larger one has a shard of its own.
std::vector<std::vector<TensorToWrite>> split(const std::vector<TensorToWrite>& tensors, uint64_t max_bytes) {
  std::vector<std::vector<TensorToWrite>> shards(1);
  uint64_t used = 0;
  for (const auto& tensor : tensors) {
    if (!shards.back().empty() && tensor.bytes.size() > max_bytes - std::min(used, max_bytes)) {
      shards.emplace_back();
      used = 0;
    }
    shards.back().push_back(tensor);
    used += tensor.bytes.size();
  }
  return shards;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const std::vector<TensorToWrite>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  auto order = by_element_size(tensors);
  std::string header = header_text(order, metadata);
  std::string length;
  for (int i = 0; i < 8; ++i) length += static_cast<char>(header.size() >> 8 * i & 0xFF);
  ReplacingFile file(path);
  file.write(length);
  file.write(header);
  for (const TensorToWrite* tensor : order)
    for (size_t done = 0; done < tensor->bytes.size(); done += piece)
      file.write(tensor->bytes.data() + done, std::min(piece, tensor->bytes.size() - done));
  file.commit();
}

void write_checkpoint(const std::filesystem::path& folder, const std::vector<TensorToWrite>& tensors,
                      uint64_t max_shard_bytes) {
  const std::map<std::string, std::string> metadata = {{"format", "pt"}};  // Hugging Face readers ask for it
  auto shards = split(tensors, max_shard_bytes);
  if (shards.size() == 1) {
    write_safetensors(folder / single_name, tensors, metadata);
    remove_stale(folder, {single_name});
    return;
  }
  std::map<std::string, std::string> map;  // by name, as in the release
  std::set<std::string> written = {index_name};
  uint64_t total = 0;
  for (size_t i = 0; i < shards.size(); ++i) {
    std::string shard = shard_name(i + 1, shards.size());
    write_safetensors(folder / shard, shards[i], metadata);
    written.insert(shard);
    for (const auto& tensor : shards[i]) {
      map[tensor.name] = shard;
      total += tensor.bytes.size();
    }
  }
  std::vector<std::string> lines;
  for (const auto& [name, shard] : map) lines.push_back(fmt::format("    {}: {}", quoted(name), quoted(shard)));
  replace_file(
      folder / index_name,
      fmt::format("{{\n  \"metadata\": {{\n    \"total_size\": {}\n  }},\n  \"weight_map\": {{\n{}\n  }}\n}}\n", total,
                  fmt::join(lines, ",\n")));
  remove_stale(folder, written);
}

}  // namespace octet::io
