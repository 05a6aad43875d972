#include <gtest/gtest.h>
#include <unistd.h>

#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/base/random.h"
#include "octet/base/units.h"
#include "octet/base/utf8.h"

namespace octet {
namespace {

// Random123's known-answer vectors for philox4x32-10.
TEST(Random, MatchesTheAuthorsVectors) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(Random, GoesOnFromAPosition) {
  Random whole(7, 3);
  for (int i = 0; i < 5; ++i) whole.bits32();
  Random resumed(7, 3, whole.position());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(whole.bits32(), resumed.bits32());
}

TEST(Errors, SuggestTheNearestName) {
  EXPECT_EQ(nearest_name("lerning_rate", {"batch", "learning_rate", "warmup"}), "learning_rate");
  EXPECT_EQ(nearest_name("zzz", {"batch", "learning_rate"}), "");
  EXPECT_EQ(printable("a\nb\xff"), "a\\x0ab\\xff");
}

TEST(Utf8, RefusesWhatIsNotWellFormed) {
  EXPECT_EQ(utf8::valid_length("\xC0\x80"), 0u);      // overlong
  EXPECT_EQ(utf8::valid_length("\xED\xA0\x80"), 0u);  // surrogate
  EXPECT_EQ(utf8::valid_length("\xF4\x90\x80\x80"), 0u);
  EXPECT_EQ(utf8::replace_invalid("a\xE2\x82z"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(utf8::incomplete_tail("ab\xE2\x82"), 2u);
  EXPECT_EQ(utf8::incomplete_tail("ab\xE2\x82\xAC"), 0u);
}

TEST(Units, CountsNeedTheirUnit) {
  EXPECT_EQ(parse_count("14.8T", "x"), 14.8e12);
  EXPECT_EQ(parse_count("4096", "x"), 4096);
  EXPECT_THROW(parse_count("14.8", "x"), Error);
  EXPECT_THROW(parse_count("-3", "x"), Error);
  EXPECT_THROW(parse_count("nan", "x"), Error);
  EXPECT_EQ(parse_bytes("2GiB", "x"), uint64_t{2} << 30);
}

TEST(Fields, NamesTheUnknownKeyAndTheNearest) {
  Json json = {{"hidden_size", 4}, {"hidden_sise", 5}};
  Fields fields(json, "here");
  EXPECT_EQ(fields.integer("hidden_size", 1, 10), 4);
  try {
    fields.finish();
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "here: unknown key 'hidden_sise'; did you mean 'hidden_size'?");
  }
}

TEST(Json, BoundsTheDepth) { EXPECT_THROW(parse_json(std::string(100000, '['), "x"), Error); }

TEST(Json, RefusesNumbersThatNoDoubleHolds) {
  for (const std::string& number : {std::string("1e400"), std::string("-1e400"), std::string(400, '9')}) {
    try {
      parse_json("{\"seed\": " + number + "}", "a body");
      ADD_FAILURE() << number;
    } catch (const Error& e) {
      EXPECT_TRUE(std::string(e.what()).starts_with("a body: expected numbers up to 1.8e308, found '")) << e.what();
    }
  }
}

TEST(Toml, KeepsTheOrderAndTellsTheLine) {
  EXPECT_EQ(dump(parse_toml("b = 1\na = [1.5, 'x']\n[t]\nz = true", "x")), R"({"b":1,"a":[1.5,"x"],"t":{"z":true}})");
  try {
    parse_toml("a = 1\nb = = 2", "r.toml");
    FAIL();
  } catch (const Error& e) {
    EXPECT_TRUE(std::string(e.what()).starts_with("r.toml:2:"));
  }
}

// Letters beyond ASCII belong into strings and comments; in a key they are an error, whatever range they come from.
TEST(Toml, TakesEveryCharacterInStringsAndNoneBeyondAsciiInKeys) {
  for (char32_t c = 0xA1; c < 0x30000; c += c < 0x600 ? 1 : 97) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string letter;
    utf8::append(letter, c);
    EXPECT_THROW(parse_toml("a" + letter + " = 1", "x"), Error) << std::hex << static_cast<uint32_t>(c);
    std::string continued = "a = \"\"\"b\\\n" + letter + "\"\"\"  # " + letter;
    EXPECT_NO_THROW(parse_toml(continued, "x")) << std::hex << static_cast<uint32_t>(c);
  }
}

TEST(Files, AreReplacedWholeOrNotAtAll) {
  fs::path dir = fs::temp_directory_path() / fmt::format("octet-base-{}", ::getpid());
  replace_file(dir / "a", "one");
  {
    ReplacingFile unfinished(dir / "a");
    unfinished.write("two");
  }
  EXPECT_EQ(read_file(dir / "a"), "one");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir), {}), 1);
  {
    ReplacingFolder folder(dir / "f");
    replace_file(folder.path() / "x", "1");
    folder.commit();
  }
  EXPECT_EQ(read_file(dir / "f" / "x"), "1");
  EXPECT_THROW(read_file(dir / "a", 2), Error);
  EXPECT_THROW(MappedFile(dir / "f"), Error);
  fs::remove_all(dir);
}

}  // namespace
}  // namespace octet
