#include "octet/text/bpe/trainer.h"

#include <gtest/gtest.h>

#include "octet/base/random.h"
#include "octet/base/testing_sanitized.h"
#include "octet/text/bpe/byte_alphabet.h"
#include "octet/text/bpe/tokenizer.h"

namespace octet::text {
namespace {

constexpr size_t bytes = 256;

Json train(const std::vector<std::string>& documents, int32_t merges, std::vector<AddedToken> added = {},
           int64_t min_frequency = 1) {
  Trainer trainer({.vocab_size = static_cast<int32_t>(bytes + added.size()) + merges,
                   .added_tokens = std::move(added),
                   .min_frequency = min_frequency});
  for (const std::string& document : documents) trainer.add(document);
  return trainer.train();
}

std::vector<std::string> merges_of(const Json& file) { return file["model"]["merges"]; }

TEST(Trainer, MergesTheMostFrequentPairFirst) {
  // Pieces: "aab" once, " ab" five times. Pairs: ab 6, Ġa 5, aa 1; then Ġ+ab 5, a+ab 1.
  Json file = train({"aab ab ab ab ab ab"}, 3);
  EXPECT_EQ(merges_of(file), (std::vector<std::string>{"a b", "Ġ ab", "a ab"}));
  EXPECT_EQ(file["model"]["vocab"]["!"], 0);
  EXPECT_EQ(file["model"]["vocab"]["aab"], 258);
}

TEST(Trainer, StopsBelowTheLeastFrequency) { EXPECT_EQ(merges_of(train({"aab ab ab"}, 100, {}, 2)).size(), 2u); }

TEST(Trainer, DigitsStandAlone) {
  Json file = train({"12 12 12 12 12"}, 10);
  for (const std::string& merge : merges_of(file))
    EXPECT_EQ(merge.find_first_of("0123456789"), std::string::npos) << merge;
  EXPECT_EQ(Tokenizer::parse(file, "test").encode("1212").size(), 4u);
}

// The same by the definition: count all pairs anew before each merge.
std::vector<std::string> train_by_definition(const std::vector<std::string>& words, int merges) {
  std::map<std::string, int32_t> order;  // ids of tokens, for ties
  std::vector<std::string> alphabet(byte_alphabet().begin(), byte_alphabet().end());
  std::sort(alphabet.begin(), alphabet.end());
  for (const std::string& c : alphabet) order.emplace(c, static_cast<int32_t>(order.size()));
  std::vector<std::vector<std::string>> parts;
  for (const std::string& word : words) {
    parts.emplace_back();
    for (char byte : word) parts.back().push_back(byte_alphabet()[static_cast<unsigned char>(byte)]);
  }
  std::vector<std::string> result;
  while (static_cast<int>(result.size()) < merges) {
    std::map<std::pair<int32_t, int32_t>, std::pair<int64_t, std::string>> counts;
    for (const auto& word : parts)
      for (size_t i = 0; i + 1 < word.size(); ++i) {
        auto& entry = counts[{order[word[i]], order[word[i + 1]]}];
        ++entry.first;
        entry.second = word[i] + " " + word[i + 1];
      }
    std::string best;
    int64_t most = 0;
    for (const auto& [pair, entry] : counts) {
      std::string joined = entry.second;
      joined.erase(joined.find(' '), 1);
      if (entry.first > most && !order.contains(joined)) best = entry.second, most = entry.first;
    }
    if (best.empty()) break;
    result.push_back(best);
    std::string left = best.substr(0, best.find(' ')), right = best.substr(best.find(' ') + 1);
    order.emplace(left + right, static_cast<int32_t>(order.size()));
    for (auto& word : parts)
      for (size_t i = 0; i + 1 < word.size(); ++i)
        if (word[i] == left && word[i + 1] == right) {
          word[i] += right;
          word.erase(word.begin() + static_cast<ptrdiff_t>(i) + 1);
        }
  }
  return result;
}

TEST(Trainer, AgreesWithTheDefinition) {
  OCTET_LONG_IF_SANITIZED();
  Random random(11);
  for (int round = 0; round < 40; ++round) {
    std::vector<std::string> words;
    for (uint64_t n = 1 + random.below(30); n > 0; --n) {
      std::string word;
      for (uint64_t k = 1 + random.below(9); k > 0; --k) word += static_cast<char>('a' + random.below(3));
      words.push_back(word);
    }
    // One piece a line: the newline before a word belongs to no piece of letters.
    std::vector<std::string> documents(words.begin(), words.end());
    ASSERT_EQ(merges_of(train(documents, 25)), train_by_definition(words, 25));
  }
}

TEST(Trainer, DependsOnTheTextsAlone) {
  Random random(12);
  std::vector<std::string> documents;
  for (int i = 0; i < 200; ++i) {
    std::string text;
    for (int k = 0; k < 20; ++k)
      text += random.pick(std::vector<std::string>{" alpha", " beta", "x", " gamma", "é", "."});
    documents.push_back(text);
  }
  Json once = train(documents, 60);
  random.shuffle(documents);
  EXPECT_EQ(dump(train(documents, 60)), dump(once));
}

TEST(Trainer, AddedTokensComeFirstAndAreNotTrainedOn) {
  std::string document;
  for (int i = 0; i < 50; ++i) document += "<｜User｜>hello <｜Assistant｜>hello ";
  Json file = train({document}, 20, deepseek_added_tokens());
  EXPECT_EQ(file["model"]["vocab"]["<｜begin▁of▁sentence｜>"], 0);
  EXPECT_EQ(file["model"]["vocab"]["<｜end▁of▁sentence｜>"], 1);
  EXPECT_EQ(file["model"]["vocab"]["<｜▁pad▁｜>"], 2);
  for (const std::string& merge : merges_of(file)) EXPECT_EQ(merge.find("User"), std::string::npos);
  Tokenizer tokenizer = Tokenizer::parse(file, "test");
  EXPECT_EQ(tokenizer.encode("<｜User｜>hello").size(), 2u);
}

TEST(Trainer, RefusesWhatCannotBe) {
  EXPECT_THROW(Trainer({.vocab_size = 255, .added_tokens = {}}), Error);
  EXPECT_THROW(Trainer({.vocab_size = 256, .added_tokens = deepseek_added_tokens()}), Error);
  EXPECT_THROW(Trainer({.vocab_size = 400, .added_tokens = {{.content = ""}}}), Error);
  EXPECT_THROW(Trainer({.vocab_size = 400, .added_tokens = {{.content = "a"}}}), Error);
  EXPECT_THROW(Trainer({.vocab_size = 400, .added_tokens = {{.content = "<a>"}, {.content = "<a>"}}}), Error);
  EXPECT_THROW(Trainer({.vocab_size = 400, .added_tokens = {{.content = "\xFF\xFE"}}}), Error);
}

TEST(Trainer, WritesTheConfigurationThatTransformersReads) {
  Json config = tokenizer_config({.chat_template = "{{ messages }}", .model_max_length = 8192});
  EXPECT_EQ(config["add_bos_token"], false);
  EXPECT_EQ(config["bos_token"], "<｜begin▁of▁sentence｜>");
  EXPECT_EQ(config["model_max_length"], 8192);
  EXPECT_EQ(config["chat_template"], "{{ messages }}");
  EXPECT_FALSE(tokenizer_config({}).contains("chat_template"));
}

}  // namespace
}  // namespace octet::text
