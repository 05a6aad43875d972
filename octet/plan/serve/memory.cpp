#include <algorithm>

#include "octet/plan/bytes.h"
#include "octet/plan/serve/predict.h"

namespace octet::plan {

namespace {

// The framework, the driver's context, communication buffers and captured graphs, as a serving engine leaves them.
constexpr double engine_bytes = 3.0 * (1 << 30);
// Longer passes run in chunks of so many tokens, as engines do: what lies between layers is never wider.
constexpr double chunk_tokens = 16384;

double layer_weights(const LayerWork& work, const ServePlan& p) {
  double tp = static_cast<double>(p.tp), ep = static_cast<double>(p.ep);
  double number = p.precision == Precision::fp8 ? 1 + 4.0 / (128 * 128) : bf16_bytes;
  double bytes = (work.attention.weights + work.ffn.weights) / tp * number +
                 (work.router.weights + work.small_weights) * bf16_bytes;
  if (!work.experts) return bytes;
  double one = work.routed.weights / static_cast<double>(work.routes.experts);
  double held = p.ep > 1 ? static_cast<double>(work.routes.experts + p.redundant_experts) / ep
                         : static_cast<double>(work.routes.experts) / tp;
  return bytes + one * held * number;
}

double cache_numbers(const arch::LayerSpec& spec, const ServePlan& p) {
  if (const auto* mla = std::get_if<arch::Mla>(&spec.attention))
    return static_cast<double>(mla->kv_lora_rank + mla->qk_rope_head_dim);
  const auto& gqa = std::get<arch::Gqa>(spec.attention);
  return 2 * std::max(1.0, static_cast<double>(gqa.kv_heads) / static_cast<double>(p.tp)) *
         static_cast<double>(gqa.head_dim);
}

}  // namespace

ServeMemory serve_memory(const ModelWork& work, const ServePlan& p) {
  ServeMemory out;
  double tp = static_cast<double>(p.tp), sequences = p.batch * tp;
  for (int kind : work.layers) out.weights += layer_weights(work.kinds[static_cast<size_t>(kind)], p);
  for (const auto& spec : p.config.layers) out.cache += cache_numbers(spec, p) * bf16_bytes * sequences * p.context;
  out.weights += (work.embedding_weights + work.head.weights) / tp * bf16_bytes;
  if (p.mtp_accept) {
    const LayerWork& draft = work.kinds[static_cast<size_t>(work.mtp_layers.front())];
    out.weights += layer_weights(draft, p) + work.mtp_projection.weights * bf16_bytes;
    out.cache += cache_numbers(p.config.mtp_layers.front(), p) * bf16_bytes * sequences * p.context;
  }
  // The widest moment of a layer: the residual stream, queries, keys and values, or the tokens sorted by expert.
  double tokens = p.role == Role::decode ? p.batch * (p.mtp_accept ? 2 : 1) : p.batch * (p.context - p.cached);
  double widest = 0;
  for (const auto& layer : work.kinds) {
    double attention = (layer.qkv + layer.attention_out) * bf16_bytes,
           experts = layer.dispatched * 3 + layer.gated * 3 * bf16_bytes;
    widest = std::max(widest, 4 * layer.hidden * bf16_bytes + std::max(attention, experts));
  }
  double logits = work.vocab * (p.role == Role::decode ? tokens : p.batch) * (bf16_bytes + 4) / tp;
  out.activations = std::min(tokens, chunk_tokens) * widest + logits;
  out.buffers = engine_bytes;
  return out;
}

}  // namespace octet::plan
