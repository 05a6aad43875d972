#include "octet/data/dataset.h"

#include "octet/base/error.h"

namespace octet::data {
namespace {

std::vector<std::filesystem::path> shards_of(const Fields& side, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  for (const auto& name : side.strings_or("files", {})) {
    out.push_back(folder / std::filesystem::path(name).filename());
    if (!std::filesystem::exists(out.back()))
      throw Error(ErrorKind::file, fmt::format("{} is missing; data.json names it", out.back().string()),
                  "make the data again: octet data build RECIPE --out DIR");
  }
  return out;
}

}  // namespace

bool is_dataset(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "data.json")) return false;
  try {
    Json description = read_json(folder / "data.json");
    return description.is_object() && description.value("format", Json()) == dataset_format;
  } catch (const Error&) {
    return false;
  }
}

Dataset read_dataset(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "data.json"))
    throw Error(ErrorKind::file, fmt::format("{} holds no training data (data.json is missing)", folder.string()),
                fmt::format("make it with: octet data build RECIPE --out {}", folder.string()));
  Dataset out;
  out.folder = folder;
  out.description = read_json(folder / "data.json");
  Fields fields(out.description, (folder / "data.json").string());
  if (fields.string("format") != dataset_format) fields.fail("format", dataset_format);
  out.tokenizer_hash = fields.string("tokenizer_hash");
  out.vocab_size = fields.integer("vocab_size", 1, int64_t{1} << 31);
  const Json* sources = fields.find("sources");
  if (!sources || !sources->is_array() || sources->empty()) fields.fail("sources", "a list of sources");
  for (const Json& entry : *sources) {
    Fields source(entry, fields.where() + ": sources");
    std::string name = source.string("name");
    double weight = source.number("weight", 0, 1e18);
    auto train = shards_of(source.object("train"), folder / "train");
    auto validation = shards_of(source.object("validation"), folder / "validation");
    if (!train.empty()) out.train.push_back({name, train, weight});
    if (!validation.empty()) out.validation.push_back({name, validation, weight});
  }
  return out;
}

}  // namespace octet::data
