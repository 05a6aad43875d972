// GLM-4.7-Flash: V3's architecture and tensor names, with a list of which layers are mixtures.
#include "octet/arch/config/deepseek.h"
#include "octet/arch/config/family.h"

namespace octet::arch {

namespace {

// The leading dense layers that mlp_layer_types tells of; one where it is absent.
int64_t leading_dense(const Keys& keys) {
  auto types = keys.strings_or("mlp_layer_types", {"dense"});
  auto sparse = std::find(types.begin(), types.end(), "sparse");
  if (std::count(types.begin(), sparse, "dense") != sparse - types.begin() ||
      std::count(sparse, types.end(), "sparse") != types.end() - sparse)
    keys.fail("mlp_layer_types", "dense layers followed by sparse ones");
  return sparse - types.begin();
}

}  // namespace

Config read_glm4_moe_lite(const Keys& keys) {
  int64_t dense = leading_dense(keys);
  if (keys.has("mlp_layer_types")) keys.only("first_k_dense_replace", dense);
  Config config = read_deepseek(keys, {"noaux_tc", "sigmoid", true, 1.8, dense});
  if (const Json* types = keys.find("mlp_layer_types"); types && std::ssize(*types) != config.n_layers())
    keys.fail("mlp_layer_types", fmt::format("one type for each of {} layers", config.n_layers()));
  return config;
}

Json write_glm4_moe_lite(const Config& config) {
  Json json = write_deepseek(config, "Glm4MoeLiteForCausalLM");
  for (const auto& layer : config.layers)
    json["mlp_layer_types"].push_back(std::holds_alternative<DenseFfn>(layer.ffn) ? "dense" : "sparse");
  return json;
}

}  // namespace octet::arch
