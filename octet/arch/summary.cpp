#include "octet/arch/inventory.h"

namespace octet::arch {

namespace {

int64_t cached_numbers(const LayerSpec& layer) {
  if (const auto* mla = std::get_if<Mla>(&layer.attention)) return mla->kv_lora_rank + mla->qk_rope_head_dim;
  const auto& gqa = std::get<Gqa>(layer.attention);
  return 2 * gqa.kv_heads * gqa.head_dim;
}

// Of a layer's routed experts, the share that a token meets.
const Experts* experts_of(const Config& c, const TensorSpec& tensor) {
  if (tensor.part != Part::routed_expert || tensor.mtp) return nullptr;
  return &std::get<Experts>(c.layers[static_cast<size_t>(tensor.layer)].ffn);
}

}  // namespace

Summary summarise(const Config& c, int64_t seq) {
  Summary s;
  for (const auto& tensor : tensors(c)) {
    int64_t n = tensor.elements();
    if (tensor.mtp) {
      if (!tensor.copy) s.mtp_parameters += n;
      continue;
    }
    s.parameters += n;
    const Experts* experts = experts_of(c, tensor);
    // Experts of a layer are alike: the first top_k stand for those chosen.
    if (experts && tensor.expert >= experts->top_k) continue;
    bool lookup = tensor.part == Part::embedding && !c.tie_word_embeddings;
    s.active_parameters += lookup ? c.hidden : n;
  }
  for (const auto& layer : c.layers) s.cache_bytes_per_token += 2 * cached_numbers(layer);
  // Backward costs two products for each of the forward; a causal token sees seq / 2 keys on average.
  for (const auto& product : products(c)) {
    double flops = 3 * product.flops * (product.per_key ? static_cast<double>(seq) / 2 : 1);
    s.training_flops_per_token_mtp += flops;
    if (!product.mtp) s.training_flops_per_token += flops;
  }
  return s;
}

}  // namespace octet::arch
