#include "octet/train/setup.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <malloc.h>

#include "octet/base/cpu.h"
#include "octet/base/file.h"
#include "octet/text/bpe/tokenizer.h"

namespace octet::train {

namespace {

// The id of "bos_token" or "eos_token" in the data's tokenizer_config.json: a string or an object with "content".
std::optional<int64_t> special_token(const fs::path& folder, const Json& config, const text::Tokenizer& tokenizer,
                                     const char* key) {
  auto it = config.find(key);
  if (it == config.end() || it->is_null()) return std::nullopt;
  const Json& content = it->is_object() && it->contains("content") ? it->at("content") : *it;
  if (content.is_string())
    if (auto id = tokenizer.token_id(content.get<std::string>())) return *id;
  throw Error(ErrorKind::config, fmt::format("{}: {}: expected a token of the tokenizer, found {}",
                                             (folder / "tokenizer_config.json").string(), key, printable(dump(*it))));
}

void take_special_tokens(Json& config, const fs::path& folder) {
  if (!fs::exists(folder / "tokenizer_config.json")) return;
  Json tokens = read_json(folder / "tokenizer_config.json");
  text::Tokenizer tokenizer = text::Tokenizer::load(folder);
  if (auto bos = special_token(folder, tokens, tokenizer, "bos_token")) config["bos_token_id"] = *bos;
  if (auto eos = special_token(folder, tokens, tokenizer, "eos_token")) config["eos_token_id"] = *eos;
}

arch::Config drawn_config(const Recipe& recipe, const data::Dataset& dataset) {
  const ModelRecipe& m = recipe.model;
  fs::path file = fs::is_directory(m.config) ? m.config / "config.json" : m.config;
  Json json = m.preset.empty() ? read_json(file) : arch::to_json(arch::preset(m.preset));
  std::string where = m.preset.empty() ? file.string() : "preset " + m.preset;
  for (const auto& [key, value] : m.fields.items()) json[key] = value;
  if (m.vocab_from_data) json["vocab_size"] = dataset.vocab_size;
  take_special_tokens(json, dataset.folder);
  if (!m.fields.empty()) where += " with model.fields";
  return arch::parse_config(json, where);
}

}  // namespace

arch::Config make_config(const Recipe& recipe, const data::Dataset& dataset) {
  arch::Config config =
      recipe.model.weights.empty() ? drawn_config(recipe, dataset) : arch::read_config(recipe.model.weights);
  if (config.vocab < dataset.vocab_size)
    throw Error(ErrorKind::config,
                fmt::format("the model's vocab_size is {}, but {} has tokens up to {}", config.vocab,
                            dataset.folder.string(), dataset.vocab_size - 1),
                "set model.vocab_from_data = true, or make the data with a smaller tokenizer");
  if (recipe.batch.sequence_length > config.max_position_embeddings)
    throw Error(ErrorKind::config,
                fmt::format("batch.sequence_length is {}, but the model's max_position_embeddings is {}",
                            recipe.batch.sequence_length, config.max_position_embeddings));
  return config;
}

model::Transformer make_model(const Recipe& recipe, const arch::Config& config, at::ScalarType compute,
                              at::Device device) {
  model::Transformer model;
  if (recipe.model.weights.empty()) {
    model = model::make_transformer(config, at::kFloat, device);
    model::initialise(model, recipe.seed);
  } else {
    model = model::load(recipe.model.weights, at::kFloat, model::Use::training, device);
  }
  model.compute = compute;
  model.require_grad();
  return model;
}

at::ScalarType compute_type(Compute compute, at::Device device) {
  if (compute == Compute::float32) return at::kFloat;
  if (compute == Compute::bfloat16 || device.is_cuda()) return at::kBFloat16;
  return multiplies_bf16() ? at::kBFloat16 : at::kFloat;
}

std::vector<data::Source> weighted(const std::vector<data::Source>& sources, const DataRecipe& recipe) {
  std::vector<std::string> names;
  for (const auto& source : sources) names.push_back(source.name);
  for (const auto& [name, weight] : recipe.weights)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw Error(ErrorKind::config, fmt::format("data.weights: {} has no source '{}'", recipe.dir.string(), name),
                  unknown_name_hint(name, names));
  std::vector<data::Source> out;
  for (data::Source source : sources) {
    auto it = recipe.weights.find(source.name);
    if (it != recipe.weights.end()) source.weight = it->second;
    if (source.weight > 0) out.push_back(std::move(source));
  }
  return out;
}

void prepare_runtime(int threads, at::Device device) {
  at::set_num_threads(threads > 0 ? threads : available_threads());
  if (!device.is_cpu()) return;  // CUDA has operators without a bit-exact form
  at::globalContext().setDeterministicAlgorithms(true, false);
  at::globalContext().setDeterministicFillUninitializedMemory(false);
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT32_MAX);
}

}  // namespace octet::train
