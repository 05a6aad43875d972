// tiktoken.model: what it may be, and what is refused. (That the ids are tiktoken's:
// tests/end_to_end/tokenizer_oracle.py.)
#include "octet/text/bpe/tiktoken_file.h"

#include <gtest/gtest.h>

#include "octet/base/random.h"
#include "octet/text/bpe/tokenizer.h"

namespace octet::text {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : letters[bits >> (18 - 6 * k) & 63];
  }
  return out;
}

// The 256 bytes, then `words`.
std::string model(const std::vector<std::string>& words) {
  std::string out;
  int rank = 0;
  for (int byte = 0; byte < 256; ++byte)
    out += fmt::format("{} {}\n", base64(std::string(1, static_cast<char>(byte))), rank++);
  for (const auto& word : words) out += fmt::format("{} {}\n", base64(word), rank++);
  return out;
}

Json config() {
  return {
      {"tokenizer_class", "TikTokenTokenizer"},
      {"added_tokens_decoder", {{"259", {{"content", "[BOS]"}, {"special", true}}}, {"260", {{"content", "<tool>"}}}}}};
}

Tokenizer tokenizer(const std::vector<std::string>& words) {
  return Tokenizer::from(read_tiktoken_text(model(words), config(), "tiktoken.model"), "tiktoken.model");
}

using Ids = std::vector<int32_t>;

TEST(Tiktoken, MergesWhateverSpellsATokenLowestFirst) {
  // "abc" comes of "a" + "bc" although its own bytes would give "ab" + "c".
  Tokenizer t = tokenizer({"bc", "ab", "abc"});
  EXPECT_EQ(t.encode("abc"), Ids{258});
  EXPECT_EQ(t.encode("abab"), (Ids{257, 257}));
  EXPECT_EQ(t.encode("xabcx"), (Ids{'x', 258, 'x'}));
  // A whole piece that no merge leads to.
  EXPECT_EQ(tokenizer({"xyz", "qq", "qqq"}).encode("xyz"), Ids{256});
  EXPECT_EQ(tokenizer({"aa", "aaa", "zz"}).encode("baaaaab"), (Ids{'b', 256, 257, 'b'}));
}

TEST(Tiktoken, SpecialTokensFollowTheVocabulary) {
  Tokenizer t = tokenizer({"bc", "ab", "abc"});
  EXPECT_EQ(t.encode("[BOS]a<tool><|reserved_token_261|>"), (Ids{259, 'a', 260, 261}));
  EXPECT_TRUE(t.is_special(259));
  EXPECT_FALSE(t.is_special(260));
  EXPECT_EQ(t.vocab_size(), 259 + 256);
  EXPECT_EQ(t.decode(Ids{259, 258}), "[BOS]abc");
}

std::string tiktoken_refusal(std::string_view text, const Json& settings = config()) {
  try {
    Tokenizer::from(read_tiktoken_text(text, settings, "f"), "f");
  } catch (const Error& e) {
    EXPECT_EQ(e.sentence().find('\n'), std::string::npos);
    return e.sentence();
  }
  return "accepted";
}

TEST(Tiktoken, RefusesByLine) {
  std::string good = model({"ab", "bc", "abc"});
  EXPECT_EQ(tiktoken_refusal(good), "accepted");
  Json bare = {{"tokenizer_class", "TikTokenTokenizer"}};
  EXPECT_EQ(tiktoken_refusal(good + "!!!! 400\n"),
            "f: line 260: expected base64, a space and a rank, found '!!!! 400'");
  EXPECT_EQ(tiktoken_refusal(good + "YQ==\n"), "f: line 260: expected base64, a space and a rank, found 'YQ=='");
  EXPECT_EQ(tiktoken_refusal(good + "YWI= -1\n"), "f: line 260: expected a rank from 0 to 4194303, found '-1'");
  EXPECT_EQ(tiktoken_refusal(good + "YWI= 99999999999999999999\n"),
            "f: line 260: expected a rank from 0 to 4194303, found '99999999999999999999'");
  EXPECT_NE(tiktoken_refusal(good + base64("ab") + " 300\n", bare).find("is listed twice"), std::string::npos);
  EXPECT_NE(tiktoken_refusal(good + base64("xy") + " 258\n", bare).find("same id 258"), std::string::npos);
  EXPECT_NE(tiktoken_refusal("YWI= 4194200\n", bare).find("no room"), std::string::npos);
  EXPECT_NE(tiktoken_refusal("", bare).find("the token of byte"), std::string::npos);
  Json other = config();
  other["tokenizer_class"] = "QWenTokenizer";
  EXPECT_NE(tiktoken_refusal(good, other).find("QWenTokenizer"), std::string::npos);
  other = config();
  other["added_tokens_decoder"]["12"] = {{"content", "x"}};
  EXPECT_NE(tiktoken_refusal(good, other).find("expected an id from 259 to 514"), std::string::npos);
}

TEST(Tiktoken, MutatedFilesAreReadOrRefused) {
  std::string good = model({"ab", "bc", "abc", "  ", "日本"});
  for (uint64_t i = 0; i < 200; ++i) {
    Random random(5, i);
    std::string text = good;
    for (uint64_t n = random.below(4) + 1; n > 0; --n) {
      size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, random.below(40));
          break;
        default:
          text.insert(at, text.substr(random.below(text.size()), random.below(40)));
      }
      if (text.empty()) text = "x";
    }
    EXPECT_NE(tiktoken_refusal(text), "");
  }
}

}  // namespace
}  // namespace octet::text
