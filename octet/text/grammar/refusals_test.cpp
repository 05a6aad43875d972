#include <gtest/gtest.h>

#include "octet/text/grammar/ebnf.h"
#include "octet/text/grammar/print.h"
#include "octet/text/grammar/regex_grammar.h"
#include "octet/text/grammar/testing_rules.h"

namespace octet::text {
namespace {

using namespace grammar_testing;

TEST(Refusals, RefusesByNameWhatIsNotEnforced) {
  struct Case {
    const char *schema, *expected;
  };
  for (const Case& c : std::vector<Case>{
           {R"({"type": "array", "uniqueItems": true})", "schema: the keyword 'uniqueItems' cannot be enforced"},
           {R"({"type": "integer", "multipleOf": 3})", "'multipleOf'"},
           {R"({"not": {"type": "string"}})", "'not'"},
           {R"({"if": {}, "then": {}})", "'if'"},
           {R"({"allOf": [{"type": "string"}, {"maxLength": 3}]})", "'allOf' of 2 schemas"},
           {R"({"type": "object", "patternProperties": {"^x": {}}})", "'patternProperties'"},
           {R"({"type": "object", "minProperties": 1})", "'minProperties'"},
           {R"({"type": "object", "propertyNames": {}})", "'propertyNames'"},
           {R"({"type": "array", "contains": {}})", "'contains'"},
           {R"({"type": "object", "unevaluatedProperties": false})", "'unevaluatedProperties'"},
           {R"({"type": "object", "dependentRequired": {}})", "'dependentRequired'"},
           {R"({"type": "string", "contentEncoding": "base64"})", "'contentEncoding'"},
           {R"({"type": "string", "nullable": true})", "'nullable'"},
           {R"({"type": "string", "maxLenght": 3})", "'maxLenght' is no keyword"},
           {R"({"type": "string", "pattern": "a+", "maxLength": 3})",
            "'maxLength' 3 cannot be enforced beside longer texts"},
           {R"({"type": "string", "pattern": "^a$", "minLength": 3})", "'minLength' 3"},
           {R"j({"type": "string", "pattern": "^a(?=b)"})j", "look-around"},
           {R"({"type": "string", "pattern": "(a)\\1"})", "a reference to a group"},
           {R"({"type": "string", "format": "regex"})", "the format 'regex' cannot be enforced"},
           {R"({"type": "string", "format": "date", "pattern": "x"})", "'pattern' cannot be enforced beside format"},
           {R"({"anyOf": [{"type": "string"}], "maxLength": 3})", "'maxLength' cannot be enforced beside anyOf"},
           {R"({"anyOf": [{"type": "string"}], "oneOf": [{"type": "string"}]})",
            "'oneOf' cannot be enforced beside anyOf"},
           {R"({"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 3}]})",
            "'oneOf' cannot be enforced: options 0 and 1"},
           {R"({"oneOf": [{"type": "integer"}, {"type": "number"}]})", "'oneOf' cannot be enforced"},
           {R"({"enum": ["a"], "maxLength": 3})", "'maxLength' cannot be enforced beside enum"},
           {R"({"$ref": "#/$defs/a", "maxLength": 3, "$defs": {"a": {}}})",
            "'maxLength' cannot be enforced beside $ref"},
           {R"({"$ref": "#/$defs/b", "$defs": {"a": {}}})", "$ref: nothing is found at '#/$defs/b'"},
           {R"({"$ref": "https://example.com/x"})", "$ref: nothing is found"},
           {R"({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "int"}}}})",
            "schema.properties.a.items: type: there is none called \"int\""},
           {R"({"type": "array", "items": [{}]})", "prefixItems"},
           {R"({"type": "string", "minLength": 5, "maxLength": 3})", "minLength 5 is greater than maxLength 3"},
           {R"({"type": "integer", "minimum": 5, "maximum": 3})", "no integer lies between"},
           {R"({"type": "integer", "maximum": 1e30})", "maximum: beyond 64 bits"},
           {R"({"type": "array", "maxItems": 1e12})", "maxItems: expected an integer from 0"},
           {R"({"type": "object", "required": ["a"], "properties": {}, "additionalProperties": false})",
            "required: 'a' is not among"},
           {R"({"minLength": 3, "minimum": 2})", "keywords of different types"},
           {R"([1])", "expected a schema"}}) {
    std::string found = refusal(c.schema);
    bool hinted = found.find(c.expected) != found.npos;
    if (!hinted) {
      try {
        rules_of(c.schema);
      } catch (const Error& error) {
        hinted = error.hint().find(c.expected) != std::string::npos;
      }
    }
    EXPECT_TRUE(hinted) << c.schema << "\n  " << found;
  }
}

TEST(Refusals, ContradictionsAreRefusedOrLeftOut) {
  EXPECT_NE(refusal(R"({"$ref": "#"})").find("no finite text"), std::string::npos);
  EXPECT_NE(
      refusal(R"({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]})").find("no finite text"),
      std::string::npos);
  EXPECT_NE(refusal("false").find("no finite text"), std::string::npos);
  // An option or a member that cannot be is never begun.
  EXPECT_EQ(refusal(R"({"anyOf": [{"$ref": "#/$defs/endless"}, {"type": "null"}], "$defs": {"endless": {"type": "array",
      "items": {"$ref": "#/$defs/endless"}, "minItems": 1}}})"),
            "");
  Rules rules = rules_of(R"({"type": "object", "properties": {"a": false, "b": {"type": "null"}}})");
  EXPECT_EQ(print_ebnf(rules).find("\\\"a"), std::string::npos);
}

TEST(Refusals, HostileOnesEndInAnError) {
  std::string deep, close;
  for (int i = 0; i < 90; ++i) deep += R"({"type": "array", "items": )", close += "}";
  EXPECT_NE(refusal(deep + "{}" + close).find("nested deeper"), std::string::npos);
  for (int i = 0; i < 3; ++i) deep += deep, close += close;
  EXPECT_NE(refusal(deep + "{}" + close), "");
  EXPECT_NE(refusal(R"j({"type": "string", "pattern": "((((a{1000}){1000}){1000}){1000})"})j").find("too large"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"type": "string", "pattern": "(a{0,99}){0,9999}"})").find("too large"), std::string::npos);
  EXPECT_NE(refusal(R"({"type": "string", "minLength": 1000000000})").find("minLength"), std::string::npos);
  EXPECT_NE(refusal(R"({"type": "string", "minLength": 10000})").find("too large"), std::string::npos);
  EXPECT_EQ(refusal(R"({"type": "string", "maxLength": 1000000})"), "");
  EXPECT_EQ(refusal(R"({"type": "array", "items": {"type": "array", "maxItems": 100000}, "maxItems": 100000})"), "");
  std::string values;
  for (int i = 0; i < 150000; ++i) values += fmt::format("\"{:x}value\",", static_cast<unsigned>(i) * 2654435761u);
  EXPECT_NE(refusal("{\"enum\": [" + values + "0]}").find("more than 200000 parts"), std::string::npos);
  // A chain of references as long as the schema, and one that doubles at each step.
  std::string chain;
  for (int i = 0; i < 3000; ++i) chain += fmt::format(R"("d{}": {{"$ref": "#/$defs/d{}"}},)", i, i + 1);
  EXPECT_EQ(refusal(R"({"$ref": "#/$defs/d0", "$defs": {)" + chain + R"("d3000": {"type": "null"}}})"), "");
  std::string doubling;
  for (int i = 0; i < 60; ++i)
    doubling += fmt::format(
        R"("d{}": {{"type": "array", "prefixItems": [{{"$ref": "#/$defs/d{}"}}, {{"$ref": "#/$defs/d{}"}}]}},)", i,
        i + 1, i + 1);
  EXPECT_EQ(refusal(R"({"$ref": "#/$defs/d0", "$defs": {)" + doubling + R"("d60": {"type": "null"}}})"), "");
}

TEST(Refusals, OfGrammarsNameWhatIsWrong) {
  auto error = [](const char* text) {
    try {
      Rules rules;
      rules.set_root(add_ebnf(rules, text, "grammar"));
      refuse_hostile_repeats(prune(rules, "grammar"), "grammar");
      return std::string();
    } catch (const Error& e) {
      return std::string(e.what());
    }
  };
  for (auto [text, expected] : std::vector<std::pair<const char*, const char*>>{
           {"root ::= nmae\nname ::= \"x\"", "no rule is called 'nmae'; did you mean 'name'?"},
           {"start ::= \"x\"", "no rule is called 'root'"},
           {"root ::= \"x\"\nroot ::= \"y\"", "'root' is defined twice"},
           {"root ::= \"x", "without its closing"},
           {"root ::= (\"x\"", "expected ')'"},
           {"root ::= [a-", "'[' without ']'"},
           {"root ::= \"x\"{3,1}", "expected {n}"},
           {"root ::= \"x\"{99999999}", "a count above"},
           {"root ::= \"a\" root", "no finite text"},
           {"root ::= Token(x)", "no rule is called 'Token'"},
           {"root ::= x{0,500}\nx ::= y{0,500}\ny ::= \"(\" x \")\"", "repeats inside repeats"},
           {"root ::= x{1,2}\nx ::= (root{0,3}){1,1}", "nothing but repeats of itself"},
           {"root = \"x\"", "expected 'name ::="},
           {"root ::= ]", "expected a literal"}})
    EXPECT_NE(error(text).find(expected), std::string::npos) << text << "\n  " << error(text);
  EXPECT_EQ(error("root ::= a-b | . # comment\na-b ::=\n  \"x\"\n  | [^\\\"]+\n"), "");
}

TEST(Refusals, OfPatternsNameWhatIsWrong) {
  auto error = [](const char* pattern) {
    try {
      Rules rules;
      regex_grammar(rules, pattern, plain_alphabet(rules), RegexMatch::whole, "regex");
      return std::string();
    } catch (const Error& e) {
      return e.sentence();
    }
  };
  for (auto [pattern, expected] : std::vector<std::pair<const char*, const char*>>{{"a(b", "'(' without ')'"},
                                                                                   {"a)b", "')' without '('"},
                                                                                   {"*a", "nothing to repeat"},
                                                                                   {"a**", "a count of a count"},
                                                                                   {"a{2,1}", "expected {n}"},
                                                                                   {"a{99999}", "a count above"},
                                                                                   {"[a", "'[' without ']'"},
                                                                                   {"[z-a]", "end comes before"},
                                                                                   {"\\bword", "\\b"},
                                                                                   {"(?i)x", "the group (?i"},
                                                                                   {"a++", "possessive"},
                                                                                   {"x^y", "'^' after the beginning"},
                                                                                   {"a$b", "'$' before the end"},
                                                                                   {"(a$)", "'$' inside a group"},
                                                                                   {"\\", "a backslash at the end"},
                                                                                   {"\\u12", "hexadecimal"},
                                                                                   {"\\p{Nope}", "\\p{Nope}"},
                                                                                   {"\\q", "\\q"},
                                                                                   {"\xC3", "not valid UTF-8"}})
    EXPECT_NE(error(pattern).find(expected), std::string::npos) << pattern << "\n  " << error(pattern);
  std::string nested;
  for (int i = 0; i < 5000; ++i) nested += "(";
  EXPECT_NE(error(nested.c_str()).find("nested deeper"), std::string::npos);
  for (const char* good :
       {"", "a|", "(?<year>\\d+)-(?P<m>x)", "a{,3}", "[]", "[^]", "\\x41\\u0042\\u{1F600}", "[\\w.-]+@[\\p{L}]+?"})
    EXPECT_EQ(error(good), "") << good;
}

}  // namespace
}  // namespace octet::text
