// For tests: what a schema allows, without compiling it.
#pragma once
#include <string>

#include "octet/base/error.h"
#include "octet/text/grammar/measure.h"
#include "octet/text/grammar/prune.h"
#include "octet/text/grammar/schema.h"
#include "octet/text/grammar/testing_matcher.h"

namespace octet::text::grammar_testing {

inline Rules rules_of(const Json& schema) {
  Rules rules;
  JsonText json(rules, {.escaped = {}, .unrolled_characters = 100});
  rules.set_root(add_schema(rules, json, schema, "schema"));
  refuse_oversized(rules, 2048, "schema");
  return prune(rules, "schema");
}

inline Rules rules_of(const char* schema) { return rules_of(parse_json(schema, "schema")); }

inline bool allows(const char* schema, std::string_view answer) {
  Rules rules = rules_of(schema);
  return Matcher(rules, answer).whole();
}

// The error's sentence, or "" without one.
inline std::string refusal(const std::string& schema) {
  try {
    rules_of(schema.c_str());
    return "";
  } catch (const Error& error) {
    return error.sentence();
  }
}

}  // namespace octet::text::grammar_testing
