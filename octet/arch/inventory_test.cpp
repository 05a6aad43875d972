#include "octet/arch/inventory.h"

#include <gtest/gtest.h>

#include <set>

#include "octet/base/units.h"

namespace octet::arch {
namespace {

// V3 report and README_WEIGHTS, ISCA 2025 paper: 671B parameters, 37B a token, 11.5B in the MTP module, 70,272 bytes of
// cache, 250 GFLOP a token in training.
TEST(Summary, GivesV3sPublishedFigures) {
  Summary s = summarise(preset("deepseek-v3"), 4096);
  EXPECT_EQ(s.parameters, 671'026'419'200);
  EXPECT_EQ(s.cache_bytes_per_token, 70'272);
  EXPECT_NEAR(static_cast<double>(s.active_parameters), 37e9, 0.5e9);
  EXPECT_NEAR(static_cast<double>(s.mtp_parameters), 11.5e9, 0.15e9);
  EXPECT_NEAR(s.training_flops_per_token, 250.4e9, 0.05e9);
  EXPECT_NEAR(s.training_flops_per_token_mtp, 260.6e9, 0.05e9);
}

TEST(Summary, GivesOthersPublishedFigures) {
  struct Case {
    const char* name;
    double parameters, active;  // billions, as published
  };
  // Moonlight's published 2.24B active leave out embedding and head (671M together).
  const Case cases[] = {{"deepseek-v2", 235.7, 21},
                        {"deepseek-v2-lite", 15.7, 2.4},
                        {"kimi-k2", 1026, 32},
                        {"moonlight-16b-a3b", 15.96, 2.24 + 0.336},
                        {"llama-3.1-405b", 405.9, 403.8},
                        {"llama-3.1-70b", 70.55, 69.5},
                        {"llama-3.1-8b", 8.03, 7.5},
                        {"qwen3-32b", 32.76, 31.98}};
  for (const auto& c : cases) {
    Summary s = summarise(preset(c.name), 4096);
    EXPECT_NEAR(static_cast<double>(s.parameters) / 1e9, c.parameters, c.parameters * 2e-3) << c.name;
    EXPECT_NEAR(static_cast<double>(s.active_parameters) / 1e9, c.active, c.active * 2.5e-2) << c.name;
  }
}

TEST(Summary, OfOctetMini) {
  Summary s = summarise(preset("octet-mini"), 1024);
  EXPECT_LT(2 * (s.parameters + s.mtp_parameters + 2 * 2048 * 192), 24'000'000);  // bytes in bf16, copies included
  EXPECT_LT(s.active_parameters, 4'000'000);
  EXPECT_EQ(s.cache_bytes_per_token, 2 * 6 * (64 + 16));
}

TEST(Inventory, IsInForwardOrderWithUniqueNames) {
  for (const auto& name : preset_names()) {
    auto all = tensors(preset(name));
    std::set<std::string> names;
    for (const auto& t : all) EXPECT_TRUE(names.insert(t.name).second) << t.name;
    EXPECT_EQ(all.front().name, "model.embed_tokens.weight");
  }
  auto mtp = tensors(preset("deepseek-v3"));
  EXPECT_EQ(mtp.back().name, "model.layers.61.shared_head.head.weight");
  EXPECT_TRUE(mtp.back().copy && mtp.back().mtp);
}

TEST(Inventory, MarksWhatTheReleaseQuantises) {
  std::map<std::string, TensorSpec> by_name;
  for (const auto& t : tensors(preset("deepseek-v3"))) by_name.emplace(t.name, t);
  for (const char* name :
       {"model.layers.0.mlp.gate_proj.weight", "model.layers.3.self_attn.kv_b_proj.weight",
        "model.layers.3.mlp.experts.255.down_proj.weight", "model.layers.61.self_attn.o_proj.weight"})
    EXPECT_TRUE(by_name.at(name).fp8) << name;
  for (const char* name : {"lm_head.weight", "model.embed_tokens.weight", "model.layers.3.mlp.gate.weight",
                           "model.layers.61.eh_proj.weight", "model.norm.weight"})
    EXPECT_FALSE(by_name.at(name).fp8) << name;
  EXPECT_TRUE(by_name.at("model.layers.3.mlp.gate.e_score_correction_bias").float32);
  EXPECT_EQ(by_name.at("model.layers.3.mlp.experts.255.down_proj.weight").expert, 255);
}

TEST(Inventory, TiedEmbeddingsHaveNoHead) {
  Config c = preset("octet-mini");
  int64_t untied = summarise(c, 1).parameters;
  c.tie_word_embeddings = true;
  EXPECT_EQ(untied - summarise(c, 1).parameters, c.vocab * c.hidden);
  for (const auto& t : tensors(c)) EXPECT_NE(t.name, "lm_head.weight");
}

// Each matrix stands behind exactly one product: prices and weights cannot drift apart.
TEST(Inventory, ProductsReadEveryMatrixOnce) {
  for (const auto& name : preset_names()) {
    Config c = preset(name);
    double matrices = 0, read = 0;
    for (const auto& t : tensors(c))
      if (t.shape.size() == 2 && t.part != Part::embedding) matrices += static_cast<double>(t.elements());
    for (const auto& p : products(c)) read += p.weight_elements;
    EXPECT_EQ(matrices, read) << name;
  }
}

}  // namespace
}  // namespace octet::arch
