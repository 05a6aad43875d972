#include "octet/plan/train/work.h"

namespace octet::plan {

namespace {

using arch::Part;

// Rows and columns of a part's matrices, as the inventory lists them; a routed expert's once (expert 0).
void add_shapes(const arch::TensorSpec& tensor, Matrices& to, double times) {
  if (tensor.shape.size() != 2) return;
  to.in += static_cast<double>(tensor.shape[1]) * times;
  to.out += static_cast<double>(tensor.shape[0]) * times;
  to.kernels += 1;
}

void read_attention(const arch::LayerSpec& spec, LayerWork& work) {
  if (const auto* mla = std::get_if<arch::Mla>(&spec.attention)) {
    double heads = static_cast<double>(mla->heads);
    work.kv = heads * static_cast<double>(mla->qk_head_dim() + mla->v_head_dim);
    work.qkv = work.kv + heads * static_cast<double>(mla->qk_head_dim());
    work.latents = static_cast<double>(mla->q_lora_rank + mla->kv_lora_rank + mla->qk_rope_head_dim);
    work.attention_out = heads * static_cast<double>(mla->v_head_dim);
    auto up = [&](int64_t rows, int64_t cols) {
      double r = static_cast<double>(rows), c = static_cast<double>(cols);
      work.up.flops += 2 * r * c, work.up.in += c, work.up.out += r, work.up.weights += r * c, work.up.kernels += 1;
    };
    if (mla->q_lora_rank > 0) up(mla->heads * mla->qk_head_dim(), mla->q_lora_rank);
    if (mla->q_lora_rank == 0) work.latents += heads * static_cast<double>(mla->qk_head_dim());
    up(mla->heads * (mla->qk_nope_head_dim + mla->v_head_dim), mla->kv_lora_rank);
  } else {
    const auto& gqa = std::get<arch::Gqa>(spec.attention);
    work.kv = 2 * static_cast<double>(gqa.kv_heads * gqa.head_dim);
    work.attention_out = static_cast<double>(gqa.heads * gqa.head_dim);
    work.qkv = work.latents = work.kv + work.attention_out;
  }
}

void read_ffn(const arch::LayerSpec& spec, LayerWork& work) {
  if (const auto* dense = std::get_if<arch::DenseFfn>(&spec.ffn)) {
    work.gated = static_cast<double>(dense->intermediate);
    return;
  }
  const auto& experts = std::get<arch::Experts>(spec.ffn);
  work.experts = true;
  work.routes = {experts.n_routed, experts.top_k, experts.routing.n_group, experts.routing.topk_group};
  work.gated = static_cast<double>(experts.top_k * experts.intermediate + experts.shared_intermediate);
  work.dispatched = static_cast<double>(experts.top_k) * work.hidden;
}

Matrices* part_of(LayerWork& work, Part part) {
  switch (part) {
    case Part::attention:
      return &work.attention;
    case Part::router:
      return &work.router;
    case Part::dense_ffn:
    case Part::shared_expert:
      return &work.ffn;
    case Part::routed_expert:
      return &work.routed;
    default:
      return nullptr;
  }
}

// A config of this one layer, so that the inventory of a layer is short to walk.
LayerWork layer_work(const arch::Config& config, const arch::LayerSpec& spec) {
  arch::Config alone = config;
  alone.layers = {spec};
  alone.mtp_layers.clear();
  LayerWork work;
  work.hidden = static_cast<double>(config.hidden);
  read_attention(spec, work);
  read_ffn(spec, work);
  for (const auto& product : arch::products(alone)) {
    if (product.layer != 0) continue;
    if (product.per_key)
      work.per_key_flops += product.flops;
    else
      part_of(work, product.part)->flops += product.flops;
  }
  for (const auto& tensor : arch::tensors(alone)) {
    if (tensor.layer != 0) continue;
    Matrices* part = tensor.shape.size() == 2 ? part_of(work, tensor.part) : nullptr;
    (part ? part->weights : work.small_weights) += static_cast<double>(tensor.elements());
    if (part && tensor.expert <= 0)
      add_shapes(tensor, *part, tensor.expert == 0 ? static_cast<double>(work.routes.top_k) : 1);
  }
  return work;
}

int kind_of(const arch::Config& config, const arch::LayerSpec& spec, ModelWork& out,
            std::vector<arch::LayerSpec>& known) {
  for (size_t i = 0; i < known.size(); ++i)
    if (known[i] == spec) return static_cast<int>(i);
  known.push_back(spec);
  out.kinds.push_back(layer_work(config, spec));
  return static_cast<int>(known.size()) - 1;
}

double linear(const LayerWork& work) {
  return work.attention.flops + work.router.flops + work.ffn.flops + work.routed.flops;
}

}  // namespace

ModelWork model_work(const arch::Config& config, int64_t mtp) {
  ModelWork out;
  std::vector<arch::LayerSpec> known;
  out.hidden = static_cast<double>(config.hidden);
  out.vocab = static_cast<double>(config.vocab);
  double table = out.hidden * out.vocab;
  out.embedding_weights = table;
  out.head = {2 * table, out.hidden, out.vocab, config.tie_word_embeddings ? 0 : table, 1};
  out.mtp_projection = {4 * out.hidden * out.hidden, 2 * out.hidden, out.hidden, 2 * out.hidden * out.hidden, 1};
  out.parameters = table + out.head.weights + out.hidden;
  out.linear_flops = out.head.flops;
  for (const auto& spec : config.layers) {
    out.layers.push_back(kind_of(config, spec, out, known));
    const LayerWork& work = out.kinds[static_cast<size_t>(out.layers.back())];
    out.parameters += work.weights();
    out.linear_flops += linear(work);
    out.per_key_flops += work.per_key_flops;
  }
  for (int64_t k = 0; k < std::min<int64_t>(mtp, static_cast<int64_t>(config.mtp_layers.size())); ++k) {
    out.mtp_layers.push_back(kind_of(config, config.mtp_layers[static_cast<size_t>(k)], out, known));
    const LayerWork& work = out.kinds[static_cast<size_t>(out.mtp_layers.back())];
    out.mtp_parameters += work.weights() + out.mtp_projection.weights + 3 * out.hidden;
    out.linear_flops_mtp += linear(work) + out.mtp_projection.flops + out.head.flops;
    out.per_key_flops_mtp += work.per_key_flops;
  }
  return out;
}

}  // namespace octet::plan
