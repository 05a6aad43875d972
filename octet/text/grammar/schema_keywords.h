// JSON Schema's keywords: which are annotations, which octet enforces, and on what kind of value.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/json.h"

namespace octet::text {

enum class Keyword {
  unknown,
  annotation,   // says nothing about which values are right
  refused,      // JSON Schema's or OpenAPI's, and not enforced by octet
  reference,    // $ref
  combination,  // anyOf, oneOf, allOf
  values,       // enum, const
  type,
  string,
  number,
  array,
  object,
};

Keyword keyword_kind(std::string_view name);

// Error{request} for the first keyword of `schema` (an object) that is unknown or refused; `where` is its place.
void refuse_keywords(const Json& schema, const std::string& where);

// Error{request} for the first keyword that is neither an annotation nor of the kinds `allowed`, when `reason` ("beside
// anyOf") does not go with it.
void allow_only(const Json& schema, std::initializer_list<Keyword> allowed, std::string_view reason,
                const std::string& where);

[[noreturn]] void schema_error(const std::string& where, std::string_view what, std::string_view hint = "");

}  // namespace octet::text
