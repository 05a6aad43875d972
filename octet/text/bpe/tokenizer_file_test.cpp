// What tokenizer.json may not be: refused by name, and never a crash.
#include "octet/text/bpe/tokenizer_file.h"

#include <gtest/gtest.h>

#include "octet/base/random.h"
#include "octet/text/bpe/byte_alphabet.h"
#include "octet/text/bpe/tokenizer.h"

namespace octet::text {
namespace {

// The smallest whole file: 256 bytes, one merge, one added token.
Json tiny_file() {
  Json vocab = Json::object();
  for (size_t b = 0; b < 256; ++b) vocab[byte_alphabet()[b]] = b;
  vocab["ab"] = 256;
  Json byte_level = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens",
           {{{"id", 257},
             {"content", "<end>"},
             {"single_word", false},
             {"lstrip", false},
             {"rstrip", false},
             {"normalized", false},
             {"special", true}}}},
          {"normalizer", nullptr},
          {"pre_tokenizer", byte_level},
          {"post_processor", {{"type", "TemplateProcessing"}}},
          {"decoder", byte_level},
          {"model",
           {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", nullptr},
            {"continuing_subword_prefix", ""},
            {"end_of_word_suffix", ""},
            {"fuse_unk", false},
            {"byte_fallback", false},
            {"vocab", vocab},
            {"merges", {"a b"}}}}};
}

std::string file_refusal(const std::string& text) {
  try {
    read_tokenizer_text(text, "file");
    Tokenizer::parse(parse_json(text, "file"), "file");
  } catch (const Error& e) {
    EXPECT_EQ(e.sentence().find('\n'), std::string::npos);
    return e.sentence();
  }
  return "accepted";
}

std::string file_refusal(const Json& file) { return file_refusal(dump(file)); }

TEST(TokenizerFile, TheTinyFileIsAccepted) {
  EXPECT_EQ(file_refusal(tiny_file()), "accepted");
  Tokenizer tokenizer = Tokenizer::parse(tiny_file(), "file");
  EXPECT_EQ(tokenizer.encode("abb<end>"), (std::vector<int32_t>{256, 'b', 257}));
}

TEST(TokenizerFile, RefusesByName) {
  struct Case {
    const char* pointer;
    Json value;
    const char* named;
  };
  const std::vector<Case> cases = {
      {"/truncation", {{"max_length", 5}}, "truncation"},
      {"/padding", {{"direction", "Right"}}, "padding"},
      {"/normalizer", {{"type", "NFC"}}, "normalizer NFC"},
      {"/normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "Lowercase"}}}}}, "normalizer Lowercase"},
      {"/pre_tokenizer", nullptr, "without a pre-tokenizer"},
      {"/pre_tokenizer", {{"type", "Metaspace"}}, "pre-tokenizer Metaspace"},
      {"/pre_tokenizer/add_prefix_space", true, "add_prefix_space"},
      {"/pre_tokenizer", {{"type", "Digits"}}, "does not end in ByteLevel"},
      {"/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "a"}}}, {"behavior", "Sideways"}}, "behavior"},
      {"/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Glob", "a"}}}, {"behavior", "Isolated"}}, "String"},
      {"/decoder", nullptr, "decoder null"},
      {"/decoder", {{"type", "Metaspace"}}, "decoder Metaspace"},
      {"/model/type", "Unigram", "model Unigram"},
      {"/model/dropout", 0.1, "dropout"},
      {"/model/byte_fallback", true, "byte_fallback"},
      {"/model/continuing_subword_prefix", "##", "continuing_subword_prefix"},
      {"/model/end_of_word_suffix", "</w>", "end_of_word_suffix"},
      {"/model/colour", 1, "colour"},
      {"/flavour", 1, "flavour"},
      {"/added_tokens/0/colour", true, "colour"},
      {"/added_tokens/0/id", -1, "id"},
      {"/added_tokens/0/id", 5, "has the id 5"},
      {"/added_tokens/0/id", 4'194'304, "4194303"},
      {"/added_tokens/0/content", "", "content"},
      {"/added_tokens/0/content", "a", "'a'"},
      {"/added_tokens", "none", "added_tokens"},
      {"/model/vocab/ab", -3, "'ab'"},
      {"/model/vocab/ab", 1e18, "'ab'"},
      {"/model/vocab/ab", "x", "'ab'"},
      {"/model/vocab/ab", Json::array(), "'ab'"},
      {"/model/vocab/ab", 98, "same id 98"},
      {"/model/vocab", Json::array(), "model.vocab is missing"},
      {"/model/vocab", Json::object(), "not in model.vocab"},
      {"/model/merges", "a b", "model.merges is missing"},
      {"/model/merges/0", "ab", "two tokens"},
      {"/model/merges/0", "a b c", "two tokens"},
      {"/model/merges/0", "b a", "'ba' is not in model.vocab"},
      {"/model/merges/0", {"a", "b", "c"}, "list of 3 tokens"},
      {"/model/merges/0", {"a", 1}, "model.merges"},
      {"/model/merges/0", 7, "model.merges"},
      {"/model/merges/0", {{"a", "b"}}, "model.merges"},
      {"/model", Json::array(), "model.vocab is missing"},
  };
  for (const Case& each : cases) {
    Json file = tiny_file();
    file[Json::json_pointer(each.pointer)] = each.value;
    std::string sentence = file_refusal(file);
    EXPECT_NE(sentence.find(each.named), std::string::npos) << each.pointer << ": " << sentence;
    EXPECT_TRUE(sentence.starts_with("file")) << sentence;
  }
}

TEST(TokenizerFile, RefusesAMissingByte) {
  Json file = tiny_file();
  file["model"]["vocab"].erase("Ġ");
  EXPECT_NE(file_refusal(file).find("0x20"), std::string::npos);
  file = tiny_file();
  file["model"]["vocab"].erase(byte_alphabet()[0xFF]);  // no UTF-8 text holds this one
  EXPECT_EQ(file_refusal(file), "accepted");
}

TEST(TokenizerFile, RefusesWhatIsNoJson) {
  for (const char* text :
       {"", "{", "[1", "nul", "{\"model\": {\"vocab\": {\"a\": 1}}", "{} {}", "\xFF", "{\"a\": \"\xC3\"}"})
    EXPECT_NE(file_refusal(std::string(text)), "accepted") << text;
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "[";
  EXPECT_NE(file_refusal(deep).find("nested"), std::string::npos);
}

// Truncated, bytes changed, parts cut out, doubled and exchanged: refused, or accepted and in working order.
TEST(TokenizerFile, MutatedFilesNeverCrash) {
  std::string whole = dump(tiny_file());
  Random random(9);
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string text = whole;
    for (uint64_t changes = random.between(1, 4); changes > 0 && !text.empty(); --changes) {
      // Half of the changes fall outside of the vocabulary, which is most of the file.
      size_t vocab = std::min(text.find("\"vocab\""), text.size() - 1);
      size_t at = random.chance(0.5) ? random.below(text.size()) : random.below(vocab + 1);
      size_t length = std::min<size_t>(random.between(1, 20), text.size() - at);
      switch (random.below(6)) {
        case 0:
          text.resize(at);
          break;
        case 1:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 2:
          text.erase(at, length);
          break;
        case 3:
          text.insert(at, text.substr(at, length));
          break;
        case 4:
          text.insert(at, random.pick(std::vector<std::string>{"null", "-1", "1e99", "{", "]", "\"", ",", "\\u0000"}));
          break;
        default:
          std::swap(text[at], text[random.below(text.size())]);
      }
    }
    try {
      TokenizerFile file = read_tokenizer_text(text, "file");
      Tokenizer tokenizer = Tokenizer::parse(parse_json(text, "file"), "file");
      std::string sample = "ab <end> it's 12\n\n\xFF 中";
      tokenizer.decode(tokenizer.encode(sample));
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 200);
}

}  // namespace
}  // namespace octet::text
