#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "octet/text/bpe/byte_alphabet.h"
#include "octet/text/grammar/ebnf.h"
#include "octet/text/grammar/regex_grammar.h"
#include "octet/text/grammar/testing_masks.h"
#include "octet/text/grammar/testing_matcher.h"

namespace octet::text {
namespace {

using namespace grammar_testing;

class TextMasks : public Masks {};

TEST_F(TextMasks, RegularExpressionsHoldForTheWholeAnswer) {
  for (const char* pattern : {"[a-z]+@[a-z]+\\.(com|org)", "(\\d{1,3}\\.){3}\\d{1,3}", "^yes|no$", "(a|b)*c{2,5}",
                              "\\w+( \\w+){0,3}[.!?]", "[^a-z]{3}", "x{0,300}y"}) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Random random(seed, 3);
      Walk walk = random_walk(RegexSpec{pattern}, random, 300);
      if (!walk.ended) continue;
      bool ascii = std::ranges::all_of(walk.text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
      EXPECT_TRUE(!ascii || std::regex_match(walk.text, std::regex(pattern))) << pattern << ": " << walk.text;
      EXPECT_TRUE(utf8::is_valid(walk.text));
    }
  }
  EXPECT_TRUE(accepts(RegexSpec{"x{0,300}y"}, std::string(300, 'x') + "y"));
  EXPECT_FALSE(accepts(RegexSpec{"x{0,300}y"}, std::string(301, 'x') + "y"));
  EXPECT_TRUE(accepts(RegexSpec{"x{200,}"}, std::string(200, 'x')));
  EXPECT_FALSE(accepts(RegexSpec{"x{200,}"}, std::string(199, 'x')));
}

// Random patterns over few letters against all short texts, read by octet's own matcher.
std::string random_pattern(Random& random, int depth) {
  std::string out;
  for (int64_t options = random.between(1, 3); options > 0; --options) {
    for (int64_t parts = random.between(1, 3); parts > 0; --parts) {
      out += depth > 0 && random.chance(0.4)
                 ? "(" + random_pattern(random, depth - 1) + ")"
                 : random.pick(std::vector<std::string>{"a", "b", "[ab]", "c", "ü", "[^a]", ""});
      bool countable = !out.empty() && out.back() != '|' && out.back() != '(';
      static const std::vector<std::string> counts = {"?", "*", "+", "{1,2}", "{0,2}", "{2}", "{2,}"};
      if (countable && random.chance(0.4) && std::string("?*+}").find(out.back()) == std::string::npos)
        out += random.pick(counts);
    }
    if (options > 1) out += "|";
  }
  return out;
}

TEST_F(TextMasks, MatchWhatPatternsMean) {
  for (uint64_t seed = 0; seed < 120; ++seed) {
    Random random(seed, 12);
    std::string pattern = random_pattern(random, 2);
    Rules rules;
    NodeId node = regex_grammar(rules, pattern, plain_alphabet(rules), RegexMatch::whole, "pattern").node;
    auto compiled = mini_compiler().compile(RegexSpec{pattern});
    for (int i = 0; i < 40; ++i) {
      std::string text;
      for (uint64_t length = random.below(7); length > 0; --length)
        text += random.pick(std::vector<std::string>{"a", "b", "c", "ü", "a", "b"});
      GrammarState state(compiled);
      bool accepted = std::ranges::all_of(mini_tokenizer().encode_ordinary(text),
                                          [&](int32_t token) { return state.accept(token); });
      accepted = accepted && state.accept(end_token);
      ASSERT_EQ(accepted, Matcher(rules, text).whole(node)) << pattern << " on '" << text << "'";
    }
  }
}

TEST_F(TextMasks, SetsHoldWholeCharactersOnly) {
  auto token_of = [](unsigned char byte) { return mini_tokenizer().token_id(byte_alphabet()[byte]); };
  for (const char* plain :
       {"[^a]", "[\\u{e000}-\\u{10ffff}]", "[\\u{80}-\\u{fffd}]", "[\\u{700}-\\u{900}]", "[\\u{ff00}-\\u{10010}]"}) {
    Rules rules;
    NodeId node = regex_grammar(rules, plain, plain_alphabet(rules), RegexMatch::whole, "pattern").node;
    auto compiled = mini_compiler().compile(RegexSpec{plain});
    Random random(2);
    for (int i = 0; i < 4000; ++i) {
      std::string text;  // one to four bytes, often a character and often nearly one
      utf8::append(text, random.pick(std::vector<char32_t>{0x41,   0x7F,    0x80,    0x6FF,   0x700,   0x7FF,   0x800,
                                                           0x900,  0x901,   0xD7FF,  0xE000,  0xFEFF,  0xFF00,  0xFFFD,
                                                           0xFFFF, 0x10000, 0x10010, 0x10011, 0x3FFFF, 0x10FFFF}));
      if (random.chance(0.7)) text[random.below(text.size())] = static_cast<char>(random.below(256));
      GrammarState state(compiled);
      bool accepted = true;
      for (char c : text) {
        auto token = token_of(static_cast<unsigned char>(c));
        accepted = accepted && token && state.accept(*token);
      }
      accepted = accepted && state.accept(end_token);
      ASSERT_EQ(accepted, Matcher(rules, text).whole(node)) << plain << " on " << printable(text);
    }
  }
}

TEST_F(TextMasks, ChoicesAreOneOfTheList) {
  std::vector<std::string> choices = {"yes", "yesterday", "no", "nö", "né", "a \"quoted\" one", "yes", ""};
  std::set<std::string> met;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed, 4);
    Walk walk = random_walk(ChoiceSpec{choices}, random);
    ASSERT_TRUE(walk.ended);
    EXPECT_NE(std::ranges::find(choices, walk.text), choices.end()) << walk.text;
    met.insert(walk.text);
  }
  EXPECT_EQ(met.size(), 7u);
}

TEST_F(TextMasks, GrammarsOfUsers) {
  EbnfSpec spec{R"ebnf(
# sums with parentheses
root ::= term (" + " term)* "\n"?
term ::= number | "(" root ")"   # recursive
number ::= "0" | [1-9] [0-9]{0,3}
)ebnf"};
  EXPECT_TRUE(accepts(spec, "1 + (20 + 3) + 0"));
  EXPECT_TRUE(accepts(spec, "7\n"));
  EXPECT_FALSE(accepts(spec, "1 + "));
  EXPECT_FALSE(accepts(spec, "12345"));
  EXPECT_FALSE(accepts(spec, "01"));
  EbnfSpec left{"root ::= root \"a\" | \"b\""};
  EXPECT_TRUE(accepts(left, "baaa"));
  EXPECT_FALSE(accepts(left, "aab"));
  EbnfSpec bytes{"root ::= [\\x41-\\x43] . [^\\n] \"\\u00e9\\\"\""};
  EXPECT_TRUE(accepts(bytes, "B\xF0\x9F\x98\x80zé\""));
  EXPECT_FALSE(accepts(bytes, "Dxyé\""));
}

// Random grammars of a few rules, which may refer to each other and to themselves anywhere.
std::string random_part(Random& random, int depth) {
  std::string part =
      depth > 0 && random.chance(0.35)
          ? "(" + random_part(random, depth - 1) + " | " + random_part(random, depth - 1) + ")"
          : random.pick(std::vector<std::string>{"\"a\"", "\"b\"", "[ab]", "\"ab\"", "root", "x", "y", "\"\""});
  if (random.chance(0.3)) part += random.pick(std::vector<std::string>{"?", "*", "+", "{1,2}", "{0,3}", "{2,}"});
  return random.chance(0.5) ? part : part + " " + random.pick(std::vector<std::string>{"\"a\"", "\"b\"", "x", "y"});
}

TEST_F(TextMasks, MatchWhatGrammarsMean) {
  int compared = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed, 13);
    std::string text = fmt::format("root ::= {}\nx ::= {} | \"a\"\ny ::= {}\n", random_part(random, 2),
                                   random_part(random, 2), random_part(random, 1));
    Rules rules;
    rules.set_root(add_ebnf(rules, text, "grammar"));
    std::shared_ptr<const CompiledGrammar> compiled;
    try {
      compiled = mini_compiler().compile(EbnfSpec{text});
    } catch (const Error&) {
      continue;  // matches nothing, or too many counts
    }
    for (int i = 0; i < 30; ++i) {
      std::string answer;
      for (uint64_t length = random.below(6); length > 0; --length) answer += random.chance(0.5) ? "a" : "b";
      GrammarState state(compiled);
      bool accepted = std::ranges::all_of(mini_tokenizer().encode_ordinary(answer),
                                          [&](int32_t token) { return state.accept(token); });
      accepted = accepted && state.accept(end_token);
      ASSERT_EQ(accepted, derives(rules, answer)) << text << "on '" << answer << "'";
      ++compared;
    }
  }
  EXPECT_GT(compared, 3000);
}

}  // namespace
}  // namespace octet::text
