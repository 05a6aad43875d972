#include "octet/arch/inventory.h"

namespace octet::arch {

namespace {

// Collects the tensors of one layer; every name begins with the same prefix.
class TensorCollector {
 public:
  TensorCollector(const Config& config, std::vector<TensorSpec>& out) : c(config), out_(out) {}

  void module(std::string prefix, int64_t layer, bool mtp) {
    prefix_ = std::move(prefix);
    layer_ = layer;
    mtp_ = mtp;
  }
  TensorSpec& add(std::string_view name, std::vector<int64_t> shape, Part part) {
    TensorSpec spec{.name = c.tensor_prefix + prefix_ + std::string(name), .shape = std::move(shape), .part = part};
    spec.layer = layer_;
    spec.mtp = mtp_;
    out_.push_back(std::move(spec));
    return out_.back();
  }
  // The matrix of a linear layer that the FP8 release quantises.
  TensorSpec& linear(std::string_view name, int64_t rows, int64_t cols, Part part) {
    TensorSpec& spec = add(std::string(name) + ".weight", {rows, cols}, part);
    spec.fp8 = c.fp8.has_value();
    return spec;
  }

  void layer(const LayerSpec& spec) {
    add("input_layernorm.weight", {c.hidden}, Part::norm);
    std::visit([&](const auto& attention) { this->attention(attention); }, spec.attention);
    add("post_attention_layernorm.weight", {c.hidden}, Part::norm);
    std::visit([&](const auto& ffn) { this->ffn(ffn); }, spec.ffn);
  }

 private:
  const Config& c;
  std::vector<TensorSpec>& out_;
  std::string prefix_;
  int64_t layer_ = -1;
  bool mtp_ = false;

  void attention(const Mla& a) {
    int64_t q_rows = a.heads * a.qk_head_dim();
    if (a.q_lora_rank > 0) {
      linear("self_attn.q_a_proj", a.q_lora_rank, c.hidden, Part::attention);
      add("self_attn.q_a_layernorm.weight", {a.q_lora_rank}, Part::norm);
      linear("self_attn.q_b_proj", q_rows, a.q_lora_rank, Part::attention);
    } else {
      linear("self_attn.q_proj", q_rows, c.hidden, Part::attention);
    }
    linear("self_attn.kv_a_proj_with_mqa", a.kv_lora_rank + a.qk_rope_head_dim, c.hidden, Part::attention);
    add("self_attn.kv_a_layernorm.weight", {a.kv_lora_rank}, Part::norm);
    linear("self_attn.kv_b_proj", a.heads * (a.qk_nope_head_dim + a.v_head_dim), a.kv_lora_rank, Part::attention);
    linear("self_attn.o_proj", c.hidden, a.heads * a.v_head_dim, Part::attention);
  }

  void attention(const Gqa& a) {
    const std::pair<const char*, int64_t> inputs[] = {{"q", a.heads}, {"k", a.kv_heads}, {"v", a.kv_heads}};
    for (auto [name, heads] : inputs) {
      linear(fmt::format("self_attn.{}_proj", name), heads * a.head_dim, c.hidden, Part::attention);
      if (a.qkv_bias) add(fmt::format("self_attn.{}_proj.bias", name), {heads * a.head_dim}, Part::attention);
    }
    if (a.qk_norm)
      for (const char* name : {"q", "k"}) add(fmt::format("self_attn.{}_norm.weight", name), {a.head_dim}, Part::norm);
    linear("self_attn.o_proj", c.hidden, a.heads * a.head_dim, Part::attention);
  }

  void gated(const std::string& name, int64_t intermediate, Part part, int64_t expert) {
    linear(name + ".gate_proj", intermediate, c.hidden, part).expert = expert;
    linear(name + ".up_proj", intermediate, c.hidden, part).expert = expert;
    linear(name + ".down_proj", c.hidden, intermediate, part).expert = expert;
  }

  void ffn(const DenseFfn& f) { gated("mlp", f.intermediate, Part::dense_ffn, -1); }

  void ffn(const Experts& e) {
    add("mlp.gate.weight", {e.n_routed, c.hidden}, Part::router);
    if (e.routing.correction_bias) add("mlp.gate.e_score_correction_bias", {e.n_routed}, Part::router).float32 = true;
    for (int64_t i = 0; i < e.n_routed; ++i)
      gated(fmt::format("mlp.experts.{}", i), e.intermediate, Part::routed_expert, i);
    if (e.n_shared > 0) gated("mlp.shared_experts", e.shared_intermediate, Part::shared_expert, -1);
  }
};

}  // namespace

int64_t TensorSpec::elements() const {
  int64_t n = 1;
  for (int64_t extent : shape) n *= extent;
  return n;
}

std::vector<TensorSpec> tensors(const Config& c) {
  std::vector<TensorSpec> out;
  TensorCollector to(c, out);
  to.module("", -1, false);
  to.add("model.embed_tokens.weight", {c.vocab, c.hidden}, Part::embedding);
  for (int64_t i = 0; i < c.n_layers(); ++i) {
    to.module(fmt::format("model.layers.{}.", i), i, false);
    to.layer(c.layers[static_cast<size_t>(i)]);
  }
  to.module("", -1, false);
  to.add("model.norm.weight", {c.hidden}, Part::norm);
  if (!c.tie_word_embeddings) to.add("lm_head.weight", {c.vocab, c.hidden}, Part::head);
  // V3 report, section 2.2: each MTP module has a projection and a layer of its own, and shares embedding and head.
  for (size_t k = 0; k < c.mtp_layers.size(); ++k) {
    int64_t layer = c.n_layers() + static_cast<int64_t>(k);
    to.module(fmt::format("model.layers.{}.", layer), layer, true);
    to.add("embed_tokens.weight", {c.vocab, c.hidden}, Part::embedding).copy = true;
    to.add("enorm.weight", {c.hidden}, Part::norm);
    to.add("hnorm.weight", {c.hidden}, Part::norm);
    to.add("eh_proj.weight", {c.hidden, 2 * c.hidden}, Part::mtp_projection);
    to.layer(c.mtp_layers[k]);
    to.add("shared_head.norm.weight", {c.hidden}, Part::norm);
    to.add("shared_head.head.weight", {c.vocab, c.hidden}, Part::head).copy = true;
  }
  return out;
}

}  // namespace octet::arch
