#include "octet/arch/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "octet/arch/inventory.h"
#include "octet/base/file.h"

namespace octet::arch {
namespace {

const fs::path golden = fs::path(OCTET_SOURCE_DIR) / "tests/golden";
const std::vector<std::string> golden_models = {"v3-tiny",        "v3-tiny-bf16", "v3-yarn", "v2lite-tiny",
                                                "moonlight-tiny", "v3-fp8",       "v3-mtp"};

Json golden_json(const char* name = "v3-tiny") { return read_json(golden / name / "config.json"); }

const Mla& mla_of(const Config& c) { return std::get<Mla>(c.layers.front().attention); }
const Experts& experts_of(const Config& c) { return std::get<Experts>(c.layers.back().ffn); }

void expect_equal(const Config& a, const Config& b) {
  EXPECT_EQ(a.family, b.family);
  EXPECT_EQ(a.hidden, b.hidden);
  EXPECT_EQ(a.vocab, b.vocab);
  EXPECT_EQ(a.max_position_embeddings, b.max_position_embeddings);
  EXPECT_TRUE(a.layers == b.layers);
  EXPECT_TRUE(a.mtp_layers == b.mtp_layers);
  EXPECT_TRUE(a.rope == b.rope);
  EXPECT_EQ(a.rms_norm_eps, b.rms_norm_eps);
  EXPECT_EQ(a.initializer_range, b.initializer_range);
  EXPECT_EQ(a.tie_word_embeddings, b.tie_word_embeddings);
  EXPECT_EQ(a.dtype, b.dtype);
  EXPECT_TRUE(a.fp8 == b.fp8);
  EXPECT_EQ(a.bos_token, b.bos_token);
  EXPECT_EQ(a.eos_tokens, b.eos_tokens);
}

std::string message_of(const Json& json) {
  try {
    parse_config(json, "c");
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(Config, ReadsTheGoldenFolders) {
  for (const auto& name : golden_models) {
    Config c = read_config(golden / name);
    EXPECT_EQ(c.n_layers(), 4) << name;
    EXPECT_EQ(c.vocab, 256);
    EXPECT_TRUE(std::holds_alternative<DenseFfn>(c.layers[0].ffn));
    EXPECT_EQ(experts_of(c).n_routed, 16);
  }
  Config v3 = read_config(golden / "v3-tiny");
  EXPECT_EQ(mla_of(v3), (Mla{4, 48, 32, 16, 8, 16, 1e-6}));
  EXPECT_EQ(experts_of(v3).routing, (Routing{Score::sigmoid, GroupScore::top2_sum, 4, 2, true, true, 2.5}));
  EXPECT_EQ(v3.dtype, Dtype::f32);
  Config lite = read_config(golden / "v2lite-tiny");
  EXPECT_EQ(mla_of(lite).q_lora_rank, 0);
  EXPECT_EQ(experts_of(lite).routing, (Routing{Score::softmax, GroupScore::none, 1, 1, false, false, 1.0}));
  EXPECT_EQ(experts_of(lite).shared_intermediate, 48);
  Config moonlight = read_config(golden / "moonlight-tiny");
  EXPECT_EQ(experts_of(moonlight).routing, (Routing{Score::sigmoid, GroupScore::none, 1, 1, true, true, 2.446}));
  EXPECT_EQ(moonlight.rope.theta, 50000);
  EXPECT_EQ(mla_of(moonlight).latent_norm_eps, 1e-5);
  EXPECT_EQ(read_config(golden / "v3-fp8").fp8, Fp8{});
  EXPECT_EQ(read_config(golden / "v3-mtp").mtp_layers.size(), 1u);
}

// tests/golden/README.md: "Scales", "YaRN".
TEST(Config, GivesTheGoldenScalesAndFrequencies) {
  const std::pair<const char*, double> scales[] = {{"v3-tiny", 0.20412415}, {"v3-fp8", 0.20412415},
                                                   {"v3-mtp", 0.20412415},  {"moonlight-tiny", 0.20412415},
                                                   {"v3-yarn", 0.38249889}, {"v2lite-tiny", 0.32448108}};
  for (auto [name, scale] : scales) {
    Config c = read_config(golden / name);
    EXPECT_NEAR(softmax_scale(mla_of(c), c.rope), scale, 5e-9) << name;
  }
  auto plain = rope_frequencies(read_config(golden / "v3-tiny").rope, 8);
  auto yarn = rope_frequencies(read_config(golden / "v3-yarn").rope, 8);
  ASSERT_EQ(plain.size(), 4u);
  const double ramp[] = {0, 0.5, 1, 1};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_DOUBLE_EQ(plain[i], std::pow(10000.0, -static_cast<double>(i) / 4));
    EXPECT_DOUBLE_EQ(yarn[i], plain[i] / 40 * ramp[i] + plain[i] * (1 - ramp[i]));
  }
}

TEST(Config, ComesBackFromItsOwnJson) {
  std::vector<Config> configs;
  for (const auto& name : golden_models) configs.push_back(read_config(golden / name));
  for (const auto& name : preset_names()) configs.push_back(preset(name));
  Json tied = golden_json();
  tied["tie_word_embeddings"] = true;
  tied["eos_token_id"] = {1, 2};
  tied["bos_token_id"] = nullptr;
  tied["first_k_dense_replace"] = 0;
  configs.push_back(parse_config(tied, "tied"));
  tied["n_routed_experts"] = nullptr;
  tied["num_nextn_predict_layers"] = 2;
  configs.push_back(parse_config(tied, "dense"));
  for (const auto& c : configs) expect_equal(parse_config(to_json(c), c.family), c);
}

// As transformers 5.24 saves DeepseekV3Config(...): rope_parameters, dtype, derived sizes, no topk_method.
TEST(Config, ReadsWhatTransformersWrites) {
  Json saved = parse_json(R"({"architectures": ["DeepseekV3ForCausalLM"], "attention_bias": false,
    "attention_dropout": 0.0, "bos_token_id": 0, "dtype": "bfloat16", "eos_token_id": 1, "first_k_dense_replace": 3,
    "head_dim": 64, "hidden_act": "silu", "hidden_size": 7168, "initializer_range": 0.02, "intermediate_size": 18432,
    "kv_lora_rank": 512, "max_position_embeddings": 163840, "model_type": "deepseek_v3", "moe_intermediate_size": 2048,
    "n_group": 8, "n_routed_experts": 256, "n_shared_experts": 1, "norm_topk_prob": true, "num_attention_heads": 128,
    "num_experts_per_tok": 8, "num_hidden_layers": 61, "num_key_value_heads": 128, "num_nextn_predict_layers": 1,
    "output_router_logits": false, "pad_token_id": null, "pretraining_tp": 1, "q_lora_rank": 1536, "qk_head_dim": 192,
    "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-06, "rope_interleave": true,
    "rope_parameters": {"beta_fast": 32, "beta_slow": 1, "factor": 40.0, "mscale": 1.0, "mscale_all_dim": 1.0,
    "original_max_position_embeddings": 4096, "rope_theta": 10000.0, "rope_type": "yarn"}, "routed_scaling_factor": 2.5,
    "tie_word_embeddings": false, "topk_group": 4, "transformers_version": "5.24.0", "use_cache": true,
    "v_head_dim": 128, "vocab_size": 129280})",
                          "saved");
  Config expected = preset("deepseek-v3");
  expected.fp8.reset();
  expect_equal(parse_config(saved, "saved"), expected);
}

TEST(Config, RefusesByNameWhatItDoesNotImplement) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"attention_bias": true})", "attention_bias: octet implements only false, found true"},
      {R"({"hidden_act": "gelu"})", "hidden_act: octet implements only \"silu\", found \"gelu\""},
      {R"({"attention_dropout": 0.1})", "attention_dropout: octet implements only 0.0"},
      {R"({"moe_layer_freq": 2})", "moe_layer_freq: octet implements only 1, found 2"},
      {R"({"rope_interleave": false})", "rope_interleave: octet implements only true, found false"},
      {R"({"head_dim": 24})", "head_dim: octet implements only 8, found 24"},
      {R"({"qk_head_dim": 25})", "qk_head_dim: octet implements only 24, found 25"},
      {R"({"num_key_value_heads": 2})", "num_key_value_heads: octet implements only 4, found 2"},
      {R"({"partial_rotary_factor": 0.5})", "partial_rotary_factor: octet implements only 1.0, found 0.5"},
      {R"({"scoring_func": "tanh"})", "scoring_func: expected one of sigmoid, softmax, found \"tanh\""},
      {R"({"topk_method": "aux"})", "topk_method: expected one of greedy"},
      {R"({"model_type": "deepseek_v33"})", "does not know the model_type 'deepseek_v33'; did you mean 'deepseek_v3'?"},
      {R"({"quantization_config": {"quant_method": "gptq"}})", "quant_method: octet reads fp8 only, found 'gptq'"},
      {R"({"quantization_config": {"quant_method": "fp8", "fmt": "e5m2", "weight_block_size": [8, 8]}})",
       "fmt: octet implements only \"e4m3\""},
      {R"({"quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 0]}})",
       "two block lengths from 1"},
      {R"({"quantization_config": {"quant_method": "fp8"}})",
       "weight_block_size: expected two block lengths, but it is missing"},
      {R"({"quantization_config": {"quant_method": "fp8", "weight_block_size": [8, 8],
          "modules_to_not_convert": ["model.layers.0.mlp.up_proj"]}})",
       "cannot leave 'model.layers.0.mlp.up_proj' unquantised"},
      {R"({"rope_scaling": {"type": "dynamic", "factor": 2}})", "octet does not implement the rope type 'dynamic'"},
      {R"({"rope_scaling": {"type": "yarn", "factor": 4, "original_max_position_embeddings": 64}})",
       "YaRN only with mscale = mscale_all_dim, found 1 and 0"},
      {R"({"rope_scaling": {"type": "yarn", "rope_type": "default"}})", "the same as rope_type"},
      {R"({"rope_scaling": {"type": "yarn", "factor": 4, "original_max_position_embeddings": 64, "mscale": 1, "mscale_all_dim": 1,
          "attention_factor": 1.5}})",
       "attention_factor: octet implements only null"},
      {R"({"rope_scaling": {"type": "default", "fctor": 4}})", "unknown key 'fctor'; did you mean 'factor'?"},
      {R"({"rope_parameters": {"rope_type": "default", "rope_theta": 5.0}})",
       "rope_theta: expected 10000 as outside, found 5.0"},
      {R"({"rope_theta": 1})", "rope_theta: expected a number from 1.001"},
      {R"({"kv_lora_rnk": 3})", "c: unknown key 'kv_lora_rnk'; did you mean 'kv_lora_rank'?"},
      {R"({"sliding_windows_of_glass": 3})", "c: unknown key 'sliding_windows_of_glass'; octet does not ignore"},
      {R"({"torch_dtype": "int8"})", "torch_dtype: expected one of float32, float16, bfloat16, found \"int8\""},
      {R"({"dtype": "bfloat16"})", "dtype: expected the same as torch_dtype (float32)"},
      {R"({"n_group": 3})", "n_group: expected groups of equal size, at least 2, out of 16 experts, found 3"},
      {R"({"n_group": 16})", "n_group: expected groups of equal size, at least 2"},
      {R"({"topk_group": 5})", "topk_group: expected at most n_group (4), found 5"},
      {R"({"topk_group": 1, "num_experts_per_tok": 5})",
       "num_experts_per_tok: expected at most the 4 experts of 1 groups"},
      {R"({"num_experts_per_tok": 17})", "num_experts_per_tok: expected an integer from 1 to 16, found 17"},
      {R"({"qk_rope_head_dim": 7})", "qk_rope_head_dim: expected an even number, found 7"},
      {R"({"hidden_size": 1e300})", "hidden_size: expected an integer from 1"},
      {R"({"hidden_size": -4})", "hidden_size: expected an integer from 1"},
      {R"({"num_hidden_layers": "4"})", "num_hidden_layers: expected an integer"},
      {R"({"num_hidden_layers": 4096, "n_routed_experts": 65536, "moe_intermediate_size": 1048576})",
       "more than any model has"},
      {R"({"eos_token_id": [1, -1]})", "eos_token_id: expected a token id below 256"},
      {R"({"bos_token_id": 256})", "bos_token_id: expected a token id below 256"},
      {R"({"rms_norm_eps": "small"})", "rms_norm_eps: expected a number"}};
  for (auto [patch, expected] : cases) {
    Json json = golden_json();
    json.update(parse_json(patch, "patch"));
    std::string message = message_of(json);
    EXPECT_NE(message.find(expected), message.npos) << patch << "\n" << message;
  }
}

TEST(Config, MissesWhatItNeeds) {
  for (const char* key :
       {"model_type", "hidden_size", "vocab_size", "num_hidden_layers", "num_attention_heads", "q_lora_rank",
        "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim", "n_routed_experts", "num_experts_per_tok",
        "moe_intermediate_size", "intermediate_size", "first_k_dense_replace", "n_group", "max_position_embeddings"}) {
    Json json = golden_json();
    json.erase(key);
    EXPECT_NE(message_of(json).find(fmt::format("c: {}: expected ", key)), std::string::npos) << message_of(json);
  }
  for (const char* text : {"[]", "7", "null", "{}", R"({"model_type": 7})"})
    EXPECT_NE(message_of(parse_json(text, "t")), "no error") << text;
}

TEST(Config, AcceptsWhatChangesNothing) {
  Json json = golden_json();
  json.update(parse_json(R"({"aux_loss_alpha": 0.5, "seq_aux": false, "ep_size": 8, "pretraining_tp": 2,
    "_name_or_path": "x", "_a_remark": {"any": 1}, "transformers_version": "9", "auto_map": {"AutoConfig": "x"},
    "pad_token_id": 2, "head_dim": 8, "num_key_value_heads": null, "quantization_config": null, "dtype": "float32",
    "rope_parameters": {"rope_type": "default", "rope_theta": 10000}})",
                         "patch"));
  expect_equal(parse_config(json, "c"), parse_config(golden_json(), "c"));
}

TEST(Config, ReadsScaleFormats) {
  Json json = golden_json("v3-fp8");
  json["quantization_config"]["scale_fmt"] = "ue8m0";
  json["quantization_config"]["modules_to_not_convert"] = {"lm_head", "model.layers.3.mlp.gate"};
  Config c = parse_config(json, "c");
  EXPECT_EQ(c.fp8->scales, Fp8Scales::ue8m0);
  expect_equal(parse_config(to_json(c), "c"), c);
}

TEST(Config, ReadsTheTextPartOfKimiK25) {
  Json text = golden_json();
  text["model_type"] = "kimi_k2";
  text.erase("eos_token_id");
  // What transformers writes of a nested configuration.
  text["bad_words_ids"] = nullptr;
  text["is_decoder"] = false;
  Json json = {{"model_type", "kimi_k25"},
               {"architectures", {"KimiK25ForConditionalGeneration"}},
               {"eos_token_id", 5},
               {"pad_token_id", 9},
               {"media_placeholder_token_id", 7},
               {"vision_config", {{"patch_size", 14}}},
               {"text_config", text}};
  Config c = parse_config(json, "k");
  EXPECT_EQ(c.family, "kimi_k2");
  EXPECT_EQ(c.tensor_prefix, "language_model.");
  EXPECT_EQ(c.eos_tokens, std::vector<int64_t>{5});
  EXPECT_EQ(tensors(c)[0].name, "language_model.model.embed_tokens.weight");
  text["eos_token_id"] = 5;
  expect_equal(c, parse_config(text, "t"));
  expect_equal(parse_config(to_json(c), "again"), c);  // written as the text model alone
  json["quantization_config"] = {{"quant_method", "compressed-tensors"}, {"format", "pack-quantized"}};
  EXPECT_NE(message_of(json).find("text_config: quantization_config"), std::string::npos) << message_of(json);
  json.erase("quantization_config");
  json["text_config"]["model_type"] = "kimi_k25";
  EXPECT_NE(message_of(json).find("model_type"), std::string::npos);
  json.erase("text_config");
  EXPECT_NE(message_of(json).find("text_config: expected an object"), std::string::npos);
}

TEST(Config, ReadsGlmFlash) {
  Json json = parse_json(R"({"model_type": "glm4_moe_lite", "attention_bias": false, "dtype": "bfloat16",
    "eos_token_id": [154820, 154827, 154829], "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 10240,
    "kv_lora_rank": 512, "max_position_embeddings": 202752, "moe_intermediate_size": 1536, "n_group": 1,
    "n_routed_experts": 64, "n_shared_experts": 1, "norm_topk_prob": true, "num_attention_heads": 20,
    "num_experts_per_tok": 4, "num_hidden_layers": 47, "num_key_value_heads": 20, "num_nextn_predict_layers": 1,
    "partial_rotary_factor": 1.0, "q_lora_rank": 768, "qk_nope_head_dim": 192, "qk_rope_head_dim": 64,
    "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 1000000, "routed_scaling_factor": 1.8,
    "topk_group": 1, "topk_method": "noaux_tc", "v_head_dim": 256, "vocab_size": 154880})",
                         "glm");
  Config c = parse_config(json, "glm");
  EXPECT_TRUE(std::holds_alternative<DenseFfn>(c.layers[0].ffn));
  EXPECT_TRUE(std::holds_alternative<Experts>(c.layers[1].ffn));
  EXPECT_NEAR(static_cast<double>(summarise(c, 1).parameters), 30e9, 0.5e9);
  expect_equal(parse_config(to_json(c), "again"), c);
  json["num_hidden_layers"] = 3;
  json["mlp_layer_types"] = {"dense", "dense", "sparse"};
  EXPECT_TRUE(std::holds_alternative<DenseFfn>(parse_config(json, "glm").layers[1].ffn));
  json["mlp_layer_types"] = {"sparse", "dense", "sparse"};
  EXPECT_NE(message_of(json).find("mlp_layer_types: expected dense layers followed by sparse ones"), std::string::npos);
  json["mlp_layer_types"] = {"dense"};
  EXPECT_NE(message_of(json).find("mlp_layer_types: expected one type for each of 3 layers"), std::string::npos);
}

TEST(Config, ReadsDenseFamiliesForThePlanner) {
  Json qwen = parse_json(R"({"model_type": "qwen3_moe", "attention_bias": false, "hidden_size": 2048,
    "intermediate_size": 6144, "max_position_embeddings": 40960, "mlp_only_layers": [1], "moe_intermediate_size": 768,
    "norm_topk_prob": true, "num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8, "head_dim": 128,
    "num_hidden_layers": 3, "num_key_value_heads": 4, "rope_theta": 1000000.0, "vocab_size": 151936,
    "sliding_window": 4096, "use_sliding_window": false, "max_window_layers": 48, "decoder_sparse_step": 1})",
                         "q");
  Config c = parse_config(qwen, "q");
  EXPECT_TRUE(std::holds_alternative<DenseFfn>(c.layers[1].ffn));
  EXPECT_EQ(experts_of(c).routing, (Routing{Score::softmax, GroupScore::none, 1, 1, false, true, 1.0}));
  EXPECT_EQ(std::get<Gqa>(c.layers[0].attention), (Gqa{32, 4, 128, false, true}));
  expect_equal(parse_config(to_json(c), "q"), c);
  qwen["use_sliding_window"] = true;
  EXPECT_NE(message_of(qwen).find("use_sliding_window: octet implements only false"), std::string::npos);
  Json qwen2 = parse_json(R"({"model_type": "qwen2", "hidden_size": 64, "intermediate_size": 128, "vocab_size": 10,
    "max_position_embeddings": 32, "num_attention_heads": 4, "num_hidden_layers": 2, "num_key_value_heads": 2,
    "layer_types": ["full_attention", "full_attention"], "sliding_window": null, "use_sliding_window": false})",
                          "q");
  c = parse_config(qwen2, "q");
  EXPECT_EQ(std::get<Gqa>(c.layers[0].attention), (Gqa{4, 2, 16, true, false}));
  expect_equal(parse_config(to_json(c), "q"), c);
  qwen2["num_key_value_heads"] = 3;
  EXPECT_NE(message_of(qwen2).find("num_key_value_heads: expected a divisor of 4 heads"), std::string::npos);
}

TEST(Config, IsFoundByPathAndByName) {
  fs::path home = fs::temp_directory_path() / fmt::format("octet-arch-{}", ::getpid());
  fs::create_directories(home / "models/octet-mini");
  fs::copy_file(golden / "v3-tiny/config.json", home / "models/octet-mini/config.json");
  EXPECT_EQ(config_of("mini", home).hidden, 64);
  EXPECT_EQ(config_of((golden / "v3-fp8").string(), home).hidden, 256);
  EXPECT_EQ(config_of((golden / "v3-fp8/config.json").string(), home).hidden, 256);
  EXPECT_EQ(config_of("deepseek-v3", home).hidden, 7168);
  auto message = [&](const char* model) {
    try {
      config_of(model, home);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(message("deepsek-v3"), "no model 'deepsek-v3'; did you mean 'deepseek-v3'?");
  EXPECT_NE(message("/nowhere/x").find("/nowhere/x: no such file or folder"), std::string::npos);
  EXPECT_NE(message(home.c_str()).find("config.json: no such file"), std::string::npos);
  fs::remove_all(home);
}

}  // namespace
}  // namespace octet::arch
