#include "octet/text/grammar/grammar.h"

#include <gtest/gtest.h>

#include <regex>
#include <thread>

#include "octet/base/random.h"
#include "octet/base/utf8.h"
#include "octet/text/bpe/byte_alphabet.h"
#include "octet/text/grammar/regex_grammar.h"
#include "octet/text/grammar/testing.h"
#include "octet/text/reply/markup.h"
#include "octet/text/reply/reply.h"

namespace octet::text {
namespace {

constexpr int64_t padded_vocab = 2080;  // models pad theirs beyond the tokenizer's
constexpr int32_t end_token = 1;

const Tokenizer& mini_tokenizer() {
  static const Tokenizer tokenizer = Tokenizer::load(fs::path(OCTET_SOURCE_DIR) / "models/octet-mini");
  return tokenizer;
}

GrammarCompiler& mini_compiler() {
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

Mask mask_of(GrammarState& state) {
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
Walk random_walk(const GrammarSpec& spec, Random& random, size_t most = 4000) {
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

bool accepts_all(const GrammarSpec& spec, const std::vector<int32_t>& tokens) {
  GrammarState state(mini_compiler().compile(spec));
  for (int32_t token : tokens)
    if (!mask_of(state)[token] || !state.accept(token)) return false;
  return mask_of(state)[end_token] && state.accept(end_token);
}

bool accepts(const GrammarSpec& spec, const std::string& text) { return accepts_all(spec, mini_tokenizer().encode_ordinary(text)); }

class Masks : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_token_masks()) GTEST_SKIP() << "built without XGrammar";
  }
};

TEST_F(Masks, RandomWalksThroughBoundedSchemasEndInValidAnswers) {
  size_t tokens = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    Json schema = testing::SchemaMaker(random).document();
    Walk walk = random_walk(JsonSchemaSpec{dump(schema)}, random);
    ASSERT_TRUE(walk.ended) << dump(schema) << "\n" << walk.text;
    Json answer = parse_json(walk.text, "answer");
    EXPECT_TRUE(testing::is_valid(answer, schema, schema)) << dump(schema) << "\n" << walk.text;
    tokens += walk.tokens.size();
  }
  EXPECT_GT(tokens, 500u * 5);
}

TEST_F(Masks, AllowExactlyTheTokensThatAreAccepted) {
  for (uint64_t seed = 1000; seed < 1012; ++seed) {
    Random random(seed);
    Json schema = testing::SchemaMaker(random).document();
    GrammarState state(mini_compiler().compile(JsonSchemaSpec{dump(schema)}));
    std::string text;
    for (int step = 0; step < 25; ++step) {
      Mask mask = mask_of(state);
      for (int32_t token = 0; token < padded_vocab; ++token) {
        bool accepted = state.accept(token);
        ASSERT_EQ(mask[token], accepted) << token << " '" << mini_tokenizer().bytes_of(token) << "' after " << text << "\n" << dump(schema);
        if (accepted) state.rollback(1);
      }
      ASSERT_EQ(mask_of(state).words, mask.words);
      int32_t token = random.pick(mask.allowed());
      if (token == end_token) break;
      ASSERT_TRUE(state.accept(token));
      text += mini_tokenizer().bytes_of(token);
    }
  }
}

TEST_F(Masks, RollbackIsNeverHavingGone) {
  Json schema = parse_json(R"({"type": "object", "properties": {"a": {"type": "string", "maxLength": 50}, "b": {"type": "array",
      "items": {"type": "integer", "minimum": 0, "maximum": 999}, "maxItems": 200}}, "required": ["a", "b"]})", "schema");
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed, 5);
    GrammarState straight(mini_compiler().compile(JsonSchemaSpec{dump(schema)}));
    GrammarState wandering(mini_compiler().compile(JsonSchemaSpec{dump(schema)}));
    for (int step = 0; step < 40; ++step) {
      int64_t astray = random.between(0, 4), gone = 0;
      for (; gone < astray; ++gone) {
        int32_t token = random.pick(mask_of(wandering).allowed());
        ASSERT_TRUE(wandering.accept(token));
        if (token != end_token) continue;
        ++gone;
        break;
      }
      wandering.rollback(gone);
      Mask mask = mask_of(straight);
      ASSERT_EQ(mask_of(wandering).words, mask.words);
      ASSERT_EQ(wandering.complete(), straight.complete());
      int32_t token = random.pick(mask.allowed());
      ASSERT_TRUE(straight.accept(token));
      ASSERT_TRUE(wandering.accept(token));
      if (token == end_token) break;
    }
  }
}

TEST_F(Masks, LongStringsAreCountedToo) {
  for (int64_t most : {40, 70, 300}) {
    Json schema = {{"type", "string"}, {"minLength", 35}, {"maxLength", most}};
    JsonSchemaSpec spec{dump(schema)};
    EXPECT_TRUE(accepts(spec, '"' + std::string(static_cast<size_t>(most), 'x') + '"'));
    EXPECT_FALSE(accepts(spec, '"' + std::string(static_cast<size_t>(most) + 1, 'x') + '"'));
    EXPECT_TRUE(accepts(spec, '"' + std::string(35, 'x') + '"'));
    EXPECT_FALSE(accepts(spec, '"' + std::string(34, 'x') + '"'));
    std::string umlauts;
    for (int64_t i = 0; i < most; ++i) umlauts += "ü";
    EXPECT_TRUE(accepts(spec, '"' + umlauts + '"'));
    EXPECT_FALSE(accepts(spec, '"' + umlauts + "ü\""));
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Random random(seed, static_cast<uint64_t>(most));
      Walk walk = random_walk(spec, random);
      ASSERT_TRUE(walk.ended);
      Json answer = parse_json(walk.text, "answer");
      EXPECT_TRUE(testing::is_valid(answer, schema, schema)) << walk.text;
    }
  }
}

TEST_F(Masks, SchemasAcceptTheStylesOfWriters) {
  Json schema = parse_json(R"({"type": "object", "properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {"enum":
      ["a", "b"]}}, "n": {"type": "number"}, "more": {"type": "object"}}, "required": ["name"], "additionalProperties": true})", "schema");
  JsonSchemaSpec spec{dump(schema)};
  Json answer = {{"name", "J\"ö\n"}, {"tags", {"a", "b", "a"}}, {"n", -1.5e-7}, {"more", {{"x", {1, {2}}}}}, {"other", nullptr}};
  EXPECT_TRUE(accepts(spec, answer.dump()));
  EXPECT_TRUE(accepts(spec, answer.dump(2)));
  EXPECT_TRUE(accepts(spec, answer.dump(4)));
  EXPECT_TRUE(accepts(spec, R"({"name": "x", "tags": ["a", "b"], "other": {"name": 1}})"));
  EXPECT_FALSE(accepts(spec, R"({"name": "x", "name": "y"})"));
  EXPECT_FALSE(accepts(spec, R"({"tags": ["a"]})"));
  EXPECT_FALSE(accepts(spec, R"({"name": "tab	inside"})"));
}

TEST_F(Masks, JsonObjectsOfAnyShape) {
  EXPECT_TRUE(accepts(JsonObjectSpec{}, R"({"a": [1, "x", {"b": null}], "c": {}})"));
  EXPECT_TRUE(accepts(JsonObjectSpec{}, "{}"));
  EXPECT_FALSE(accepts(JsonObjectSpec{}, "[1]"));
  EXPECT_FALSE(accepts(JsonObjectSpec{}, R"({"a": 01})"));
  int ended = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed, 9);
    Walk walk = random_walk(JsonObjectSpec{}, random, 150);
    if (!walk.ended) continue;
    ++ended;
    EXPECT_TRUE(parse_json(walk.text, "answer").is_object()) << walk.text;
  }
  EXPECT_GT(ended, 5);
}

TEST_F(Masks, RegularExpressionsHoldForTheWholeAnswer) {
  for (const char* pattern : {"[a-z]+@[a-z]+\\.(com|org)", "(\\d{1,3}\\.){3}\\d{1,3}", "^yes|no$", "(a|b)*c{2,5}", "\\w+( \\w+){0,3}[.!?]",
                              "[^a-z]{3}", "x{0,300}y"}) {
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
      out += depth > 0 && random.chance(0.4) ? "(" + random_pattern(random, depth - 1) + ")"
                                             : random.pick(std::vector<std::string>{"a", "b", "[ab]", "c", "ü", "[^a]", ""});
      bool countable = !out.empty() && out.back() != '|' && out.back() != '(';
      static const std::vector<std::string> counts = {"?", "*", "+", "{1,2}", "{0,2}", "{2}", "{2,}"};
      if (countable && random.chance(0.4) && std::string("?*+}").find(out.back()) == std::string::npos) out += random.pick(counts);
    }
    if (options > 1) out += "|";
  }
  return out;
}

TEST_F(Masks, MatchWhatPatternsMean) {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed, 12);
    std::string pattern = random_pattern(random, 2);
    Rules rules;
    NodeId node = regex_grammar(rules, pattern, plain_alphabet(rules), RegexMatch::whole, "pattern").node;
    auto compiled = mini_compiler().compile(RegexSpec{pattern});
    for (int i = 0; i < 60; ++i) {
      std::string text;
      for (uint64_t length = random.below(7); length > 0; --length)
        text += random.pick(std::vector<std::string>{"a", "b", "c", "ü", "a", "b"});
      GrammarState state(compiled);
      bool accepted = std::ranges::all_of(mini_tokenizer().encode_ordinary(text), [&](int32_t token) { return state.accept(token); });
      accepted = accepted && state.accept(end_token);
      ASSERT_EQ(accepted, testing::Matcher(rules, text).whole(node)) << pattern << " on '" << text << "'";
    }
  }
}

TEST_F(Masks, SetsHoldWholeCharactersOnly) {
  auto token_of = [](unsigned char byte) { return mini_tokenizer().token_id(byte_alphabet()[byte]); };
  for (const char* plain : {"[^a]", "[\\u{e000}-\\u{10ffff}]", "[\\u{80}-\\u{fffd}]", "[\\u{700}-\\u{900}]", "[\\u{ff00}-\\u{10010}]"}) {
    Rules rules;
    NodeId node = regex_grammar(rules, plain, plain_alphabet(rules), RegexMatch::whole, "pattern").node;
    auto compiled = mini_compiler().compile(RegexSpec{plain});
    Random random(2);
    for (int i = 0; i < 4000; ++i) {
      std::string text;  // one to four bytes, often a character and often nearly one
      utf8::append(text, random.pick(std::vector<char32_t>{0x41, 0x7F, 0x80, 0x6FF, 0x700, 0x7FF, 0x800, 0x900, 0x901, 0xD7FF, 0xE000,
                                                           0xFEFF, 0xFF00, 0xFFFD, 0xFFFF, 0x10000, 0x10010, 0x10011, 0x3FFFF, 0x10FFFF}));
      if (random.chance(0.7)) text[random.below(text.size())] = static_cast<char>(random.below(256));
      GrammarState state(compiled);
      bool accepted = true;
      for (char c : text) {
        auto token = token_of(static_cast<unsigned char>(c));
        accepted = accepted && token && state.accept(*token);
      }
      accepted = accepted && state.accept(end_token);
      ASSERT_EQ(accepted, testing::Matcher(rules, text).whole(node)) << plain << " on " << printable(text);
    }
  }
}

TEST_F(Masks, ChoicesAreOneOfTheList) {
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

TEST_F(Masks, GrammarsOfUsers) {
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

// What the reply parser reads from an answer.
struct Calls {
  std::string content;
  std::vector<std::pair<std::string, std::string>> calls;  // name, arguments
};
Calls read_calls(const std::string& text, ToolMarkup markup) {
  Reply reply({.thinking = Thinking::none, .tools = markup});
  std::vector<ReplyEvent> events = reply.push(text);
  for (ReplyEvent& event : reply.finish()) events.push_back(std::move(event));
  Calls out;
  for (const ReplyEvent& event : events) {
    if (event.kind == ReplyEvent::Kind::content) out.content += event.text;
    if (event.kind == ReplyEvent::Kind::call_start) out.calls.emplace_back(event.text, "");
    if (event.kind == ReplyEvent::Kind::call_arguments) out.calls.back().second += event.text;
  }
  return out;
}

const Json& weather_parameters() {
  static const Json parameters = parse_json(R"({"type": "object", "properties": {"city": {"type": "string", "maxLength": 12},
      "days": {"type": "integer", "minimum": 1, "maximum": 14}}, "required": ["city"], "additionalProperties": false})", "parameters");
  return parameters;
}

TEST_F(Masks, ToolCallsAreReadBackByTheReplyParser) {
  for (ToolForm form : {ToolForm::deepseek_fenced, ToolForm::deepseek_plain, ToolForm::kimi}) {
    ToolCallsSpec spec{.form = form, .functions = {{"get_weather", weather_parameters()}, {"now", nullptr}}, .most_calls = 3};
    ToolMarkup markup = form == ToolForm::kimi ? ToolMarkup::kimi : ToolMarkup::deepseek;
    for (uint64_t seed = 0; seed < 40; ++seed) {
      Random random(seed, 6);
      Walk walk = random_walk(spec, random);
      ASSERT_TRUE(walk.ended);
      Calls calls = read_calls(walk.text, markup);
      EXPECT_EQ(calls.content, "");
      ASSERT_GE(calls.calls.size(), 1u) << walk.text;
      ASSERT_LE(calls.calls.size(), 3u);
      for (const auto& [name, arguments] : calls.calls) {
        Json value = parse_json(arguments, "arguments");
        if (name == "now")
          EXPECT_EQ(value, Json::object());
        else
          EXPECT_TRUE(name == "get_weather" && testing::is_valid(value, weather_parameters(), weather_parameters())) << walk.text;
      }
    }
  }
}

TEST_F(Masks, MarksAreTokensAndStandOnlyWhereTheyBelong) {
  ToolCallsSpec required{.functions = {{"get_weather", weather_parameters()}}, .most_calls = 1};
  int32_t begin = *mini_tokenizer().token_id(deepseek_marks.calls_begin);
  GrammarState state(mini_compiler().compile(required));
  EXPECT_EQ(mask_of(state).allowed(), std::vector<int32_t>{begin});
  // In the form that tools.h describes, as the tokenizer cuts it.
  std::string answer = std::string(deepseek_marks.calls_begin) + std::string(deepseek_marks.call_begin) + "function" +
                       std::string(deepseek_marks.separator) + "get_weather\n```json\n{\"city\": \"Paris\"}\n```" +
                       std::string(deepseek_marks.call_end) + std::string(deepseek_marks.calls_end);
  EXPECT_TRUE(accepts_all(required, mini_tokenizer().encode(answer)));
  ToolCallsSpec free = required;
  free.least_calls = 0;
  EXPECT_TRUE(accepts_all(free, mini_tokenizer().encode("Let me look: a < b.\n\n" + answer)));
  EXPECT_TRUE(accepts(free, "No call is needed."));
  EXPECT_FALSE(accepts_all(required, mini_tokenizer().encode("Hm. " + answer)));
  EXPECT_FALSE(accepts_all(free, mini_tokenizer().encode(answer + answer)));
}

TEST_F(Masks, AddedAndPaddingTokensAreNeverAllowed) {
  for (const GrammarSpec& spec : {GrammarSpec(RegexSpec{"[\\s\\S]*"}), GrammarSpec(EbnfSpec{"root ::= .*"}), GrammarSpec(JsonObjectSpec{})}) {
    GrammarState state(mini_compiler().compile(spec));
    Random random(8);
    for (int step = 0; step < 20; ++step) {
      std::vector<int32_t> allowed = mask_of(state).allowed();
      for (int32_t token : allowed)
        EXPECT_TRUE(token == end_token || (token < mini_tokenizer().vocab_size() && !mini_tokenizer().is_added(token))) << token;
      std::erase(allowed, end_token);
      if (allowed.empty()) break;
      ASSERT_TRUE(state.accept(random.pick(allowed)));
    }
    EXPECT_FALSE(state.accept(-1));
    EXPECT_FALSE(state.accept(padded_vocab));
    EXPECT_FALSE(state.accept(padded_vocab - 1));
  }
}

TEST_F(Masks, AfterTheEndOnlyTheEnd) {
  GrammarState state(mini_compiler().compile(ChoiceSpec{{"a"}}));
  EXPECT_FALSE(state.complete());
  EXPECT_FALSE(state.accept(end_token));
  ASSERT_TRUE(state.accept(mini_tokenizer().encode_ordinary("a")[0]));
  EXPECT_TRUE(state.complete());
  ASSERT_TRUE(state.accept(end_token));
  EXPECT_TRUE(state.complete());
  EXPECT_EQ(mask_of(state).allowed(), std::vector<int32_t>{end_token});
  EXPECT_FALSE(state.accept(end_token));
  state.rollback(2);
  EXPECT_FALSE(state.complete());
  EXPECT_THROW(state.rollback(1), Bug);
}

TEST_F(Masks, CompiledGrammarsAreKeptAndBounded) {
  GrammarCompiler compiler(mini_tokenizer(), {end_token}, padded_vocab, 64 << 10);
  auto first = compiler.compile(RegexSpec{"a+"});
  EXPECT_EQ(compiler.compile(RegexSpec{"a+"}), first);
  EXPECT_NE(compiler.compile(ChoiceSpec{{"a+"}}), first);
  for (int i = 0; i < 100; ++i) compiler.compile(RegexSpec{fmt::format("x{}[a-z]{{1,9}}", i)});
  EXPECT_NE(compiler.compile(RegexSpec{"a+"}), first);
  GrammarState state(first);  // outlives the cache
  EXPECT_FALSE(mask_of(state).allowed().empty());
}

TEST_F(Masks, AnyNumberOfThreadsCompile) {
  GrammarCompiler compiler(mini_tokenizer(), {end_token}, padded_vocab);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&compiler, t] {
      for (int i = 0; i < 15; ++i) {
        Json schema = {{"type", "object"}, {"properties", {{fmt::format("p{}", (i + t) % 7), {{"type", "string"}, {"maxLength", 5 + i}}}}}};
        GrammarState state(compiler.compile(JsonSchemaSpec{dump(schema)}));
        EXPECT_FALSE(mask_of(state).allowed().empty());
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Masks, AmbiguousGrammarsAreGivenUp) {
  GrammarState state(mini_compiler().compile(EbnfSpec{"root ::= (x | y | z)*\nx ::= [a-z]+\ny ::= [a-m]+\nz ::= x y | y x\n"}));
  Random random(1);
  EXPECT_THROW(
      {
        for (int step = 0; step < 4000; ++step) {
          std::vector<int32_t> allowed = mask_of(state).allowed();
          std::erase(allowed, end_token);
          ASSERT_TRUE(state.accept(random.pick(allowed)));
        }
      },
      Error);
}

TEST(MasksAbsent, AreRefusedByName) {
  if (has_token_masks()) GTEST_SKIP() << "built with XGrammar";
  try {
    mini_compiler().compile(JsonObjectSpec{});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_NE(error.sentence().find("XGrammar"), std::string::npos);
  }
}

}  // namespace
}  // namespace octet::text
