// For tests: masks over octet-mini's vocabulary, and walks through them.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "octet/base/random.h"
#include "octet/text/grammar/grammar.h"

namespace octet::text::grammar_testing {

inline constexpr int64_t padded_vocab = 2080;  // models pad theirs beyond the tokenizer's
inline constexpr int32_t end_token = 1;

inline const Tokenizer& mini_tokenizer() {
  static const Tokenizer tokenizer = Tokenizer::load(fs::path(OCTET_SOURCE_DIR) / "models/octet-mini");
  return tokenizer;
}

inline GrammarCompiler& mini_compiler() {
  static GrammarCompiler compiler(mini_tokenizer(), {end_token}, padded_vocab);
  return compiler;
}

struct Mask {
  std::vector<uint32_t> words = std::vector<uint32_t>((padded_vocab + 31) / 32);
  bool operator[](int64_t token) const { return words[static_cast<size_t>(token) / 32] >> (token % 32) & 1; }
  std::vector<int32_t> allowed() const {
    std::vector<int32_t> out;
    for (int32_t token = 0; token < padded_vocab; ++token)
      if ((*this)[token]) out.push_back(token);
    return out;
  }
};

inline Mask mask_of(GrammarState& state) {
  Mask mask;
  state.fill(mask.words);
  return mask;
}

struct Walk {
  std::vector<int32_t> tokens;  // without the end
  std::string text;
  bool ended = false;
};

// Tokens drawn uniformly among the allowed until the end is drawn.
inline Walk random_walk(const GrammarSpec& spec, Random& random, size_t most = 4000) {
  GrammarState state(mini_compiler().compile(spec));
  Walk walk;
  while (walk.tokens.size() < most) {
    std::vector<int32_t> allowed = mask_of(state).allowed();
    if (allowed.empty()) {
      ADD_FAILURE() << "a dead end after " << walk.text;
      break;
    }
    int32_t token = random.pick(allowed);
    EXPECT_EQ(state.complete(), allowed == std::vector<int32_t>{end_token}) << walk.text;
    EXPECT_TRUE(state.accept(token)) << token;
    if (token == end_token) {
      walk.ended = true;
      break;
    }
    walk.tokens.push_back(token);
    walk.text += mini_tokenizer().bytes_of(token);
  }
  return walk;
}

inline bool accepts_all(const GrammarSpec& spec, const std::vector<int32_t>& tokens) {
  GrammarState state(mini_compiler().compile(spec));
  for (int32_t token : tokens)
    if (!mask_of(state)[token] || !state.accept(token)) return false;
  return mask_of(state)[end_token] && state.accept(end_token);
}

inline bool accepts(const GrammarSpec& spec, const std::string& text) {
  return accepts_all(spec, mini_tokenizer().encode_ordinary(text));
}

class Masks : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_token_masks()) GTEST_SKIP() << "built without XGrammar";
  }
};

}  // namespace octet::text::grammar_testing
