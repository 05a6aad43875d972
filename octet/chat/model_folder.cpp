#include "octet/chat/model_folder.h"

#include "octet/arch/inventory.h"
#include "octet/base/cpu.h"
#include "octet/base/units.h"

namespace octet::chat {

namespace {

// Memory of a model: weights in `dtype` (the router's biases are too small to matter), the cache per token.
double weight_bytes(const arch::Config& config, at::ScalarType dtype) {
  double elements = 0;
  for (const auto& t : arch::tensors(config))
    if (!t.copy) elements += static_cast<double>(t.elements());
  return elements * static_cast<double>(at::elementSize(dtype));
}

// The rotation table's row, which all layers share: float32, and room to grow into.
double rotation_bytes_per_token(const arch::Config& config) {
  const auto* mla = config.layers.empty() ? nullptr : std::get_if<arch::Mla>(&config.layers.front().attention);
  return mla ? 2.0 * sizeof(float) * static_cast<double>(mla->qk_rope_head_dim) : 0;
}

double cache_bytes_per_token(const arch::Config& config, at::ScalarType dtype) {
  double numbers = 0;
  auto add = [&](const arch::LayerSpec& layer) {
    if (const auto* mla = std::get_if<arch::Mla>(&layer.attention))
      numbers += static_cast<double>(mla->kv_lora_rank + mla->qk_rope_head_dim);
  };
  for (const auto& layer : config.layers) add(layer);
  for (const auto& layer : config.mtp_layers) add(layer);
  return numbers * static_cast<double>(at::elementSize(dtype == at::kHalf ? at::kFloat : dtype)) +
         rotation_bytes_per_token(config);
}

// How many tokens of cache fit, refusing when it would be fewer than asked for (or than a short conversation).
int64_t affordable_tokens(const arch::Config& config, at::ScalarType dtype, const LoadOptions& options) {
  double has = static_cast<double>(options.memory ? options.memory : available_memory());
  constexpr double overhead = 256.0 * (1 << 20);  // the program, activations and buffers
  double per_token = cache_bytes_per_token(config, dtype), weights = weight_bytes(config, dtype) + overhead;
  int64_t maximum = config.max_position_embeddings;
  int64_t least = options.context > 0 ? std::min(options.context, maximum) : std::min<int64_t>(1024, maximum);
  double needs = weights + per_token * static_cast<double>(least);
  if (needs > has)
    throw Error(ErrorKind::resources,
                fmt::format("the model needs {} of memory ({} of weights, and a cache of {} tokens), and {} {}",
                            format_bytes(needs), format_bytes(weights), least, format_bytes(has),
                            options.memory ? "are allowed by --memory" : "are available"),
                "use a smaller model or --dtype bfloat16");
  if (options.context > 0) return least;
  // Half of what is left for the cache: the rest belongs to the machine's other work.
  return std::max(least, static_cast<int64_t>((has - weights) / 2 / per_token));
}

}  // namespace

ModelFolder load_model_folder(const std::filesystem::path& folder, const LoadOptions& options) {
  ModelFolder out;
  out.path = folder;
  arch::Config config = arch::read_config(folder);
  out.generation = arch::read_generation_config(folder, config);
  at::ScalarType dtype = options.dtype.value_or(model::default_dtype(config));
  out.cache_tokens = affordable_tokens(config, dtype, options);
  out.context = std::min(out.cache_tokens, config.max_position_embeddings);
  if (text::Tokenizer::in(folder)) {
    out.tokenizer = text::Tokenizer::load(folder);
    out.chat_template = text::ChatTemplate::load(folder);
  }
  out.model = std::make_shared<model::Transformer>(model::load(folder, dtype, model::Use::inference, options.device));
  return out;
}

}  // namespace octet::chat
