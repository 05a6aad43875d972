#include "octet/arch/config.h"

#include "octet/arch/config/family.h"
#include "octet/arch/inventory.h"
#include "octet/base/file.h"

namespace octet::arch {

namespace {

const Family* find_family(std::string_view model_type) {
  for (const auto& family : families())
    if (model_type == family.model_type) return &family;
  return nullptr;
}

// Counts in double, before anything is sized by the numbers: whoever lists or multiplies them later need not worry.
void check_size(const Config& c, const std::string& where) {
  constexpr double max_listed = 1 << 18, max_weights = 9e15;
  double experts = 0, weights = 2.0 * static_cast<double>(c.vocab) * static_cast<double>(c.hidden);
  auto h = static_cast<double>(c.hidden);
  for (const auto* layers : {&c.layers, &c.mtp_layers})
    for (const auto& layer : *layers) {
      if (const auto* mla = std::get_if<Mla>(&layer.attention))
        weights += static_cast<double>(mla->heads) * static_cast<double>(mla->qk_head_dim() + mla->v_head_dim) *
                   (h + static_cast<double>(mla->q_lora_rank + mla->kv_lora_rank));
      if (const auto* gqa = std::get_if<Gqa>(&layer.attention))
        weights += 4.0 * static_cast<double>(gqa->heads) * static_cast<double>(gqa->head_dim) * h;
      if (const auto* ffn = std::get_if<DenseFfn>(&layer.ffn))
        weights += 3 * h * static_cast<double>(ffn->intermediate);
      if (const auto* e = std::get_if<Experts>(&layer.ffn)) {
        experts += static_cast<double>(e->n_routed);
        weights += 3 * h * static_cast<double>(e->n_routed + e->n_shared) * static_cast<double>(e->intermediate);
      }
    }
  if (experts > max_listed || weights > max_weights)
    throw Error(
        ErrorKind::config,
        fmt::format("{}: {:.3g} experts and {:.3g} parameters are more than any model has", where, experts, weights),
        fmt::format("octet describes up to {:.0f} experts and {:.0e} parameters", max_listed, max_weights));
}

}  // namespace

const char* name(Dtype dtype) {
  constexpr const char* names[] = {"float32", "float16", "bfloat16"};
  return names[static_cast<int>(dtype)];
}

Config parse_config(const Json& json, const std::string& where) {
  Keys keys(json, where);
  std::string type = keys.string("model_type");
  const Family* family = find_family(type);
  if (!family) {
    std::vector<std::string> known;
    for (const auto& f : families()) known.push_back(f.model_type);
    throw Error(ErrorKind::unsupported,
                fmt::format("{}: octet does not know the model_type '{}'", where, printable(type)),
                unknown_name_hint(type, known));
  }
  Config config = family->read(keys);
  keys.finish();
  check_size(config, where);
  return config;
}

Config read_config(const std::filesystem::path& folder) {
  std::filesystem::path path = folder / "config.json";
  if (!fs::exists(path))
    throw Error(ErrorKind::file, fmt::format("{}: no such file", path.string()),
                "a model is a folder in Hugging Face layout, with a config.json");
  return parse_config(read_json(path, size_t{16} << 20), path.string());
}

Json to_json(const Config& config) {
  const Family* family = find_family(config.family);
  check(family != nullptr && family->write != nullptr, "a config of no family that is written");
  return family->write(config);
}

Config config_of(const std::string& model, const std::filesystem::path& home) {
  if (model == "mini") return read_config(home / "models" / "octet-mini");
  fs::path path(model);
  if (fs::is_directory(path) && (fs::exists(path / "config.json") || model.find('/') != model.npos))
    return read_config(path);
  if (fs::is_regular_file(path)) return parse_config(read_json(path, size_t{16} << 20), path.string());
  if (model.find('/') != model.npos || model.ends_with(".json"))
    throw Error(ErrorKind::file, fmt::format("{}: no such file or folder", printable(model)),
                fmt::format("a model is a folder, a config.json, mini or one of {}", fmt::join(preset_names(), ", ")));
  return preset(model);
}

}  // namespace octet::arch
