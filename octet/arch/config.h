// What a model is, on paper: sizes and one LayerSpec a layer. Only octet/arch/config/ reads a family's name or its
// Hugging Face keys; everything else reads these values and knows no model by name.
//
// Symbols follow the DeepSeek-V2/V3 reports; field names follow Hugging Face's config.json.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "octet/base/json.h"

namespace octet::arch {

// Multi-head latent attention (V2 report, section 2.1; V3 report, eq. 1-11).
struct Mla {
  int64_t heads = 0;
  int64_t q_lora_rank = 0;  // 0: queries are not compressed
  int64_t kv_lora_rank = 0;
  int64_t qk_nope_head_dim = 0, qk_rope_head_dim = 0, v_head_dim = 0;
  double latent_norm_eps = 1e-6;  // of q_a_layernorm and kv_a_layernorm
  int64_t qk_head_dim() const { return qk_nope_head_dim + qk_rope_head_dim; }
  bool operator==(const Mla&) const = default;
};

// Grouped-query attention (multi-head: kv_heads == heads). The planner prices it; octet does not run it.
struct Gqa {
  int64_t heads = 0, kv_heads = 0, head_dim = 0;
  bool qkv_bias = false, qk_norm = false;
  bool operator==(const Gqa&) const = default;
};

struct DenseFfn {  // down(silu(gate(x)) * up(x))
  int64_t intermediate = 0;
  bool operator==(const DenseFfn&) const = default;
};

enum class Score { sigmoid, softmax };
enum class GroupScore {
  none,      // no groups (also when n_group is 1)
  max,       // group_limited_greedy (V2): the largest score in the group
  top2_sum,  // noaux_tc (V3): the sum of the group's two largest biased scores
};

struct Routing {
  Score score = Score::sigmoid;
  GroupScore group_score = GroupScore::none;
  int64_t n_group = 1, topk_group = 1;
  bool correction_bias = false;  // e_score_correction_bias is added for the choice, never to the weights
  bool normalise = false;        // norm_topk_prob: divide the chosen scores by their sum
  double scale = 1.0;            // routed_scaling_factor
  bool operator==(const Routing&) const = default;
};

struct Experts {
  int64_t n_routed = 0, top_k = 0, intermediate = 0;  // of one routed expert
  int64_t n_shared = 0, shared_intermediate = 0;      // of all shared experts together: one wide FFN (0: none)
  Routing routing;
  bool operator==(const Experts&) const = default;
};

struct LayerSpec {
  std::variant<Mla, Gqa> attention;
  std::variant<DenseFfn, Experts> ffn;
  bool operator==(const LayerSpec&) const = default;
};

struct Yarn {  // Peng et al. 2023, as DeepSeek uses it; see tests/golden/README.md for the formulas
  double factor = 1, beta_fast = 32, beta_slow = 1, mscale = 1, mscale_all_dim = 0;
  int64_t original_max_position_embeddings = 4096;
  bool operator==(const Yarn&) const = default;
};

struct Llama3Rope {  // Llama 3.1: slow frequencies are divided by factor, quick ones kept, those between blended
  double factor = 1, low_freq_factor = 1, high_freq_factor = 4;
  int64_t original_max_position_embeddings = 8192;
  bool operator==(const Llama3Rope&) const = default;
};

struct Rope {
  double theta = 10000;
  std::optional<Yarn> yarn;
  std::optional<Llama3Rope> llama3;  // at most one of the two
  bool operator==(const Rope&) const = default;
};

enum class Fp8Scales { any, ue8m0 };  // ue8m0: powers of two, stored as F32 or F8_E8M0

struct Fp8 {  // quantization_config of the release: e4m3 weights with a scale a block
  int64_t block_rows = 128, block_cols = 128;
  Fp8Scales scales = Fp8Scales::any;
  bool operator==(const Fp8&) const = default;
};

enum class Dtype { f32, f16, bf16 };
const char* name(Dtype dtype);  // "float32", "float16", "bfloat16", as in config.json

struct Config {
  std::string family;  // model_type, for printing only
  // What the published names of the tensors begin with in a checkpoint that holds more than a text model
  // ("language_model."); what does not begin with it belongs to the other parts. octet writes the text model alone.
  std::string tensor_prefix;
  int64_t hidden = 0, vocab = 0, max_position_embeddings = 0;
  std::vector<LayerSpec> layers;      // num_hidden_layers of them
  std::vector<LayerSpec> mtp_layers;  // num_nextn_predict_layers; checkpoint index goes on after `layers`
  Rope rope;
  double rms_norm_eps = 1e-6;
  double initializer_range = 0.02;
  bool tie_word_embeddings = false;
  Dtype dtype = Dtype::bf16;  // of the weights as stored (FP8 apart)
  std::optional<Fp8> fp8;
  std::optional<int64_t> bos_token;
  std::vector<int64_t> eos_tokens;

  int64_t n_layers() const { return static_cast<int64_t>(layers.size()); }
};

// Reads a Hugging Face config.json (deepseek_v2, deepseek_v3, kimi_k2, the text part of kimi_k25, glm4_moe_lite; llama,
// qwen2, qwen3, qwen3_moe for the planner). A key that changes the computation and is not implemented is refused by
// name (Error{unsupported}), an unknown one too (Error{config}, with the nearest known) unless it begins with '_'.
// Absent keys take the family's published defaults. `where` names the source in errors. What comes back is small enough
// to be listed: at most 2^18 experts, 2^53 weights.
Config parse_config(const Json& json, const std::string& where);
Config read_config(const std::filesystem::path& folder);  // folder/config.json

// The config.json that transformers and octet read back into the same Config.
Json to_json(const Config& config);

// deepseek-v3, deepseek-v2, deepseek-v2-lite, moonlight-16b-a3b, kimi-k2, octet-mini, and for the planner the dense
// llama-3.1-405b, ... : see preset_names(). Error{usage} with the nearest name.
Config preset(const std::string& name);
std::vector<std::string> preset_names();

// A folder in Hugging Face layout, a config.json, "mini" (below `home`/models/octet-mini) or a preset's name; a folder
// that has a config.json goes before a preset of its name.
Config config_of(const std::string& model, const std::filesystem::path& home);

// The softmax scale of an MLA layer: qk_head_dim^-0.5, times YaRN's m^2 (tests/golden/README.md).
double softmax_scale(const Mla& mla, const Rope& rope);

// f_i, the angle a position adds to pair i of `dim`/2 (YaRN applied).
std::vector<double> rope_frequencies(const Rope& rope, int64_t dim);

}  // namespace octet::arch
