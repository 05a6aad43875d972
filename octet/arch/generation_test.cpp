#include "octet/arch/generation.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "octet/base/file.h"

namespace octet::arch {
namespace {

struct Generation : ::testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("octet-generation-{}", ::getpid());
  Config config = preset("octet-mini");
  void TearDown() override { fs::remove_all(folder); }
  GenerationConfig read(std::string_view text) {
    replace_file(folder / "generation_config.json", text);
    return read_generation_config(folder, config);
  }
};

TEST_F(Generation, FallsBackOnTheConfig) {
  EXPECT_EQ(read_generation_config(folder, config).eos_tokens, std::vector<int64_t>{1});
  EXPECT_EQ(read(R"({"transformers_version": "4.46.3", "max_length": 20})").eos_tokens, std::vector<int64_t>{1});
}

TEST_F(Generation, ReadsListsAndSampling) {
  auto g = read(R"({"bos_token_id": 0, "eos_token_id": [1, 7], "do_sample": true, "temperature": 0.3, "top_p": 0.95,
                    "top_k": 40, "min_p": 0.05, "repetition_penalty": 1.1, "num_beams": 1, "typical_p": 1.0})");
  EXPECT_EQ(g.eos_tokens, (std::vector<int64_t>{1, 7}));
  EXPECT_EQ(g.temperature, 0.3);
  EXPECT_EQ(g.top_p, 0.95);
  EXPECT_EQ(g.top_k, 40);
  EXPECT_EQ(g.min_p, 0.05);
  EXPECT_EQ(g.repetition_penalty, 1.1);
  EXPECT_EQ(g.do_sample, true);
  EXPECT_EQ(read(R"({"eos_token_id": 5})").eos_tokens, std::vector<int64_t>{5});
}

TEST_F(Generation, RefusesWhatItCannotDo) {
  for (const char* text : {"[]", R"({"eos_token_id": "x"})", R"({"eos_token_id": [4096]})", R"({"eos_token_id": -1})",
                           R"({"temperature": -1})", R"({"top_p": 2})", R"({"top_k": 1.5})", R"({"do_sample": 1})",
                           R"({"num_beams": 4})", R"({"penalty_alpha": 0.6})", R"({"bad_words_ids": [[1]]})"})
    EXPECT_THROW(read(text), Error) << text;
}

}  // namespace
}  // namespace octet::arch
