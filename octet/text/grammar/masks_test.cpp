#include <gtest/gtest.h>

#include "octet/text/grammar/testing_masks.h"
#include "octet/text/grammar/testing_schema.h"

namespace octet::text {
namespace {

using namespace grammar_testing;

class SchemaMasks : public Masks {};

TEST_F(SchemaMasks, RandomWalksThroughBoundedSchemasEndInValidAnswers) {
  size_t tokens = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    Json schema = SchemaMaker(random).document();
    Walk walk = random_walk(JsonSchemaSpec{dump(schema)}, random);
    ASSERT_TRUE(walk.ended) << dump(schema) << "\n" << walk.text;
    Json answer = parse_json(walk.text, "answer");
    EXPECT_TRUE(is_valid(answer, schema, schema)) << dump(schema) << "\n" << walk.text;
    tokens += walk.tokens.size();
  }
  EXPECT_GT(tokens, 500u * 5);
}

TEST_F(SchemaMasks, AllowExactlyTheTokensThatAreAccepted) {
  for (uint64_t seed = 1000; seed < 1012; ++seed) {
    Random random(seed);
    Json schema = SchemaMaker(random).document();
    GrammarState state(mini_compiler().compile(JsonSchemaSpec{dump(schema)}));
    std::string text;
    for (int step = 0; step < 25; ++step) {
      Mask mask = mask_of(state);
      for (int32_t token = 0; token < padded_vocab; ++token) {
        bool accepted = state.accept(token);
        ASSERT_EQ(mask[token], accepted) << token << " '" << mini_tokenizer().bytes_of(token) << "' after " << text
                                         << "\n"
                                         << dump(schema);
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

TEST_F(SchemaMasks, RollbackIsNeverHavingGone) {
  Json schema =
      parse_json(R"({"type": "object", "properties": {"a": {"type": "string", "maxLength": 50}, "b": {"type": "array",
      "items": {"type": "integer", "minimum": 0, "maximum": 999}, "maxItems": 200}}, "required": ["a", "b"]})",
                 "schema");
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

TEST_F(SchemaMasks, LongStringsAreCountedToo) {
  for (int64_t most : {64, 65, 300}) {
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
      EXPECT_TRUE(is_valid(answer, schema, schema)) << walk.text;
    }
  }
}

TEST_F(SchemaMasks, SchemasAcceptTheStylesOfWriters) {
  Json schema = parse_json(
      R"({"type": "object", "properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {"enum":
      ["a", "b"]}}, "n": {"type": "number"}, "more": {"type": "object"}}, "required": ["name"], "additionalProperties": true})",
      "schema");
  JsonSchemaSpec spec{dump(schema)};
  Json answer = {
      {"name", "J\"ö\n"}, {"tags", {"a", "b", "a"}}, {"n", -1.5e-7}, {"more", {{"x", {1, {2}}}}}, {"other", nullptr}};
  EXPECT_TRUE(accepts(spec, answer.dump()));
  EXPECT_TRUE(accepts(spec, answer.dump(2)));
  EXPECT_TRUE(accepts(spec, answer.dump(4)));
  EXPECT_TRUE(accepts(spec, R"({"name": "x", "tags": ["a", "b"], "other": {"name": 1}})"));
  EXPECT_FALSE(accepts(spec, R"({"name": "x", "name": "y"})"));
  EXPECT_FALSE(accepts(spec, R"({"tags": ["a"]})"));
  EXPECT_FALSE(accepts(spec, R"({"name": "tab	inside"})"));
}

TEST_F(SchemaMasks, JsonObjectsOfAnyShape) {
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

TEST_F(SchemaMasks, AddedAndPaddingTokensAreNeverAllowed) {
  for (const GrammarSpec& spec :
       {GrammarSpec(RegexSpec{"[\\s\\S]*"}), GrammarSpec(EbnfSpec{"root ::= .*"}), GrammarSpec(JsonObjectSpec{})}) {
    GrammarState state(mini_compiler().compile(spec));
    Random random(8);
    for (int step = 0; step < 20; ++step) {
      std::vector<int32_t> allowed = mask_of(state).allowed();
      for (int32_t token : allowed)
        EXPECT_TRUE(token == end_token || (token < mini_tokenizer().vocab_size() && !mini_tokenizer().is_added(token)))
            << token;
      std::erase(allowed, end_token);
      if (allowed.empty()) break;
      ASSERT_TRUE(state.accept(random.pick(allowed)));
    }
    EXPECT_FALSE(state.accept(-1));
    EXPECT_FALSE(state.accept(padded_vocab));
    EXPECT_FALSE(state.accept(padded_vocab - 1));
  }
}

TEST_F(SchemaMasks, AfterTheEndOnlyTheEnd) {
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

}  // namespace
}  // namespace octet::text
