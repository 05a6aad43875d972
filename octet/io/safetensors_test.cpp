#include "octet/io/safetensors.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

#include "octet/base/error.h"
#include "octet/base/json.h"
#include "octet/io/header.h"
#include "octet/io/index.h"

namespace octet::io {
namespace {

const fs::path golden = fs::path(OCTET_SOURCE_DIR) / "tests/golden";

// A folder of this test's own, gone at the end.
struct Scratch {
  fs::path path =
      fs::temp_directory_path() /
      fmt::format("octet-io-{}-{}", ::getpid(), ::testing::UnitTest::GetInstance()->current_test_info()->name());
  Scratch() { fs::create_directories(path); }
  ~Scratch() { fs::remove_all(path); }
};

std::span<const std::byte> bytes_of_text(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

std::string file_text(std::string header, size_t data_bytes) {
  header.append((8 - header.size() % 8) % 8, ' ');  // so that the data is aligned
  std::string text;
  for (int i = 0; i < 8; ++i) text += static_cast<char>(header.size() >> 8 * i & 0xFF);
  return text + header + std::string(data_bytes, '\1');
}

std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(Safetensors, ReadsTheGoldenFiles) {
  Checkpoint v3(golden / "v3-tiny");
  const TensorView& head = v3.at("lm_head.weight");
  EXPECT_EQ(head.dtype, Dtype::F32);
  EXPECT_EQ(head.shape, (std::vector<int64_t>{256, 64}));
  EXPECT_EQ(head.elements(), 256 * 64);
  EXPECT_EQ(v3.names().size(), 201u);
  SafetensorsFile codec(golden / "fp8-codec.safetensors");
  auto codes = codec.at("codes").as<uint8_t>();
  auto values = codec.at("values").as<float>();
  EXPECT_EQ(codes[0x7e], 0x7e);
  EXPECT_EQ(values[0x7e], 448.0f);
  EXPECT_EQ(values[0x38], 1.0f);
}

TEST(Safetensors, FindsTensorsAcrossShards) {
  Checkpoint fp8(golden / "v3-fp8");
  EXPECT_TRUE(fp8.file_of("model.layers.0.self_attn.kv_b_proj.weight").ends_with("00001-of-00002.safetensors"));
  EXPECT_TRUE(
      fp8.file_of("model.layers.0.self_attn.kv_b_proj.weight_scale_inv").ends_with("00002-of-00002.safetensors"));
  EXPECT_EQ(fp8.at("model.layers.0.self_attn.kv_b_proj.weight").dtype, Dtype::F8_E4M3);
  EXPECT_EQ(fp8.find("model.layers.9.x"), nullptr);
}

TEST(Safetensors, NamesTheNearestTensor) {
  Checkpoint v3(golden / "v3-tiny");
  std::string message = message_of([&] { v3.at("lm_haed.weight"); });
  EXPECT_NE(message.find("no tensor 'lm_haed.weight'; the nearest is 'lm_head.weight'"), message.npos) << message;
}

TEST(Safetensors, WritesWhatItReads) {
  Scratch scratch;
  Checkpoint fp8(golden / "v3-fp8");
  std::vector<TensorToWrite> tensors;
  for (const auto& name : fp8.names()) {
    const TensorView& view = fp8.at(name);
    tensors.push_back({name, view.dtype, view.shape, view.bytes});
  }
  // Sharded, then whole into the same folder, then sharded again: what is stale must not be read.
  for (uint64_t limit : {uint64_t{1} << 20, uint64_t{1} << 40, uint64_t{300'000}}) {
    write_checkpoint(scratch.path, tensors, limit);
    EXPECT_EQ(fs::exists(scratch.path / "model.safetensors"), limit == uint64_t{1} << 40);
    Checkpoint again(scratch.path);
    ASSERT_EQ(again.names(), fp8.names());
    for (const auto& name : again.names()) {
      const TensorView &a = again.at(name), &b = fp8.at(name);
      EXPECT_EQ(a.dtype, b.dtype);
      EXPECT_EQ(a.shape, b.shape);
      ASSERT_EQ(a.bytes.size(), b.bytes.size());
      EXPECT_EQ(std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()), 0) << name;
    }
    for (const auto& entry : fs::directory_iterator(scratch.path))
      if (entry.path().extension() == ".safetensors") {
        EXPECT_LE(fs::file_size(entry.path()), limit + 65536);
      }
  }
  Json index = read_json(scratch.path / "model.safetensors.index.json");
  uint64_t total = 0;
  for (const auto& tensor : tensors) total += tensor.bytes.size();
  EXPECT_EQ(index["metadata"]["total_size"], total);
}

TEST(Safetensors, AlignsDataAndElements) {
  Scratch scratch;
  std::vector<uint8_t> odd = {1, 2, 3};
  std::vector<float> floats = {1.5f, -2};
  write_safetensors(scratch.path / "x",
                    {{"a", Dtype::U8, {3}, std::as_bytes(std::span(odd))},
                     {"b", Dtype::F32, {2, 1}, std::as_bytes(std::span(floats))},
                     {"none", Dtype::F32, {0, 7}, {}},
                     {"one", Dtype::F32, {}, std::as_bytes(std::span(floats).first(1))}},
                    {{"format", "pt"}, {"quote\"d", "line\n"}});
  SafetensorsFile file(scratch.path / "x");
  EXPECT_EQ(file.metadata().at("quote\"d"), "line\n");
  EXPECT_EQ(file.at("b").as<float>()[1], -2);
  EXPECT_EQ(file.at("a").as<uint8_t>()[2], 3);
  EXPECT_EQ(file.at("none").elements(), 0);
  EXPECT_EQ(file.at("one").shape.size(), 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(file.at("b").bytes.data()) % 64, 0u);
}

TEST(Safetensors, RefusesWhatLies) {
  const std::string f4 = R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})";
  EXPECT_EQ(message_of([&] { SafetensorsFile(bytes_of_text(file_text(f4, 16)), "f"); }), "no error");
  struct Case {
    std::string header;
    size_t data;
    const char* expected;
  };
  auto two = [](const char* first, const char* second) {
    return fmt::format(
        R"({{"a":{{"dtype":"U8","shape":[4],"data_offsets":{}}},"b":{{"dtype":"U8","shape":[4],"data_offsets":{}}}}})",
        first, second);
  };
  const std::vector<Case> cases = {
      {f4, 15, "f: tensor 'a': data_offsets [0, 16] lie outside the 15 bytes of data; the file may be truncated"},
      {f4, 17, "f: the tensors end at byte 16 of the data, but the file holds 17 bytes of it"},
      {two("[0,4]", "[0,4]"), 8, "expected to begin at byte 4 of the data, found 0 (it overlaps the tensor before it)"},
      {two("[0,4]", "[5,9]"), 9, "expected to begin at byte 4 of the data, found 5 (there is a hole before it)"},
      {two("[4,0]", "[4,8]"), 8, "f: tensor 'a': data_offsets [4, 0] lie outside"},
      {R"({"a":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}})", 16, "F32 of shape [5] does not fit data_offsets"},
      {R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", 0, "does not fit data_offsets"},
      {R"({"a":{"dtype":"F32","shape":[0,4611686018427387904,9],"data_offsets":[0,0]}})", 0, "does not fit"},
      {R"({"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}})", 16,
       "shape: expected integers from 0 to 2^62, found -4"},
      {R"({"a":{"dtype":"F32","shape":[4.0],"data_offsets":[0,16]}})", 16, "found 4.0"},
      {R"({"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,16]}})", 16, "shape: expected integers"},
      {R"({"a":{"dtype":"F32","shape":4,"data_offsets":[0,16]}})", 16, "shape: expected a list, found 4"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0]}})", 16, "expected two offsets, found 1"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,8,16]}})", 16, "expected two offsets, found more"},
      {R"({"a":{"dtype":"F31","shape":[4],"data_offsets":[0,16]}})", 16, "'F31' is no dtype that octet knows"},
      {R"({"a":{"dtype":"F32","shape":[4]}})", 16, "tensor 'a': data_offsets: missing"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16],"x":1}})", 16, "found 'x'"},
      {R"({"a":{"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]}})", 16, "dtype: stands twice"},
      {R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
       8, "f: 'a' stands twice in the header"},
      {R"({"a":7})", 0, "'a': expected an object, found 7"},
      {R"([1])", 0, "expected the header to be a JSON object, found a list"},
      {R"({"__metadata__":{"x":1}})", 0, "__metadata__: 'x': expected a string, found 1"},
      {R"({"a":{"dtype":"F32","shape":[[4]],"data_offsets":[0,16]}})", 16, "found a list"},
      {R"({"a":{"dtype":"F32","shape")", 0, "the header is not valid JSON"},
      {"{} {}", 0, "the header is not valid JSON"},
      {"", 0, "the header is not valid JSON"},
      {R"({"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})", 4,
       "more than 16 dimensions"},
      {R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})",
       5, "not aligned to 4 bytes"},
  };
  for (const auto& c : cases) {
    std::string message = message_of([&] { SafetensorsFile(bytes_of_text(file_text(c.header, c.data)), "f"); });
    EXPECT_NE(message.find(c.expected), message.npos) << c.header << "\n" << message;
  }
}

TEST(Safetensors, RefusesALyingHeaderLength) {
  std::string good = file_text("{}", 0);
  for (size_t keep = 0; keep < good.size(); ++keep)
    EXPECT_NE(message_of([&] { SafetensorsFile(bytes_of_text(good.substr(0, keep)), "f"); }), "no error") << keep;
  std::string huge = good;
  huge[7] = '\x7f';
  EXPECT_NE(message_of([&] { SafetensorsFile(bytes_of_text(huge), "f"); }).find("expected at most"), huge.npos);
  std::string longer = good;
  longer[0] = 9;
  EXPECT_NE(message_of([&] { SafetensorsFile(bytes_of_text(longer), "f"); }).find("said to have 9 bytes, but only 8"),
            longer.npos);
}

TEST(Checkpoint, RefusesAFolderThatContradictsItself) {
  Scratch scratch;
  std::vector<uint8_t> data = {1, 2};
  auto tensor = [&](const char* name) { return TensorToWrite{name, Dtype::U8, {2}, std::as_bytes(std::span(data))}; };
  auto message = [&] { return message_of([&] { Checkpoint c(scratch.path); }); };
  EXPECT_NE(message().find("expected model.safetensors or model.safetensors.index.json, found neither"),
            std::string::npos);
  const fs::path index = scratch.path / "model.safetensors.index.json";
  replace_file(index, R"({"weight_map":{"a":"1.safetensors","b":"2.safetensors"}})");
  write_safetensors(scratch.path / "1.safetensors", {tensor("a")});
  EXPECT_NE(message().find("2.safetensors is missing"), std::string::npos);
  write_safetensors(scratch.path / "2.safetensors", {tensor("c")});
  EXPECT_NE(message().find("tensor 'b' should be in 2.safetensors, but no shard holds it"), std::string::npos);
  write_safetensors(scratch.path / "2.safetensors", {tensor("a"), tensor("b")});
  EXPECT_NE(message().find("tensor 'a' stands in"), std::string::npos);
  write_safetensors(scratch.path / "2.safetensors", {tensor("b"), tensor("c")});
  EXPECT_NE(message().find("tensor 'c' is not listed in"), std::string::npos);
  write_safetensors(scratch.path / "2.safetensors", {tensor("b")});
  EXPECT_EQ(message(), "no error");
  replace_file(index, R"({"weight_map":{"b":"1.safetensors","a":"2.safetensors"}})");
  EXPECT_NE(message().find("tensor 'a' should be in 2.safetensors, but lies in 1.safetensors"), std::string::npos);
}

TEST(Index, RefusesWhatIsNoIndex) {
  for (const char* text :
       {"", "[]", "{}", "7", R"({"weight_map":7})", R"({"weight_map":[]})", R"({"weight_map":{"a":1}})",
        R"({"weight_map":{"a":{}}})", R"({"weight_map":{"a":"../x.safetensors"}})",
        R"({"weight_map":{"a":"/x.safetensors"}})", R"({"weight_map":{"a":"x.bin"}})",
        R"({"weight_map":{"a":"x.safetensors","a":"y.safetensors"}})", R"({"weight_map":{},"weight_map":{}})",
        R"({"weight_map":{"a":"x.safetensors"})"})
    EXPECT_NE(message_of([&] { parse_index(text, "f"); }), "no error") << text;
  auto map =
      parse_index(R"({"metadata":{"weight_map":[{"deep":[1]}]},"weight_map":{"a":"x.safetensors"},"more":null})", "f");
  EXPECT_EQ(map.at("a"), "x.safetensors");
}

}  // namespace
}  // namespace octet::io
