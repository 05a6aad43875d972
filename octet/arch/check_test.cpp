#include "octet/arch/check.h"

#include <gtest/gtest.h>

#include "octet/arch/inventory.h"
#include "octet/base/file.h"

namespace octet::arch {
namespace {

const Config fp8 = read_config(fs::path(OCTET_SOURCE_DIR) / "tests/golden/v3-fp8");

// What the release would hold.
std::vector<FoundTensor> complete(const Config& c) {
  std::vector<FoundTensor> out;
  for (const auto& t : tensors(c)) {
    out.push_back({t.name, t.shape, t.fp8 ? "F8_E4M3" : t.float32 ? "F32" : "BF16", "a.safetensors"});
    if (t.fp8)
      out.push_back(
          {t.name + "_scale_inv", {(t.shape[0] + 127) / 128, (t.shape[1] + 127) / 128}, "F32", "b.safetensors"});
  }
  return out;
}

std::string message_of(const Config& c, const std::vector<FoundTensor>& found) {
  try {
    check_tensors(c, found, "folder");
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

FoundTensor& named(std::vector<FoundTensor>& found, std::string_view name) {
  for (auto& t : found)
    if (t.name == name) return t;
  throw std::runtime_error("no such tensor");
}

TEST(CheckTensors, AcceptsTheRelease) {
  EXPECT_EQ(message_of(fp8, complete(fp8)), "no error");
  Config mtp = preset("octet-mini");
  auto found = complete(mtp);
  std::erase_if(found, [](const FoundTensor& t) {
    return t.name.ends_with(".embed_tokens.weight") && t.name.find("layers") != t.name.npos;
  });
  found.push_back({"model.layers.0.self_attn.rotary_emb.inv_freq", {8}, "F32", "a"});
  EXPECT_EQ(message_of(mtp, found), "no error");
}

TEST(CheckTensors, NamesWhatIsWrong) {
  const std::string scale = "model.layers.0.self_attn.kv_b_proj.weight_scale_inv";
  auto all = complete(fp8);
  auto without = all;
  std::erase_if(without, [](const FoundTensor& t) { return t.name == "model.norm.weight"; });
  EXPECT_EQ(message_of(fp8, without),
            "folder: tensor 'model.norm.weight' [256] is missing; the weights are incomplete or "
            "belong to another config.json");
  without = all;
  std::erase_if(without, [&](const FoundTensor& t) { return t.name == scale; });
  EXPECT_NE(message_of(fp8, without).find("tensor '" + scale + "' [1, 1] is missing, the scales"), std::string::npos);
  auto wrong = all;
  named(wrong, "lm_head.weight").shape = {256, 255};
  EXPECT_NE(message_of(fp8, wrong)
                .find("a.safetensors: tensor 'lm_head.weight': expected shape [256, 256], found [256, 255]"),
            std::string::npos);
  wrong = all;
  named(wrong, scale).shape = {2, 1};
  EXPECT_NE(message_of(fp8, wrong).find("expected shape [1, 1], found [2, 1]"), std::string::npos);
  wrong = all;
  named(wrong, "lm_head.weight").dtype = "F8_E4M3";
  EXPECT_NE(message_of(fp8, wrong).find("expected BF16 or F16 or F32, found F8_E4M3"), std::string::npos);
  wrong = all;
  named(wrong, scale).dtype = "BF16";
  EXPECT_NE(message_of(fp8, wrong).find("expected F32 or F8_E8M0, found BF16"), std::string::npos);
  auto more = all;
  more.push_back({"model.layers.0.self_attn.kv_b_proj.weight_scale", {1, 1}, "F32", "b.safetensors"});
  EXPECT_EQ(message_of(fp8, more).find(
                "b.safetensors: unexpected tensor 'model.layers.0.self_attn.kv_b_proj.weight_scale' F32 [1, 1]"),
            0u);
  more = all;
  more.push_back({"model.layers.4.enorm.weight", {256}, "BF16", "b.safetensors"});
  EXPECT_NE(message_of(fp8, more).find("for MTP layers set num_nextn_predict_layers"), std::string::npos);
  Config mtp = preset("octet-mini");
  auto no_mtp = complete(mtp);
  std::erase_if(no_mtp, [](const FoundTensor& t) { return t.name.starts_with("model.layers.6."); });
  EXPECT_NE(message_of(mtp, no_mtp).find("num_nextn_predict_layers 0 in config.json"), std::string::npos);
}

}  // namespace
}  // namespace octet::arch
