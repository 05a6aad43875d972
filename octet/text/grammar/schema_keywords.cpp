#include "octet/text/grammar/schema_keywords.h"

#include <algorithm>

namespace octet::text {

namespace {

struct KnownKeyword {
  std::string_view name;
  Keyword kind;
};

constexpr KnownKeyword known_keywords[] = {
    {"title", Keyword::annotation},
    {"description", Keyword::annotation},
    {"default", Keyword::annotation},
    {"examples", Keyword::annotation},
    {"example", Keyword::annotation},
    {"deprecated", Keyword::annotation},
    {"readOnly", Keyword::annotation},
    {"writeOnly", Keyword::annotation},
    {"discriminator", Keyword::annotation},  // OpenAPI's hint beside anyOf and oneOf
    {"$comment", Keyword::annotation},
    {"$schema", Keyword::annotation},
    {"$id", Keyword::annotation},
    {"$defs", Keyword::annotation},  // read when something refers to them
    {"definitions", Keyword::annotation},
    {"$ref", Keyword::reference},
    {"anyOf", Keyword::combination},
    {"oneOf", Keyword::combination},
    {"allOf", Keyword::combination},
    {"enum", Keyword::values},
    {"const", Keyword::values},
    {"type", Keyword::type},
    {"minLength", Keyword::string},
    {"maxLength", Keyword::string},
    {"pattern", Keyword::string},
    {"format", Keyword::string},
    {"minimum", Keyword::number},
    {"maximum", Keyword::number},
    {"exclusiveMinimum", Keyword::number},
    {"exclusiveMaximum", Keyword::number},
    {"items", Keyword::array},
    {"prefixItems", Keyword::array},
    {"minItems", Keyword::array},
    {"maxItems", Keyword::array},
    {"properties", Keyword::object},
    {"required", Keyword::object},
    {"additionalProperties", Keyword::object},
    {"$anchor", Keyword::refused},
    {"$dynamicAnchor", Keyword::refused},
    {"$dynamicRef", Keyword::refused},
    {"$recursiveAnchor", Keyword::refused},
    {"$recursiveRef", Keyword::refused},
    {"$vocabulary", Keyword::refused},
    {"not", Keyword::refused},
    {"if", Keyword::refused},
    {"then", Keyword::refused},
    {"else", Keyword::refused},
    {"multipleOf", Keyword::refused},
    {"uniqueItems", Keyword::refused},
    {"contains", Keyword::refused},
    {"minContains", Keyword::refused},
    {"maxContains", Keyword::refused},
    {"additionalItems", Keyword::refused},
    {"unevaluatedItems", Keyword::refused},
    {"unevaluatedProperties", Keyword::refused},
    {"patternProperties", Keyword::refused},
    {"propertyNames", Keyword::refused},
    {"minProperties", Keyword::refused},
    {"maxProperties", Keyword::refused},
    {"dependencies", Keyword::refused},
    {"dependentRequired", Keyword::refused},
    {"dependentSchemas", Keyword::refused},
    {"contentEncoding", Keyword::refused},
    {"contentMediaType", Keyword::refused},
    {"contentSchema", Keyword::refused},
    {"nullable", Keyword::refused},
};

std::string_view hint_for(std::string_view name) {
  if (name == "nullable") return "give a list of types: \"type\": [\"string\", \"null\"]";
  if (name == "unevaluatedProperties") return "use additionalProperties";
  if (name == "additionalItems" || name == "unevaluatedItems") return "use items, and prefixItems for the first ones";
  if (name == "definitions" || name == "dependencies") return "";
  return "leave it out and check the answer for it";
}

}  // namespace

Keyword keyword_kind(std::string_view name) {
  for (const KnownKeyword& keyword : known_keywords)
    if (keyword.name == name) return keyword.kind;
  return name.starts_with("x-") ? Keyword::annotation : Keyword::unknown;
}

void schema_error(const std::string& where, std::string_view what, std::string_view hint) {
  throw Error(ErrorKind::request, fmt::format("{}: {}", where, what), std::string(hint));
}

void refuse_keywords(const Json& schema, const std::string& where) {
  for (const auto& [name, value] : schema.items()) {
    Keyword kind = keyword_kind(name);
    if (kind == Keyword::refused)
      schema_error(where, fmt::format("the keyword '{}' cannot be enforced", name), hint_for(name));
    if (kind != Keyword::unknown) continue;
    std::vector<std::string> names;
    for (const KnownKeyword& keyword : known_keywords)
      if (keyword.kind != Keyword::refused) names.emplace_back(keyword.name);
    std::string near = nearest_name(name, names);
    schema_error(where, fmt::format("'{}' is no keyword that can be enforced", printable(name)),
                 near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  }
}

void allow_only(const Json& schema, std::initializer_list<Keyword> allowed, std::string_view reason,
                const std::string& where) {
  for (const auto& [name, value] : schema.items()) {
    Keyword kind = keyword_kind(name);
    if (kind == Keyword::annotation || std::ranges::find(allowed, kind) != allowed.end()) continue;
    schema_error(where, fmt::format("the keyword '{}' cannot be enforced {}", name, reason),
                 "say everything in one place");
  }
}

}  // namespace octet::text
