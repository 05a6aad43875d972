// What every family's config.json holds: sizes of the residual stream, norms, rope, dtype, tokens, quantisation.
#pragma once
#include "octet/arch/config.h"
#include "octet/arch/config/keys.h"

namespace octet::arch {

// Upper bounds of what a config may say, far above any model: they keep every later product within int64.
constexpr int64_t max_width = 1 << 20, max_layers = 4096, max_experts = 1 << 16, max_vocab = 1 << 26;

// Everything but the layers.
Config read_common(const Keys& keys);
Json write_common(const Config& config, const char* architecture);

// rope_theta with rope_scaling, or rope_parameters; Error{config} if both stand there and disagree.
Rope read_rope(const Keys& keys);
void write_rope(const Rope& rope, Json& json);

// quantization_config: none, or the release's FP8.
std::optional<Fp8> read_fp8(const Keys& keys);
Json write_fp8(const Fp8& fp8);

// The one spec that all `layers` share in `part` of them; Bug if they differ: the family's config.json cannot say that.
template <class T, class Get>
const T& shared_spec(const std::vector<LayerSpec>& layers, Get&& get) {
  check(!layers.empty(), "a config without layers");
  const T* first = std::get_if<T>(&get(layers.front()));
  check(first != nullptr, "a layer of another kind than its family's");
  for (const auto& layer : layers) {
    const T* spec = std::get_if<T>(&get(layer));
    check(spec && *spec == *first, "layers differ where the family's config.json has one value");
  }
  return *first;
}

}  // namespace octet::arch
