// What strangers send for structured output: any bytes as a JSON Schema, a regular expression and a grammar must become
// a grammar or an error, and what becomes one must be measured, pruned and printed.
#include "octet/text/grammar/schema.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "octet/base/error.h"
#include "octet/text/grammar/ebnf.h"
#include "octet/text/grammar/measure.h"
#include "octet/text/grammar/print.h"
#include "octet/text/grammar/prune.h"
#include "octet/text/grammar/regex_grammar.h"

namespace {

using namespace octet::text;

octet::text::RuleId read(Rules& rules, uint8_t kind, std::string_view text) {
  RegexAlphabet plain = plain_alphabet(rules);
  if (kind == 0) {
    JsonText json(rules, {});
    return add_schema(rules, json, octet::parse_json(text, "schema"), "schema");
  }
  if (kind == 1) return rules.add("regex", regex_grammar(rules, text, plain, RegexMatch::whole, "regex").node);
  if (kind == 2) return rules.add("regex", regex_grammar(rules, text, plain, RegexMatch::search, "regex").node);
  return add_ebnf(rules, text, "grammar");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  try {
    Rules rules;
    std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    rules.set_root(read(rules, data[0] % 4, text));
    refuse_oversized(rules, 2048, "fuzz");
    Rules pruned = prune(rules, "fuzz");
    refuse_hostile_repeats(pruned, "fuzz");
    octet::check(compile_seconds(pruned, 2048) <= compile_seconds(rules, 2048) + 1e-9, "pruning made it larger");
    octet::check(print_ebnf(pruned).find("root ::= ") != std::string::npos, "no root");
  } catch (const octet::Error&) {
  }
  return 0;
}
