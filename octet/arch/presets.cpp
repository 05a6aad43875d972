// Published configurations under short names. Each is the release's config.json without its bookkeeping.
#include "octet/arch/config.h"

namespace octet::arch {

namespace {

struct Preset {
  const char *name, *json;
};

constexpr Preset presets[] = {
    {"deepseek-v3", R"({"model_type": "deepseek_v3", "vocab_size": 129280, "hidden_size": 7168,
      "num_hidden_layers": 61, "first_k_dense_replace": 3, "num_nextn_predict_layers": 1, "intermediate_size": 18432,
      "num_attention_heads": 128, "num_key_value_heads": 128, "q_lora_rank": 1536, "kv_lora_rank": 512,
      "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "n_routed_experts": 256,
      "n_shared_experts": 1, "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "scoring_func": "sigmoid",
      "topk_method": "noaux_tc", "n_group": 8, "topk_group": 4, "norm_topk_prob": true, "routed_scaling_factor": 2.5,
      "max_position_embeddings": 163840, "rope_theta": 10000, "rope_scaling": {"type": "yarn", "factor": 40,
        "original_max_position_embeddings": 4096, "beta_fast": 32, "beta_slow": 1, "mscale": 1.0, "mscale_all_dim": 1.0},
      "rms_norm_eps": 1e-06, "torch_dtype": "bfloat16", "bos_token_id": 0, "eos_token_id": 1,
      "quantization_config": {"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic",
        "weight_block_size": [128, 128]}})"},
    {"deepseek-v2", R"({"model_type": "deepseek_v2", "vocab_size": 102400, "hidden_size": 5120,
      "num_hidden_layers": 60, "first_k_dense_replace": 1, "intermediate_size": 12288, "num_attention_heads": 128,
      "num_key_value_heads": 128, "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128,
      "qk_rope_head_dim": 64, "v_head_dim": 128, "n_routed_experts": 160, "n_shared_experts": 2,
      "num_experts_per_tok": 6, "moe_intermediate_size": 1536, "scoring_func": "softmax",
      "topk_method": "group_limited_greedy", "n_group": 8, "topk_group": 3, "norm_topk_prob": false,
      "routed_scaling_factor": 16.0, "max_position_embeddings": 163840, "rope_theta": 10000,
      "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096, "beta_fast": 32,
        "beta_slow": 1, "mscale": 0.707, "mscale_all_dim": 0.707},
      "rms_norm_eps": 1e-06, "torch_dtype": "bfloat16", "bos_token_id": 100000, "eos_token_id": 100001})"},
    {"deepseek-v2-lite", R"({"model_type": "deepseek_v2", "vocab_size": 102400, "hidden_size": 2048,
      "num_hidden_layers": 27, "first_k_dense_replace": 1, "intermediate_size": 10944, "num_attention_heads": 16,
      "num_key_value_heads": 16, "q_lora_rank": null, "kv_lora_rank": 512, "qk_nope_head_dim": 128,
      "qk_rope_head_dim": 64, "v_head_dim": 128, "n_routed_experts": 64, "n_shared_experts": 2,
      "num_experts_per_tok": 6, "moe_intermediate_size": 1408, "scoring_func": "softmax", "topk_method": "greedy",
      "n_group": 1, "topk_group": 1, "norm_topk_prob": false, "routed_scaling_factor": 1.0,
      "max_position_embeddings": 163840, "rope_theta": 10000, "rope_scaling": {"type": "yarn", "factor": 40,
        "original_max_position_embeddings": 4096, "beta_fast": 32, "beta_slow": 1, "mscale": 0.707,
        "mscale_all_dim": 0.707},
      "rms_norm_eps": 1e-06, "torch_dtype": "bfloat16", "bos_token_id": 100000, "eos_token_id": 100001})"},
    {"moonlight-16b-a3b", R"({"model_type": "deepseek_v3", "vocab_size": 163840, "hidden_size": 2048,
      "num_hidden_layers": 27, "first_k_dense_replace": 1, "num_nextn_predict_layers": 0, "intermediate_size": 11264,
      "num_attention_heads": 16, "num_key_value_heads": 16, "q_lora_rank": null, "kv_lora_rank": 512,
      "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "n_routed_experts": 64,
      "n_shared_experts": 2, "num_experts_per_tok": 6, "moe_intermediate_size": 1408, "scoring_func": "sigmoid",
      "topk_method": "noaux_tc", "n_group": 1, "topk_group": 1, "norm_topk_prob": true, "routed_scaling_factor": 2.446,
      "max_position_embeddings": 8192, "rope_theta": 50000, "rope_scaling": null, "rms_norm_eps": 1e-05,
      "torch_dtype": "bfloat16", "bos_token_id": 163584, "eos_token_id": 163585})"},
    {"kimi-k2", R"({"model_type": "kimi_k2", "vocab_size": 163840, "hidden_size": 7168, "num_hidden_layers": 61,
      "first_k_dense_replace": 1, "num_nextn_predict_layers": 0, "intermediate_size": 18432, "num_attention_heads": 64,
      "num_key_value_heads": 64, "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128,
      "qk_rope_head_dim": 64, "v_head_dim": 128, "n_routed_experts": 384, "n_shared_experts": 1,
      "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "scoring_func": "sigmoid", "topk_method": "noaux_tc",
      "n_group": 1, "topk_group": 1, "norm_topk_prob": true, "routed_scaling_factor": 2.827,
      "max_position_embeddings": 131072, "rope_theta": 50000.0, "rope_scaling": {"type": "yarn", "factor": 32.0,
        "original_max_position_embeddings": 4096, "beta_fast": 1.0, "beta_slow": 1.0, "mscale": 1.0,
        "mscale_all_dim": 1.0},
      "rms_norm_eps": 1e-06, "torch_dtype": "bfloat16", "bos_token_id": 163584, "eos_token_id": 163585,
      "quantization_config": {"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic",
        "weight_block_size": [128, 128]}})"},
    // V3's architecture in small, as octet trains it.
    {"octet-mini", R"({"model_type": "deepseek_v3", "vocab_size": 2048, "hidden_size": 192, "num_hidden_layers": 6,
      "first_k_dense_replace": 1, "num_nextn_predict_layers": 1, "intermediate_size": 512, "num_attention_heads": 4,
      "num_key_value_heads": 4, "q_lora_rank": 96, "kv_lora_rank": 64, "qk_nope_head_dim": 32, "qk_rope_head_dim": 16,
      "v_head_dim": 32, "n_routed_experts": 32, "n_shared_experts": 1, "num_experts_per_tok": 8,
      "moe_intermediate_size": 48, "scoring_func": "sigmoid", "topk_method": "noaux_tc", "n_group": 1, "topk_group": 1,
      "norm_topk_prob": true, "routed_scaling_factor": 2.5, "max_position_embeddings": 4096, "rope_theta": 10000,
      "rope_scaling": null, "rms_norm_eps": 1e-06, "torch_dtype": "bfloat16", "bos_token_id": 0, "eos_token_id": 1})"},
    {"llama-3.1-405b", R"({"model_type": "llama", "vocab_size": 128256, "hidden_size": 16384,
      "num_hidden_layers": 126, "intermediate_size": 53248, "num_attention_heads": 128, "num_key_value_heads": 8,
      "max_position_embeddings": 131072, "rope_theta": 500000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0,
        "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192},
      "rms_norm_eps": 1e-05, "torch_dtype": "bfloat16", "bos_token_id": 128000, "eos_token_id": 128001})"},
    {"llama-3.1-70b", R"({"model_type": "llama", "vocab_size": 128256, "hidden_size": 8192,
      "num_hidden_layers": 80, "intermediate_size": 28672, "num_attention_heads": 64, "num_key_value_heads": 8,
      "max_position_embeddings": 131072, "rope_theta": 500000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0,
        "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192},
      "rms_norm_eps": 1e-05, "torch_dtype": "bfloat16", "bos_token_id": 128000, "eos_token_id": 128001})"},
    {"llama-3.1-8b", R"({"model_type": "llama", "vocab_size": 128256, "hidden_size": 4096,
      "num_hidden_layers": 32, "intermediate_size": 14336, "num_attention_heads": 32, "num_key_value_heads": 8,
      "max_position_embeddings": 131072, "rope_theta": 500000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0,
        "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192},
      "rms_norm_eps": 1e-05, "torch_dtype": "bfloat16", "bos_token_id": 128000, "eos_token_id": 128001})"},
    {"qwen3-32b", R"({"model_type": "qwen3", "vocab_size": 151936, "hidden_size": 5120, "num_hidden_layers": 64,
      "intermediate_size": 25600, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128,
      "max_position_embeddings": 40960, "rope_theta": 1000000, "rope_scaling": null, "rms_norm_eps": 1e-06,
      "torch_dtype": "bfloat16", "bos_token_id": 151643, "eos_token_id": 151645})"},
};

}  // namespace

Config preset(const std::string& name) {
  for (const auto& [known, json] : presets)
    if (name == known) return parse_config(parse_json(json, known), known);
  throw Error(ErrorKind::usage, fmt::format("no model '{}'", printable(name)),
              nearest_name(name, preset_names()).empty()
                  ? fmt::format("give a folder, a config.json, mini or one of {}", fmt::join(preset_names(), ", "))
                  : unknown_name_hint(name, preset_names()));
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const auto& entry : presets) names.push_back(entry.name);
  return names;
}

}  // namespace octet::arch
