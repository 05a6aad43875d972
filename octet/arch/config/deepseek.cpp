#include "octet/arch/config/deepseek.h"

namespace octet::arch {

namespace {

Mla read_mla(const Keys& keys, double eps) {
  Mla mla;
  mla.heads = keys.integer("num_attention_heads", 1, max_width);
  // Latent attention gives every query head keys and values of its own; the key only repeats the number.
  keys.only("num_key_value_heads", mla.heads);
  if (!keys.written("q_lora_rank")) keys.fail("q_lora_rank", "a rank, or null where queries are not compressed");
  mla.q_lora_rank = keys.integer_or("q_lora_rank", 0, max_width, 0);
  mla.kv_lora_rank = keys.integer("kv_lora_rank", 1, max_width);
  mla.qk_nope_head_dim = keys.integer("qk_nope_head_dim", 1, max_width);
  mla.qk_rope_head_dim = keys.integer("qk_rope_head_dim", 2, max_width);
  if (mla.qk_rope_head_dim % 2 != 0) keys.fail("qk_rope_head_dim", "an even number");
  mla.v_head_dim = keys.integer("v_head_dim", 1, max_width);
  mla.latent_norm_eps = eps;
  keys.only("qk_head_dim", mla.qk_head_dim());
  keys.only("head_dim", mla.qk_rope_head_dim);  // transformers calls the rotated part so
  keys.only("attention_bias", false);
  keys.only("mlp_bias", false);
  keys.only("rope_interleave", true);
  return mla;
}

Routing read_routing(const Keys& keys, const DeepseekDefaults& defaults, int64_t n_routed, int64_t top_k) {
  Routing r;
  std::string method =
      keys.one_of_or("topk_method", {"greedy", "group_limited_greedy", "noaux_tc"}, defaults.topk_method);
  bool softmax = keys.one_of_or("scoring_func", {"sigmoid", "softmax"}, defaults.scoring_func) == "softmax";
  r.score = softmax ? Score::softmax : Score::sigmoid;
  r.correction_bias = method == "noaux_tc";
  r.normalise = keys.boolean_or("norm_topk_prob", defaults.norm_topk_prob);
  r.scale = keys.number_or("routed_scaling_factor", -1e6, 1e6, defaults.routed_scaling_factor);
  bool groups = method != "greedy";
  if (groups && !keys.written("n_group")) keys.fail("n_group", fmt::format("a number of groups for {}", method));
  int64_t n_group = keys.integer_or("n_group", 1, max_experts, 1);
  int64_t topk_group = keys.integer_or("topk_group", 1, max_experts, 1);
  if (!groups || n_group == 1) return r;
  r.group_score = method == "noaux_tc" ? GroupScore::top2_sum : GroupScore::max;
  r.n_group = n_group;
  r.topk_group = topk_group;
  int64_t smallest = r.group_score == GroupScore::top2_sum ? 2 : 1;
  if (n_routed % n_group != 0 || n_routed / n_group < smallest)
    keys.fail("n_group", fmt::format("groups of equal size, at least {}, out of {} experts", smallest, n_routed));
  if (topk_group > n_group) keys.fail("topk_group", fmt::format("at most n_group ({})", n_group));
  if (top_k > topk_group * (n_routed / n_group))
    keys.fail("num_experts_per_tok",
              fmt::format("at most the {} experts of {} groups", topk_group * (n_routed / n_group), topk_group));
  return r;
}

Experts read_experts(const Keys& keys, const DeepseekDefaults& defaults) {
  Experts e;
  e.n_routed = keys.integer("n_routed_experts", 1, max_experts);
  e.top_k = keys.integer("num_experts_per_tok", 1, e.n_routed);
  e.intermediate = keys.integer("moe_intermediate_size", 1, max_width);
  e.n_shared = keys.integer_or("n_shared_experts", 0, 1024, 0);
  e.shared_intermediate = e.n_shared * e.intermediate;
  e.routing = read_routing(keys, defaults, e.n_routed, e.top_k);
  keys.only("moe_layer_freq", 1);
  return e;
}

// The keys of the mixture, in a model that has none.
void accept_mixture_keys(const Keys& keys) {
  keys.known({"n_routed_experts", "num_experts_per_tok", "moe_intermediate_size", "n_shared_experts", "topk_method",
              "scoring_func", "norm_topk_prob", "routed_scaling_factor", "n_group", "topk_group", "moe_layer_freq",
              "first_k_dense_replace"});
}

int64_t leading_dense(const Config& c) {
  auto dense = [](const LayerSpec& layer) { return std::holds_alternative<DenseFfn>(layer.ffn); };
  return std::find_if_not(c.layers.begin(), c.layers.end(), dense) - c.layers.begin();
}

void write_experts(const Experts& e, Json& json) {
  const Routing& r = e.routing;
  json["n_routed_experts"] = e.n_routed;
  json["num_experts_per_tok"] = e.top_k;
  json["moe_intermediate_size"] = e.intermediate;
  json["n_shared_experts"] = e.n_shared > 0 ? Json(e.n_shared) : Json();
  json["moe_layer_freq"] = 1;
  check(e.shared_intermediate == e.n_shared * e.intermediate, "shared experts of another width");
  check(r.correction_bias ? r.group_score != GroupScore::max : r.group_score != GroupScore::top2_sum,
        "a routing that has no topk_method");
  json["topk_method"] = r.correction_bias                  ? "noaux_tc"
                        : r.group_score == GroupScore::max ? "group_limited_greedy"
                                                           : "greedy";
  json["scoring_func"] = r.score == Score::softmax ? "softmax" : "sigmoid";
  json["norm_topk_prob"] = r.normalise;
  json["routed_scaling_factor"] = r.scale;
  json["n_group"] = r.n_group;
  json["topk_group"] = r.topk_group;
}

}  // namespace

Config read_deepseek(const Keys& keys, const DeepseekDefaults& defaults) {
  Config c = read_common(keys);
  LayerSpec dense, moe;
  dense.attention = moe.attention = read_mla(keys, c.rms_norm_eps);
  int64_t layers = keys.integer("num_hidden_layers", 1, max_layers), n_dense = layers;
  int64_t mtp = keys.integer_or("num_nextn_predict_layers", 0, 64, 0);
  if (!keys.written("n_routed_experts")) keys.fail("n_routed_experts", "a number of experts, or null for none");
  if (keys.has("n_routed_experts")) {
    bool given = keys.has("first_k_dense_replace") || !defaults.first_k_dense_replace;
    n_dense = given ? keys.integer("first_k_dense_replace", 0, max_layers) : *defaults.first_k_dense_replace;
    n_dense = std::min(layers, n_dense);
    moe.ffn = read_experts(keys, defaults);
  } else {
    accept_mixture_keys(keys);
  }
  if (n_dense > 0)
    dense.ffn = DenseFfn{keys.integer("intermediate_size", 1, max_width)};
  else
    keys.known({"intermediate_size"});
  c.layers.assign(static_cast<size_t>(n_dense), dense);
  c.layers.insert(c.layers.end(), static_cast<size_t>(layers - n_dense), moe);
  c.mtp_layers.assign(static_cast<size_t>(mtp), keys.has("n_routed_experts") ? moe : dense);
  return c;
}

Json write_deepseek(const Config& c, const char* architecture) {
  std::vector<LayerSpec> all = c.layers;
  all.insert(all.end(), c.mtp_layers.begin(), c.mtp_layers.end());
  const Mla& mla = shared_spec<Mla>(all, [](const LayerSpec& l) -> auto& { return l.attention; });
  check(mla.latent_norm_eps == c.rms_norm_eps, "a latent norm's eps that config.json cannot say");
  int64_t n_dense = leading_dense(c);
  auto ffn = [](const LayerSpec& l) -> auto& { return l.ffn; };
  std::vector<LayerSpec> dense(all.begin(), all.begin() + n_dense), rest(all.begin() + n_dense, all.end());

  Json json = write_common(c, architecture);
  json["num_hidden_layers"] = c.n_layers();
  json["num_nextn_predict_layers"] = c.mtp_layers.size();
  json["num_attention_heads"] = mla.heads;
  json["num_key_value_heads"] = mla.heads;
  json["q_lora_rank"] = mla.q_lora_rank > 0 ? Json(mla.q_lora_rank) : Json();
  json["kv_lora_rank"] = mla.kv_lora_rank;
  json["qk_nope_head_dim"] = mla.qk_nope_head_dim;
  json["qk_rope_head_dim"] = mla.qk_rope_head_dim;
  json["v_head_dim"] = mla.v_head_dim;
  json["attention_bias"] = false;
  json["attention_dropout"] = 0.0;
  if (n_dense > 0) json["intermediate_size"] = shared_spec<DenseFfn>(dense, ffn).intermediate;
  bool mixture = !rest.empty() && std::holds_alternative<Experts>(rest.front().ffn);
  json["n_routed_experts"] = nullptr;
  if (mixture) {
    json["first_k_dense_replace"] = n_dense;
    write_experts(shared_spec<Experts>(rest, ffn), json);
  } else {
    shared_spec<DenseFfn>(all, ffn);  // all layers dense, MTP's too
  }
  return json;
}

}  // namespace octet::arch
