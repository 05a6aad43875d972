// JSON Schema as grammar nodes: the answers that the grammar allows are exactly values that the schema accepts.
//
// Every keyword is enforced, or is an annotation, or is refused by name: none is ignored. Enforced:
//
//   type, enum, const, anyOf, oneOf (options that can be told apart), allOf (of one), $ref into the same document,
//   $defs properties, required, additionalProperties items, prefixItems, minItems, maxItems minLength, maxLength,
//   pattern, format (formats.h); pattern with lengths if the pattern implies them minimum, maximum, exclusiveMinimum,
//   exclusiveMaximum
//
// Of what a schema accepts, answers are written in one way: members in the order of `properties`, others after them;
// numbers with at most 15 digits before and after the point, without exponent where there are bounds. An object with
// `properties` and a list with `prefixItems` are closed unless additionalProperties or items say otherwise.
#pragma once
#include <string>

#include "octet/base/json.h"
#include "octet/text/grammar/json_text.h"
#include "octet/text/grammar/rules.h"

namespace octet::text {

// The rule of the values that `schema` accepts. Error{request} names place and keyword ("response_format.schema.
// properties.age: minimum ..."), beginning with `where`.
RuleId add_schema(Rules& rules, JsonText& json, const Json& schema, const std::string& where);

}  // namespace octet::text
