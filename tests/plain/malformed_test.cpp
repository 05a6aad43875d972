// Golden checkpoints and configurations, spoilt in hundreds of ways: an Error each time it must be one, never a crash.
// Under the sanitizers this also shows that nothing is read outside the file.
#include <gtest/gtest.h>
#include <unistd.h>

#include "octet/arch/check.h"
#include "octet/arch/inventory.h"
#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/base/random.h"
#include "octet/io/index.h"
#include "octet/io/safetensors.h"

namespace octet {
namespace {

const fs::path golden = fs::path(OCTET_SOURCE_DIR) / "tests/golden";

// A safetensors file taken apart, so that its header can be changed and the whole put together again.
struct Parts {
  Json header;
  std::string data;
};

std::string little_endian(uint64_t n) {
  std::string out;
  for (int i = 0; i < 8; ++i) out += static_cast<char>(n >> 8 * i & 0xFF);
  return out;
}

Parts take_apart(const std::string& file) {
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(file[static_cast<size_t>(i)]);
  return {parse_json(file.substr(8, length), "header"), file.substr(8 + length)};
}

std::string put_together(std::string header, const std::string& data) {
  header.append((8 - header.size() % 8) % 8, ' ');
  return little_endian(header.size()) + header + data;
}

// Whether `file` is refused; what is not refused is read to its last byte.
bool refused(const std::string& file) {
  try {
    io::SafetensorsFile parsed({reinterpret_cast<const std::byte*>(file.data()), file.size()}, "spoilt");
    uint64_t sum = 0;
    for (const auto& [name, view] : parsed.tensors())
      for (std::byte b : view.bytes) sum += std::to_integer<uint64_t>(b);
    return sum == UINT64_MAX;
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("spoilt"), std::string::npos) << e.what();
    return true;
  }
}

struct Malformed : ::testing::Test {
  std::string file = read_file(golden / "v3-tiny/expected.safetensors");
  Parts parts = take_apart(file);
  int mutations = 0;
  void SetUp() override { ASSERT_FALSE(refused(put_together(dump(parts.header), parts.data))); }
  void must_refuse(const std::string& spoilt, const std::string& what) {
    ++mutations;
    EXPECT_TRUE(refused(spoilt)) << what;
  }
};

TEST_F(Malformed, TruncatedAndLengthened) {
  for (size_t i = 0; i < 64; ++i)
    must_refuse(file.substr(0, file.size() * i / 64), fmt::format("{}/64 of the file", i));
  for (size_t cut : {1, 2, 3, 4, 7, 8, 100}) must_refuse(file.substr(0, file.size() - cut), fmt::format("-{}", cut));
  for (size_t more : {1, 8, 4096}) must_refuse(file + std::string(more, '\0'), fmt::format("+{}", more));
}

TEST_F(Malformed, HeaderLengthsThatLie) {
  uint64_t right = file.size() - 8 - parts.data.size();
  for (uint64_t wrong : {uint64_t{0}, uint64_t{1}, right - 8, right - 1, right + 1, right + 8, uint64_t{file.size()},
                         uint64_t{100'000'001}, uint64_t{1} << 32, uint64_t{1} << 63, UINT64_MAX - 7, UINT64_MAX})
    must_refuse(little_endian(wrong) + file.substr(8), fmt::format("header of {} bytes", wrong));
}

TEST_F(Malformed, HeadersThatLieAboutATensor) {
  const char* replacements[][2] = {{"data_offsets", "[0, 1]"},
                                   {"data_offsets", "[1, 0]"},
                                   {"data_offsets", "[-1, 8]"},
                                   {"data_offsets", "[0]"},
                                   {"data_offsets", "[]"},
                                   {"data_offsets", "[0, 1e3]"},
                                   {"data_offsets", "[0, 18446744073709551615]"},
                                   {"data_offsets", "[18446744073709551615, 18446744073709551616]"},
                                   {"data_offsets", "\"0,8\""},
                                   {"data_offsets", "null"},
                                   {"data_offsets", "[[0, 8]]"},
                                   {"data_offsets", "{\"0\": 8}"},
                                   {"shape", "[9223372036854775807]"},
                                   {"shape", "[4294967296, 4294967296]"},
                                   {"shape", "[-1]"},
                                   {"shape", "null"},
                                   {"shape", "[1.5]"},
                                   {"shape", "\"[4]\""},
                                   {"shape", "[0]"},
                                   {"shape", "[true]"},
                                   {"shape", "12"},
                                   {"shape", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"},
                                   {"dtype", "\"F33\""},
                                   {"dtype", "\"\""},
                                   {"dtype", "7"},
                                   {"dtype", "null"},
                                   {"dtype", "[\"F32\"]"}};
  size_t i = 0;
  for (const auto& [name, value] : parts.header.items()) {
    if (name == "__metadata__" || i++ % 8 != 0) continue;
    for (auto [key, text] : replacements) {
      Json header = parts.header;
      header[name][key] = parse_json(text, "replacement");
      must_refuse(put_together(dump(header), parts.data), fmt::format("{}: {} = {}", name, key, text));
    }
    for (const char* key : {"dtype", "shape", "data_offsets"}) {
      Json header = parts.header;
      header[name].erase(key);
      must_refuse(put_together(dump(header), parts.data), fmt::format("{} without {}", name, key));
    }
    Json header = parts.header;
    header.erase(name);
    must_refuse(put_together(dump(header), parts.data), "a hole where " + name + " was");
    header = parts.header;
    header["another"] = Json(value);
    must_refuse(put_together(dump(header), parts.data), "two names for " + name);
    header = parts.header;
    header[name]["stride"] = 1;
    must_refuse(put_together(dump(header), parts.data), "an unknown key in " + name);
    std::string twice = dump(parts.header);
    twice.insert(twice.size() - 1, fmt::format(",{}:{}", dump(Json(name)), dump(value)));
    must_refuse(put_together(twice, parts.data), name + " twice");
  }
  EXPECT_GE(mutations, 100);
}

TEST_F(Malformed, HeadersThatAreNone) {
  for (const char* header : {"", "null", "7", "[]", "\"x\"", "{", "}", "{}x", "{\"a\"}", "{\"a\":1}", "{\"a\":[]}",
                             "{\"\xff\":{}}", "{\"__metadata__\":[]}", "{\"__metadata__\":{\"a\":{}}}",
                             "{\"a\":{\"dtype\":", "{'a':1}", "{\"a\":{\"b\":{\"c\":1}}}"})
    must_refuse(put_together(header, parts.data), header);
  must_refuse(put_together(std::string(200'000, '['), ""), "a deep header");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
  must_refuse(put_together(deep, ""), "a deep object");
}

// One to four bytes of header or length changed at random: refused or, where it still makes sense, readable.
TEST_F(Malformed, FlippedBytesNeverCrash) {
  size_t head = file.size() - parts.data.size();
  int caught = 0;
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    Random random(seed);
    std::string spoilt = file.substr(0, head + 64);
    spoilt += parts.data.substr(64);
    for (uint64_t flips = 1 + random.below(4); flips > 0; --flips)
      spoilt[random.below(head)] ^= static_cast<char>(1 + random.below(255));
    caught += refused(spoilt);
  }
  EXPECT_GT(caught, 1000);
}

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(MalformedIndex, IsRefusedWhereverItEnds) {
  std::string text = read_file(golden / "v3-fp8/model.safetensors.index.json");
  size_t last = text.find_last_of('}');
  ASSERT_EQ(error_of([&] { io::parse_index(text, "index"); }), "");
  for (size_t i = 0; i <= 100; ++i)
    EXPECT_NE(error_of([&] { io::parse_index(text.substr(0, last * i / 100), "index"); }), "") << i;
}

TEST(MalformedConfig, EveryKeyWithEveryKindOfValue) {
  const Json values = parse_json(R"([null, true, -1, 0, 1, 1.5, 1e308, 9223372036854775807, 18446744073709551615,
    -9223372036854775808, "", "x", [], [[]], {}, {"a": {}}, [1, "x"]])",
                                 "values");
  // What describes a size must be a sensible integer.
  const std::set<std::string> sizes = {
      "hidden_size",           "vocab_size",          "num_hidden_layers",      "num_attention_heads",
      "kv_lora_rank",          "qk_nope_head_dim",    "qk_rope_head_dim",       "v_head_dim",
      "moe_intermediate_size", "num_experts_per_tok", "max_position_embeddings"};
  int mutations = 0;
  for (const char* model : {"v3-yarn", "v2lite-tiny", "v3-fp8"}) {
    Json good = read_json(golden / model / "config.json");
    for (const auto& [key, old] : good.items())
      for (const Json& value : values) {
        Json spoilt = good;
        spoilt[key] = value;
        std::string error = error_of([&, &k = key] {
          auto config = arch::parse_config(spoilt, "spoilt");
          if (arch::to_json(config) != arch::to_json(arch::parse_config(arch::to_json(config), "again")))
            ADD_FAILURE() << k;
        });
        ++mutations;
        if (sizes.contains(key) && !(value.is_number_integer() && value == 1)) {
          EXPECT_NE(error.find("spoilt"), std::string::npos) << key << " = " << dump(value);
        }
      }
  }
  EXPECT_GE(mutations, 1000);
}

TEST(MalformedConfig, TruncatedAndFlipped) {
  std::string text = read_file(golden / "v3-yarn/config.json");
  text.resize(text.find_last_of('}') + 1);
  auto parse = [](const std::string& t) { arch::parse_config(parse_json(t, "spoilt"), "spoilt"); };
  ASSERT_EQ(error_of([&] { parse(text); }), "");
  for (size_t n = 0; n < text.size(); n += 3) EXPECT_NE(error_of([&] { parse(text.substr(0, n)); }), "") << n;
  int caught = 0;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    std::string spoilt = text;
    for (uint64_t flips = 1 + random.below(3); flips > 0; --flips)
      spoilt[random.below(spoilt.size())] ^= static_cast<char>(1 + random.below(127));
    caught += !error_of([&] { parse(spoilt); }).empty();
  }
  EXPECT_GT(caught, 1500);
}

std::vector<arch::FoundTensor> found_in(const fs::path& folder) {
  io::Checkpoint checkpoint(folder);
  std::vector<arch::FoundTensor> found;
  for (const auto& name : checkpoint.names())
    found.push_back({name, checkpoint.at(name).shape, io::name(checkpoint.at(name).dtype), checkpoint.file_of(name)});
  return found;
}

TEST(Checkpoints, AreWhatTheirConfigsAskFor) {
  for (const char* model : {"v3-tiny", "v3-tiny-bf16", "v3-yarn", "v2lite-tiny", "moonlight-tiny", "v3-fp8", "v3-mtp"})
    EXPECT_EQ(
        error_of([&] { arch::check_tensors(arch::read_config(golden / model), found_in(golden / model), model); }), "");
}

TEST(Checkpoints, AreRefusedUnderAnotherConfig) {
  auto found = found_in(golden / "v3-mtp");
  Json good = read_json(golden / "v3-mtp/config.json");
  const std::pair<const char*, Json> changes[] = {{"hidden_size", 128},
                                                  {"vocab_size", 255},
                                                  {"intermediate_size", 64},
                                                  {"kv_lora_rank", 16},
                                                  {"q_lora_rank", 32},
                                                  {"q_lora_rank", nullptr},
                                                  {"qk_nope_head_dim", 8},
                                                  {"qk_rope_head_dim", 4},
                                                  {"v_head_dim", 8},
                                                  {"num_hidden_layers", 3},
                                                  {"num_hidden_layers", 5},
                                                  {"moe_intermediate_size", 16},
                                                  {"n_routed_experts", 8},
                                                  {"n_routed_experts", 32},
                                                  {"n_shared_experts", 2},
                                                  {"n_shared_experts", nullptr},
                                                  {"first_k_dense_replace", 2},
                                                  {"first_k_dense_replace", 0},
                                                  {"topk_method", "group_limited_greedy"},
                                                  {"num_nextn_predict_layers", 0},
                                                  {"num_nextn_predict_layers", 2}};
  for (const auto& [key, value] : changes) {
    Json json = good;
    json[key] = value;
    std::string error = error_of([&] { arch::check_tensors(arch::parse_config(json, "other"), found, "v3-mtp"); });
    EXPECT_NE(error.find("tensor 'model."), std::string::npos) << key << " = " << dump(value) << ": " << error;
  }
}

}  // namespace
}  // namespace octet
