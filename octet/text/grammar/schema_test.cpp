#include "octet/text/grammar/schema.h"

#include <gtest/gtest.h>

#include "octet/text/grammar/testing_rules.h"
#include "octet/text/grammar/testing_schema.h"

namespace octet::text {
namespace {

using namespace grammar_testing;

TEST(Schema, AnnotationsSayNothing) {
  EXPECT_TRUE(allows(
      R"({"$schema": "x", "$id": "y", "title": "t", "description": "d", "default": 3, "examples": [1], "deprecated": true,
      "x-order": 1, "type": "integer"})",
      "42"));
}

TEST(Schema, MembersStandInOrderWithCommasBetween) {
  const char* schema =
      R"({"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}, "c": {"type": "null"}},
      "required": ["b"]})";
  EXPECT_TRUE(allows(schema, R"({"b":null})"));
  EXPECT_TRUE(allows(schema, R"({"a": null, "b": null, "c": null})"));
  EXPECT_TRUE(allows(schema, "{\n  \"b\": null,\n  \"c\": null\n}"));
  for (const char* wrong : {R"({})", R"({"a":null})", R"({"b":null,})", R"({,"b":null})", R"({"b":null,"a":null})",
                            R"({"b":null "c":null})", R"({"b":null,"d":null})", R"({"b":null,"b":null})"})
    EXPECT_FALSE(allows(schema, wrong)) << wrong;
}

TEST(Schema, OtherMembersHaveOtherNames) {
  const char* schema =
      R"({"type": "object", "properties": {"ab": {"type": "null"}, "abc": {"type": "null"}, "x\"": {"type": "null"}},
      "additionalProperties": {"type": "boolean"}})";
  EXPECT_TRUE(allows(schema, R"({"a":true,"abcd":false,"":true,"b":true})"));
  EXPECT_TRUE(allows(schema, R"({"ab":null,"x\"":null,"é":true})"));
  for (const char* wrong :
       {R"({"ab":true})", R"({"abc":true})", R"({"a\u0062":true})", R"({"z":null})", R"({"z":true,"ab":null})"})
    EXPECT_FALSE(allows(schema, wrong)) << wrong;
  EXPECT_TRUE(allows(R"({"required": ["n"], "additionalProperties": {"type": "integer"}})", R"({"n":1,"m":2})"));
  EXPECT_FALSE(allows(R"({"required": ["n"], "additionalProperties": {"type": "integer"}})", R"({"m":2})"));
  EXPECT_TRUE(allows(R"({"type": "object"})", R"({"any":[{}]})"));
  EXPECT_FALSE(allows(R"({"type": "object", "properties": {}})", R"({"any":1})"));
}

TEST(Schema, ListsHaveTheirLengths) {
  const char* pair =
      R"({"type": "array", "prefixItems": [{"type": "null"}, {"type": "boolean"}], "items": {"type": "integer"},
      "minItems": 1, "maxItems": 4})";
  for (const char* right : {"[null]", "[null,true]", "[null, true, 1, 2]"}) EXPECT_TRUE(allows(pair, right)) << right;
  for (const char* wrong : {"[]", "[true]", "[null,1]", "[null,true,1,2,3]", "[null,]"})
    EXPECT_FALSE(allows(pair, wrong)) << wrong;
  for (int count = 0; count < 7; ++count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += i == 0 ? "1" : ",1";
    EXPECT_EQ(
        allows(R"({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 5})", "[" + list + "]"),
        count >= 2 && count <= 5);
    EXPECT_EQ(allows(R"({"type": "array", "items": {"type": "integer"}, "maxItems": 0})", "[" + list + "]"),
              count == 0);
  }
}

TEST(Schema, StringsAndTheirEscapes) {
  const char* three = R"({"type": "string", "minLength": 1, "maxLength": 3})";
  for (const char* right : {R"("a")", R"("\n\"\\")", R"("é中😀")", R"("\u00e9")", R"("\ud83d\ude00xy")", R"("\/")"})
    EXPECT_TRUE(allows(three, right)) << right;
  for (const char* wrong : {R"("")", R"("abcd")", R"("\ud83d")", R"("\ude00")", R"("\x")", "\"\t\"", "\"\x01\"", R"(")",
                            R"("a)", "\"\xC3\""})
    EXPECT_FALSE(allows(three, wrong)) << wrong;
  // Patterns are looked for anywhere, and what JSON must escape stands escaped.
  const char* pattern = R"({"type": "string", "pattern": "b\"[\\\\\n]"})";
  EXPECT_TRUE(allows(pattern, R"("xxb\"\\yy")"));
  EXPECT_TRUE(allows(pattern, R"("b\"\n")"));
  EXPECT_FALSE(allows(pattern, R"("b\"x")"));
  EXPECT_TRUE(allows(R"({"type": "string", "pattern": "^a|b$"})", R"("abc")"));
  EXPECT_TRUE(allows(R"({"type": "string", "pattern": "^a|b$"})", R"("cab")"));
  EXPECT_FALSE(allows(R"({"type": "string", "pattern": "^a|b$"})", R"("bac")"));
  EXPECT_TRUE(
      allows(R"({"type": "string", "pattern": "^[A-Z]{2}\\d{3}$", "maxLength": 5, "minLength": 5})", R"("AB123")"));
}

TEST(Schema, FormatsHoldWhatTheySay) {
  auto fits = [](const char* format, const std::string& text) {
    return allows(fmt::format(R"({{"type": "string", "format": "{}"}})", format).c_str(), '"' + text + '"');
  };
  for (auto [format, text] :
       std::vector<std::pair<const char*, const char*>>{{"date", "2024-02-29"},
                                                        {"date", "2000-02-29"},
                                                        {"date", "1999-12-31"},
                                                        {"time", "23:59:59Z"},
                                                        {"time", "00:00:00.5+01:30"},
                                                        {"date-time", "2024-01-31T12:00:00Z"},
                                                        {"duration", "P3DT4H"},
                                                        {"email", "a.b+c@example.org"},
                                                        {"hostname", "a-1.example.com"},
                                                        {"ipv4", "255.0.10.199"},
                                                        {"ipv6", "::1"},
                                                        {"ipv6", "1:2:3:4:5:6:7:abcd"},
                                                        {"ipv6", "fe80::1:2"},
                                                        {"uuid", "123e4567-e89b-12d3-a456-426614174000"},
                                                        {"uri", "https://example.org:80/a/b?x=1#y"}})
    EXPECT_TRUE(fits(format, text)) << format << " " << text;
  for (auto [format, text] : std::vector<std::pair<const char*, const char*>>{{"date", "2023-02-29"},
                                                                              {"date", "1900-02-29"},
                                                                              {"date", "2024-04-31"},
                                                                              {"date", "0000-01-01"},
                                                                              {"date", "2024-13-01"},
                                                                              {"time", "24:00:00Z"},
                                                                              {"time", "12:00:00"},
                                                                              {"date-time", "2024-01-31 12:00:00Z"},
                                                                              {"duration", "P"},
                                                                              {"duration", "PT"},
                                                                              {"email", "a@b"},
                                                                              {"email", ".a@b.c"},
                                                                              {"hostname", "-a.com"},
                                                                              {"ipv4", "256.1.1.1"},
                                                                              {"ipv4", "01.1.1.1"},
                                                                              {"ipv6", "1:2"},
                                                                              {"ipv6", "1::2::3"},
                                                                              {"uuid", "123e4567"},
                                                                              {"uri", "no"}})
    EXPECT_FALSE(fits(format, text)) << format << " " << text;
}

TEST(Schema, OneOfIsExact) {
  const char* schema =
      R"({"oneOf": [{"type": "object", "properties": {"kind": {"const": "a"}, "x": {"type": "null"}}, "required": ["kind"]},
      {"$ref": "#/$defs/b"}, {"type": "integer"}, {"enum": ["p", "q"]}], "$defs": {"b": {"type": "object", "properties": {"kind": {"enum": ["b", "c"]}},
      "required": ["kind"]}}})";
  for (const char* right : {R"({"kind":"a","x":null})", R"({"kind":"c"})", "3", R"("q")"})
    EXPECT_TRUE(allows(schema, right)) << right;
  for (const char* wrong : {R"({"kind":"b","x":null})", R"({})", R"("r")", "true"})
    EXPECT_FALSE(allows(schema, wrong)) << wrong;
}

TEST(Schema, ReferencesMayBeRecursive) {
  const char* tree =
      R"({"$ref": "#/$defs/no~1de", "$defs": {"no/de": {"type": "object", "properties": {"v": {"type": "integer"}, "left": {"$ref":
      "#/$defs/no~1de"}}, "required": ["v"]}}})";
  EXPECT_TRUE(allows(tree, R"({"v":1,"left":{"v":2,"left":{"v":3}}})"));
  EXPECT_FALSE(allows(tree, R"({"v":1,"left":{}})"));
  EXPECT_TRUE(allows(R"({"type": "array", "items": {"$ref": "#"}})", "[[],[[]]]"));
}

TEST(Schema, ListedValuesOfTheirTypes) {
  const char* schema = R"({"type": ["string", "integer"], "enum": ["a\n", 3, 3.5, null, "b"]})";
  for (const char* right : {R"("a\n")", R"("b")", "3"}) EXPECT_TRUE(allows(schema, right)) << right;
  for (const char* wrong : {"3.5", "null", "\"a\n\"", "4"}) EXPECT_FALSE(allows(schema, wrong)) << wrong;
  EXPECT_TRUE(allows(R"({"const": {"a": [1, {"b": ""}], "c": {}}})", R"({"a": [1, {"b": ""}], "c": {}})"));
}

// Bounded random schemas, and texts that a writer of JSON makes of random values for them.
TEST(Schema, AgreesWithAValidator) {
  int valid = 0, invalid = 0;
  for (uint64_t seed = 0; seed < 150; ++seed) {
    Random random(seed, 7);
    Json schema = SchemaMaker(random).document();
    Rules rules = rules_of(schema);
    for (int i = 0; i < 6; ++i) {
      Json value = random_value(random, schema, schema);
      std::string text = i % 3 == 0 ? value.dump() : value.dump(i % 3 * 2);
      bool right = is_valid(value, schema, schema);
      bool matches = Matcher(rules, text).whole();
      EXPECT_EQ(matches, right) << dump(schema) << "\n" << text;
      (right ? valid : invalid) += 1;
    }
  }
  EXPECT_GT(valid, 100);
  EXPECT_GT(invalid, 100);
}

}  // namespace
}  // namespace octet::text
