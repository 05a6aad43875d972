// Split patterns against PCRE2, which is another implementation of another language: \s and \w are left out of the
// comparison or written as sets, and characters that its older Unicode does not know are not drawn.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "octet/text/bpe/regex.h"

#include <gtest/gtest.h>
#include <pcre2.h>

#include "octet/base/error.h"
#include "octet/base/random.h"
#include "octet/base/testing_sanitized.h"
#include "octet/base/utf8.h"
#include "octet/text/bpe/split.h"

namespace octet::text {
namespace {

using Spans = std::vector<std::pair<size_t, size_t>>;

class Pcre2 {
 public:
  explicit Pcre2(const std::string& pattern) {
    int error;
    size_t offset;
    code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), PCRE2_UTF | PCRE2_UCP, &error,
                          &offset, nullptr);
    check(code_ != nullptr, "PCRE2 refuses a pattern of the test");
    data_ = pcre2_match_data_create_from_pattern(code_, nullptr);
  }
  Pcre2(const Pcre2&) = delete;
  ~Pcre2() {
    pcre2_match_data_free(data_);
    pcre2_code_free(code_);
  }
  // `text` is valid UTF-8: checking it again at every match would be quadratic.
  Spans matches(const std::string& text) const {
    Spans spans;
    for (size_t from = 0;;) {
      int count = pcre2_match(code_, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, PCRE2_NO_UTF_CHECK,
                              data_, nullptr);
      if (count < 0) return spans;
      const size_t* ends = pcre2_get_ovector_pointer(data_);
      spans.emplace_back(ends[0], ends[1]);
      from = ends[1];
    }
  }

 private:
  pcre2_code* code_;
  pcre2_match_data* data_;
};

struct Pattern {
  explicit Pattern(const std::string& pattern) : regex(Regex::compile({pattern}, "test", alphabet)[0]) {}
  Spans matches(const std::string& text) const {
    std::vector<uint8_t> classes(text.size());
    alphabet->classify(text, classes.data());
    Spans spans;
    for (size_t from = 0; from < text.size();) {
      Regex::Match match = regex.find({text.data(), classes.data(), text.size()}, from);
      if (match.begin == match.end) break;
      spans.emplace_back(match.begin, match.end);
      from = match.end;
    }
    return spans;
  }
  std::shared_ptr<const Alphabet> alphabet;
  Regex regex;
};

// Text of pieces that patterns tell apart.
std::string random_text(Random& random) {
  static const std::vector<std::string> pieces = {
      "a", "B",  "s",       "t",      "re",     "é",  "ß",      "中", "の", "カ", "1", "٣",  "²",
      "Ⅷ", " ",  "  ",      "\n",     "\r\n",   "\t", "\u00A0", "'s", "'",  ".",  ",", "--", "€",
      "+", "😀", "e\u0301", "\u200D", "\u3000", "/",  "_",      "<",  "ǅ",  "ʰ",  "ſ", "K"};
  std::string text;
  for (uint64_t n = random.below(30); n > 0; --n) text += random.pick(pieces);
  return text;
}

const std::string spaces =
    R"([\t-\r\x20\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}])";

TEST(Regex, AgreesWithPcre2) {
  std::vector<std::string> patterns = {
      R"(\p{N}{1,3})",
      R"([一-龥぀-ゟ゠-ヿ]+)",
      deepseek_rules()[2].pattern,
      std::string(gpt2_pattern),
      R"((?i:'s|'t|'re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^ \p{L}\p{N}]+[\r\n]*| *[\r\n]+| +(?! )| +)",
      R"([\p{Lu}\p{Lt}]*[\p{Ll}\p{Lm}]+(?:'s)?|[\p{Lu}]+[\p{M}]*)",
      R"(a{2,}|B{0,2}s|t??re|[^a-z]{1,2}?\p{Nd})",
      R"((?:a|ab|aB)(?=s|t)|(?:é|e)\p{M}?+[a-zA-Z]*+)",
      R"(.+?[ .])",
      R"((?:(?:a|B)?(?:s|t)?1)|\p{^L}\P{N}|\D\d|[\p{L}\s]{3})",
      R"([\--/]+|[^\]\[]{2}|\x61\x{42}|\u0073\.)"};
  for (const std::string& pattern : patterns) {
    std::string theirs;
    for (size_t i = 0; i < pattern.size(); ++i) {
      bool escape = pattern[i] == '\\';
      if (escape && pattern[i + 1] == 'u')
        theirs += "\\x{" + pattern.substr(i + 2, 4) + "}", i += 5;
      else if (escape)
        theirs += pattern.substr(i, 2), ++i;
      else
        theirs += pattern[i];
    }
    Pattern octet(pattern);
    Pcre2 pcre2(theirs);
    Random random(7);
    for (int round = 0; round < 3000; ++round) {
      std::string text = random_text(random);
      ASSERT_EQ(octet.matches(text), pcre2.matches(text)) << pattern << " on '" << text << "'";
    }
  }
}

TEST(Regex, SetOperationsMeanWhatTheySay) {
  // PCRE2 lacks && and writes it as a look-ahead.
  Pattern octet(R"([\p{Lu}\p{Lo}\p{M}&&[^\p{Han}]]+)");
  Pcre2 pcre2(R"((?:(?=[^\p{Han}])[\p{Lu}\p{Lo}\p{M}])+)");
  Pattern nested(R"([a-z&&[^aeiou]&&[^x-z]]+)");
  Pcre2 plain("[b-df-hj-np-tv-w]+");
  Random random(8);
  for (int round = 0; round < 2000; ++round) {
    std::string text = random_text(random);
    ASSERT_EQ(octet.matches(text), pcre2.matches(text)) << text;
    ASSERT_EQ(nested.matches(text), plain.matches(text)) << text;
  }
}

// Of every code point that PCRE2's Unicode knows; 180E is no white space since Unicode 6.3.
TEST(Regex, CategoriesAgreeWithPcre2OnAllCodePoints) {
  OCTET_LONG_IF_SANITIZED();
  auto members = [](const auto& pattern, const std::string& text) {
    std::vector<bool> result(text.size());
    for (auto [begin, end] : pattern.matches(text)) std::fill(result.begin() + begin, result.begin() + end, true);
    return result;
  };
  // The planes in use, and the first and last blocks of the others.
  std::vector<std::string> blocks;
  std::vector<std::vector<bool>> unassigned;
  Pcre2 unknown(R"(\p{Cn})");
  for (char32_t block = 0; block < 0x110000; block += 0x1000) {
    char32_t in_plane = block & 0xFFFF;
    if (block >= 0x34000 && block != 0xE0000 && in_plane != 0 && in_plane != 0xF000) continue;
    std::string text;
    for (char32_t c = block; c < block + 0x1000; ++c)
      if (c < 0xD800 || c > 0xDFFF) utf8::append(text, c);
    unassigned.push_back(members(unknown, text));
    blocks.push_back(std::move(text));
  }
  for (const char* name :
       {"L",  "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N",  "Nd", "Nl", "No", "P",  "Pc",
        "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z",  "Zs", "Cc", "Cf", "Co"}) {
    std::string pattern = fmt::format("\\p{{{}}}", name);
    Pattern octet(pattern);
    Pcre2 pcre2(pattern);
    size_t different = 0;
    for (size_t b = 0; b < blocks.size(); ++b) {
      std::vector<bool> ours = members(octet, blocks[b]), theirs = members(pcre2, blocks[b]);
      for (size_t i = 0; i < ours.size(); ++i) different += !unassigned[b][i] && ours[i] != theirs[i];
    }
    // Six code points (eighteen bytes) changed their category between Unicode 14 and 16: none of a letter or a number.
    EXPECT_LE(different, 24u) << name;
  }
  Pattern white(R"(\s)");
  Pcre2 set(spaces);
  std::string text;
  for (char32_t c = 0; c < 0xD800; ++c) utf8::append(text, c);
  EXPECT_EQ(white.matches(text), set.matches(text));
}

TEST(Regex, RefusesByName) {
  auto message = [](const std::string& pattern) {
    std::shared_ptr<const Alphabet> alphabet;
    try {
      Regex::compile({pattern}, "here", alphabet);
    } catch (const Error& e) {
      return e.sentence();
    }
    return std::string("accepted");
  };
  EXPECT_NE(message(R"(a(?<=b))").find("look-behind"), std::string::npos);
  EXPECT_NE(message(R"(\bword)").find("\\b"), std::string::npos);
  EXPECT_NE(message(R"((?:ab)+)").find("repeats of a group"), std::string::npos);
  EXPECT_NE(message("^a").find("anchors"), std::string::npos);
  EXPECT_NE(message(R"(\p{Greek})").find("\\p{Greek}"), std::string::npos);
  EXPECT_NE(message("[[:alpha:]]").find("[:name:]"), std::string::npos);
  EXPECT_NE(message("(?i:straße)").find("beyond ASCII"), std::string::npos);
  EXPECT_NE(message("(?i:ss)").find("'ss'"), std::string::npos);
  EXPECT_NE(message("a*").find("can match nothing"), std::string::npos);
  EXPECT_NE(message("").find("can match nothing"), std::string::npos);
  for (const char* pattern : {"(",   ")",    "[",  "[]", "a{3,1}",      "a{99999}", "a**", "*",    "[b-a]",   "\\",
                              "\\p", "\\pL", "[a", "(?", "\\x{110000}", "\\xG0",    "a{",  "a{,}", "[a-\\d]", "\xFF"})
    EXPECT_NE(message(pattern), "accepted") << pattern;
  std::string deep(200, '(');
  EXPECT_NE(message(deep + "a" + std::string(200, ')')).find("nested"), std::string::npos);
}

TEST(Regex, EndsOnTextsThatBacktrackWithoutEnd) {
  Pattern pattern("a*a*a*a*a*a*a*a*b");
  EXPECT_THROW(pattern.matches(std::string(2000, 'a')), Error);
}

TEST(Splitter, Behaviours) {
  auto pieces = [](SplitBehavior behavior, bool inverted, const std::string& text) {
    Splitter splitter({{.pattern = "-", .behavior = behavior, .inverted = inverted}}, "test");
    std::vector<Splitter::Piece> found;
    splitter.split(text, found);
    std::vector<std::string> result;
    for (auto [begin, end] : found) result.push_back(text.substr(begin, end - begin));
    return result;
  };
  using Strings = std::vector<std::string>;
  std::string text = "the-final--countdown";  // the example of Hugging Face's documentation
  EXPECT_EQ(pieces(SplitBehavior::isolated, false, text), (Strings{"the", "-", "final", "-", "-", "countdown"}));
  EXPECT_EQ(pieces(SplitBehavior::removed, false, text), (Strings{"the", "final", "countdown"}));
  EXPECT_EQ(pieces(SplitBehavior::removed, true, text), (Strings{"-", "-", "-"}));
  EXPECT_EQ(pieces(SplitBehavior::contiguous, false, text), (Strings{"the", "-", "final", "--", "countdown"}));
  EXPECT_EQ(pieces(SplitBehavior::merged_with_previous, false, text), (Strings{"the-", "final-", "-", "countdown"}));
  EXPECT_EQ(pieces(SplitBehavior::merged_with_next, false, text), (Strings{"the", "-final", "-", "-countdown"}));
}

TEST(Splitter, LiteralPatternsMeanThemselves) {
  std::string text = R"(a.b*c\d[e]{f}(g)|h^i$j+k?-&l)";
  for (char c : std::string(R"(.*\[]{}()|^$+?-&)")) {
    Splitter splitter({{.pattern = escape_pattern(std::string(1, c))}}, "test");
    std::vector<Splitter::Piece> pieces;
    splitter.split(text, pieces);
    ASSERT_EQ(pieces.size(), 3u) << c;
    EXPECT_EQ(text.substr(pieces[1].begin, 1), std::string(1, c));
  }
}

}  // namespace
}  // namespace octet::text
