#include "octet/arch/inventory.h"

namespace octet::arch {

namespace {

class ProductCollector {
 public:
  ProductCollector(const Config& config, std::vector<Product>& out) : c(config), out_(out) {}

  // A matrix [rows, cols] by a vector, `times` of them for one token out of `stored` that exist.
  void matrix(const char* name, Part part, int64_t rows, int64_t cols, int64_t times = 1, int64_t stored = 1) {
    double elements = static_cast<double>(rows) * static_cast<double>(cols);
    push({.name = name,
          .part = part,
          .flops = 2 * elements * static_cast<double>(times),
          .weight_elements = elements * static_cast<double>(stored)});
  }
  // `heads` inner products of `dim` numbers with one key (or weighted sums of one value).
  void per_key(const char* name, int64_t heads, int64_t dim) {
    push({.name = name,
          .part = Part::attention,
          .flops = 2.0 * static_cast<double>(heads) * static_cast<double>(dim),
          .per_key = true});
  }

  void layer(const LayerSpec& spec, int64_t layer, bool mtp) {
    layer_ = layer;
    mtp_ = mtp;
    std::visit([&](const auto& attention) { this->attention(attention); }, spec.attention);
    std::visit([&](const auto& ffn) { this->ffn(ffn); }, spec.ffn);
  }
  void outside(int64_t layer, bool mtp) {
    layer_ = layer;
    mtp_ = mtp;
  }

 private:
  const Config& c;
  std::vector<Product>& out_;
  int64_t layer_ = -1;
  bool mtp_ = false;

  void push(Product product) {
    product.layer = layer_;
    product.mtp = mtp_;
    out_.push_back(std::move(product));
  }

  void attention(const Mla& a) {
    if (a.q_lora_rank > 0) {
      matrix("q_a_proj", Part::attention, a.q_lora_rank, c.hidden);
      matrix("q_b_proj", Part::attention, a.heads * a.qk_head_dim(), a.q_lora_rank);
    } else {
      matrix("q_proj", Part::attention, a.heads * a.qk_head_dim(), c.hidden);
    }
    matrix("kv_a_proj_with_mqa", Part::attention, a.kv_lora_rank + a.qk_rope_head_dim, c.hidden);
    matrix("kv_b_proj", Part::attention, a.heads * (a.qk_nope_head_dim + a.v_head_dim), a.kv_lora_rank);
    per_key("attention.scores", a.heads, a.qk_head_dim());
    per_key("attention.values", a.heads, a.v_head_dim);
    matrix("o_proj", Part::attention, c.hidden, a.heads * a.v_head_dim);
  }

  void attention(const Gqa& a) {
    matrix("q_proj", Part::attention, a.heads * a.head_dim, c.hidden);
    matrix("k_proj", Part::attention, a.kv_heads * a.head_dim, c.hidden);
    matrix("v_proj", Part::attention, a.kv_heads * a.head_dim, c.hidden);
    per_key("attention.scores", a.heads, a.head_dim);
    per_key("attention.values", a.heads, a.head_dim);
    matrix("o_proj", Part::attention, c.hidden, a.heads * a.head_dim);
  }

  void ffn(const DenseFfn& f) {
    matrix("mlp.gate_up", Part::dense_ffn, 2 * f.intermediate, c.hidden);
    matrix("mlp.down", Part::dense_ffn, c.hidden, f.intermediate);
  }

  void ffn(const Experts& e) {
    matrix("router", Part::router, e.n_routed, c.hidden);
    matrix("experts.gate_up", Part::routed_expert, 2 * e.intermediate, c.hidden, e.top_k, e.n_routed);
    matrix("experts.down", Part::routed_expert, c.hidden, e.intermediate, e.top_k, e.n_routed);
    if (e.n_shared == 0) return;
    matrix("shared_experts.gate_up", Part::shared_expert, 2 * e.shared_intermediate, c.hidden);
    matrix("shared_experts.down", Part::shared_expert, c.hidden, e.shared_intermediate);
  }
};

}  // namespace

std::vector<Product> products(const Config& c) {
  std::vector<Product> out;
  ProductCollector to(c, out);
  for (int64_t i = 0; i < c.n_layers(); ++i) to.layer(c.layers[static_cast<size_t>(i)], i, false);
  to.outside(-1, false);
  to.matrix("lm_head", Part::head, c.vocab, c.hidden);
  for (size_t k = 0; k < c.mtp_layers.size(); ++k) {
    int64_t layer = c.n_layers() + static_cast<int64_t>(k);
    to.outside(layer, true);
    to.matrix("eh_proj", Part::mtp_projection, c.hidden, 2 * c.hidden);
    to.layer(c.mtp_layers[k], layer, true);
    to.matrix("shared_head", Part::head, c.vocab, c.hidden);
  }
  return out;
}

}  // namespace octet::arch
