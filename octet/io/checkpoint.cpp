#include <algorithm>

#include "octet/base/error.h"
#include "octet/base/json.h"
#include "octet/io/index.h"
#include "octet/io/safetensors.h"

namespace octet::io {

namespace {

// Error{file} unless index and shards say the same about every tensor.
void check_against_index(const std::map<std::string, std::string>& index, const fs::path& index_path,
                         const std::vector<SafetensorsFile>& files, const std::map<std::string, size_t>& where) {
  for (const auto& [name, shard] : index) {
    auto it = where.find(name);
    if (it == where.end())
      throw Error(ErrorKind::file, fmt::format("{}: tensor '{}' should be in {}, but no shard holds it",
                                               index_path.string(), printable(name), printable(shard)));
    std::string found = fs::path(files[it->second].where()).filename().string();
    if (found != shard)
      throw Error(ErrorKind::file, fmt::format("{}: tensor '{}' should be in {}, but lies in {}", index_path.string(),
                                               printable(name), printable(shard), printable(found)));
  }
  for (const auto& [name, file] : where)
    if (!index.contains(name))
      throw Error(ErrorKind::file, fmt::format("{}: tensor '{}' is not listed in {}", files[file].where(),
                                               printable(name), index_path.string()));
}

}  // namespace

Checkpoint::Checkpoint(const std::filesystem::path& folder) : folder_(folder) {
  if (!fs::is_directory(folder))
    throw Error(ErrorKind::file, fmt::format("{}: expected a model folder, found {}", folder.string(),
                                             fs::exists(folder) ? "a file" : "nothing"));
  bool sharded = !fs::exists(folder / single_name);
  std::map<std::string, std::string> index;
  std::vector<std::string> shards = {single_name};
  if (sharded) {
    if (!fs::exists(folder / index_name))
      throw Error(ErrorKind::file,
                  fmt::format("{}: expected {} or {}, found neither", folder.string(), single_name, index_name),
                  "octet reads weights in the safetensors format only");
    index = read_index(folder / index_name);
    shards.clear();
    for (const auto& [name, shard] : index) shards.push_back(shard);
    std::sort(shards.begin(), shards.end());
    shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  }
  for (const auto& shard : shards) {
    if (!fs::exists(folder / shard))
      throw Error(ErrorKind::file,
                  fmt::format("{}: {} is missing, which {} names", folder.string(), printable(shard), index_name));
    files_.emplace_back(folder / shard);
    for (const auto& [name, view] : files_.back().tensors()) {
      auto [it, fresh] = where_.emplace(name, files_.size() - 1);
      if (!fresh)
        throw Error(ErrorKind::file, fmt::format("{}: tensor '{}' stands in {} too", files_.back().where(),
                                                 printable(name), files_[it->second].where()));
    }
  }
  if (sharded) check_against_index(index, folder / index_name, files_, where_);
}

const TensorView* Checkpoint::find(const std::string& name) const {
  auto it = where_.find(name);
  return it == where_.end() ? nullptr : &files_[it->second].tensors().at(name);
}

const TensorView& Checkpoint::at(const std::string& name) const {
  if (const TensorView* view = find(name)) return *view;
  std::string near = nearest_name(name, names());
  throw Error(ErrorKind::file, fmt::format("{}: no tensor '{}'", folder_.string(), printable(name)),
              near.empty() ? "" : fmt::format("the nearest is '{}'", printable(near)));
}

std::vector<std::string> Checkpoint::names() const {
  std::vector<std::string> out;
  for (const auto& [name, file] : where_) out.push_back(name);
  return out;
}

std::string Checkpoint::file_of(const std::string& name) const {
  auto it = where_.find(name);
  return it == where_.end() ? folder_.string() : files_[it->second].where();
}

}  // namespace octet::io
