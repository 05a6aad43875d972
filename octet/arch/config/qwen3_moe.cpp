// Qwen3 with experts: softmax over all of them, no shared one, every layer a mixture but those listed.
#include <algorithm>

#include "octet/arch/config/family.h"
#include "octet/arch/config/gqa.h"

namespace octet::arch {

namespace {

std::vector<int64_t> dense_layers(const Keys& keys, int64_t layers) {
  std::string expected = fmt::format("a list of layers from 0 to {}", layers - 1);
  std::vector<int64_t> out;
  const Json* list = keys.find("mlp_only_layers");
  if (!list) return out;
  if (!list->is_array()) keys.fail("mlp_only_layers", expected);
  for (const Json& item : *list) {
    auto layer = Keys::integer_in(item, 0, layers - 1);
    if (!layer) keys.fail("mlp_only_layers", expected);
    out.push_back(*layer);
  }
  return out;
}

// num_experts, or num_local_experts as transformers 5 writes it.
int64_t expert_count(const Keys& keys) {
  const char* key = keys.has("num_experts") ? "num_experts" : "num_local_experts";
  int64_t n = keys.integer(key, 1, max_experts);
  keys.only("num_local_experts", n);
  return n;
}

}  // namespace

Config read_qwen3_moe(const Keys& keys) {
  keys.only("attention_bias", false);
  keys.only("decoder_sparse_step", 1);
  Config c = read_common(keys);
  LayerSpec moe, dense;
  Gqa gqa = read_gqa(keys, c);
  gqa.qk_norm = true;
  Experts e;
  e.n_routed = expert_count(keys);
  e.top_k = keys.integer("num_experts_per_tok", 1, e.n_routed);
  e.intermediate = keys.integer("moe_intermediate_size", 1, max_width);
  e.routing.score = Score::softmax;
  e.routing.normalise = keys.boolean_or("norm_topk_prob", false);
  moe.attention = dense.attention = gqa;
  moe.ffn = e;
  c.layers.assign(static_cast<size_t>(keys.integer("num_hidden_layers", 1, max_layers)), moe);
  auto plain = dense_layers(keys, c.n_layers());
  if (plain.empty())
    keys.known({"intermediate_size"});
  else
    dense.ffn = DenseFfn{keys.integer("intermediate_size", 1, max_width)};
  for (int64_t i : plain) c.layers[static_cast<size_t>(i)] = dense;
  if (std::none_of(c.layers.begin(), c.layers.end(), [&](const LayerSpec& layer) { return layer == moe; }))
    keys.fail("mlp_only_layers", "a list that leaves a layer with experts");
  return c;
}

Json write_qwen3_moe(const Config& c) {
  Json json = write_common(c, "Qwen3MoeForCausalLM");
  json["num_hidden_layers"] = c.n_layers();
  json["decoder_sparse_step"] = 1;
  write_gqa(shared_spec<Gqa>(c.layers, [](const LayerSpec& l) -> auto& { return l.attention; }), json);
  json["mlp_only_layers"] = Json::array();
  auto ffn = [](const LayerSpec& l) -> auto& { return l.ffn; };
  std::vector<LayerSpec> dense, mixture;
  for (int64_t i = 0; i < c.n_layers(); ++i) {
    const LayerSpec& layer = c.layers[static_cast<size_t>(i)];
    bool is_dense = std::holds_alternative<DenseFfn>(layer.ffn);
    (is_dense ? dense : mixture).push_back(layer);
    if (is_dense) json["mlp_only_layers"].push_back(i);
  }
  if (!dense.empty()) json["intermediate_size"] = shared_spec<DenseFfn>(dense, ffn).intermediate;
  const Experts& e = shared_spec<Experts>(mixture, ffn);
  check(e.n_shared == 0 && e.routing == Routing{.score = Score::softmax, .normalise = e.routing.normalise},
        "a routing that the family does not have");
  json["num_experts"] = e.n_routed;
  json["num_experts_per_tok"] = e.top_k;
  json["moe_intermediate_size"] = e.intermediate;
  json["norm_topk_prob"] = e.routing.normalise;
  return json;
}

}  // namespace octet::arch
