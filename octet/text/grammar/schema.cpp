#include "octet/text/grammar/schema.h"

#include <deque>
#include <map>

#include "octet/text/grammar/schema_disjoint.h"
#include "octet/text/grammar/schema_keywords.h"
#include "octet/text/grammar/schema_parts.h"

namespace octet::text {

namespace {

constexpr int deepest_schema = 64;
constexpr size_t most_compared_options = 64;

const Json* find_keyword(const Json& schema, const char* name) {
  auto it = schema.find(name);
  return it == schema.end() ? nullptr : &*it;
}

class SchemaReader : public SchemaScope {
 public:
  SchemaReader(Rules& rules, JsonText& json, const Json& document, const std::string& where)
      : SchemaScope(rules, json), document_(document), where_(where) {}

  RuleId run() {
    RuleId root = referred("#", where_);
    while (!pending_.empty()) {  // a reference is read once, and not inside the one that refers to it
      auto [schema, rule, where] = pending_.front();
      pending_.pop_front();
      rules.define(rule, value(*schema, where));
    }
    return root;
  }

  NodeId value(const Json& schema, const std::string& where) override {
    if (schema.is_boolean()) return schema.get<bool>() ? rules.rule(json.value()) : rules.nothing();
    if (!schema.is_object())
      schema_error(where, "expected a schema (an object, true or false), found " + printable(dump(schema)));
    if (++depth_ > deepest_schema)
      schema_error(where, fmt::format("schemas nested deeper than {} levels", deepest_schema), "use $defs and $ref");
    refuse_keywords(schema, where);
    NodeId node = combined(schema, where);
    --depth_;
    return node;
  }

 private:
  struct Pending {
    const Json* schema;
    RuleId rule;
    std::string where;
  };

  RuleId referred(const std::string& reference, const std::string& where) {
    auto [it, fresh] = references_.try_emplace(reference, -1);
    if (!fresh) return it->second;
    const Json* target = follow_pointer(document_, reference);
    if (!target)
      schema_error(where, fmt::format("$ref: nothing is found at '{}'", printable(reference)),
                   "references begin with '#/' and stay in the document");
    it->second = rules.declare(reference);
    std::string place = reference == "#" ? where_ : fmt::format("{}: {}", where_, printable(reference));
    pending_.push_back({target, it->second, place});
    return it->second;
  }

  NodeId combined(const Json& schema, const std::string& where) {
    if (const Json* reference = find_keyword(schema, "$ref")) {
      allow_only(schema, {Keyword::reference}, "beside $ref", where);
      if (!reference->is_string()) schema_error(where, "$ref: expected a string");
      return rules.rule(referred(reference->get<std::string>(), where));
    }
    for (const char* name : {"anyOf", "oneOf", "allOf"})
      if (const Json* list = find_keyword(schema, name)) return combination(schema, name, *list, where);
    if (schema.contains("enum") || schema.contains("const")) return listed(schema, where);
    return typed(schema, where);
  }

  NodeId combination(const Json& schema, const std::string& name, const Json& list, const std::string& where) {
    allow_only(schema, {Keyword::combination}, "beside " + name, where);
    for (const char* other : {"anyOf", "oneOf", "allOf"})
      if (other != name && schema.contains(other))
        schema_error(where, fmt::format("the keyword '{}' cannot be enforced beside {}", other, name));
    if (!list.is_array() || list.empty()) schema_error(where, name + ": expected a list of schemas");
    if (name == "allOf" && list.size() > 1)
      schema_error(where, fmt::format("the keyword 'allOf' of {} schemas cannot be enforced", list.size()),
                   "join them into one schema");
    if (name == "oneOf") check_disjoint(list, where);
    std::vector<NodeId> options;
    for (size_t i = 0; i < list.size(); ++i) {
      std::string place = fmt::format("{}.{}[{}]", where, name, i);
      options.push_back(rules.rule(rules.add(name, value(list[i], place))));
    }
    return rules.choice(std::move(options));
  }

  void check_disjoint(const Json& list, const std::string& where) {
    if (list.size() > most_compared_options)
      schema_error(where, fmt::format("oneOf: more than {} options", most_compared_options), "use anyOf");
    for (size_t i = 0; i < list.size(); ++i)
      for (size_t j = i + 1; j < list.size(); ++j)
        if (are_disjoint(document_, list[i], list[j]) != Disjoint::yes)
          schema_error(where,
                       fmt::format("the keyword 'oneOf' cannot be enforced: options {} and {} may both hold", i, j),
                       "use anyOf, or give both a required member with different constants");
  }

  // enum and const, of the types that stand beside them.
  NodeId listed(const Json& schema, const std::string& where) {
    allow_only(schema, {Keyword::values, Keyword::type}, "beside enum or const", where);
    if (schema.contains("enum") && schema.contains("const"))
      schema_error(where, "the keyword 'const' cannot be enforced beside enum");
    Json values = schema.contains("enum") ? schema["enum"] : Json::array({schema["const"]});
    if (!values.is_array() || values.empty()) schema_error(where, "enum: expected a list of at least one value");
    std::optional<std::vector<std::string>> types;
    if (const Json* type = find_keyword(schema, "type")) types = type_names(*type, where);
    return enumeration(values, types, where);
  }

  NodeId typed(const Json& schema, const std::string& where) {
    std::vector<std::string> types;
    if (const Json* type = find_keyword(schema, "type"))
      types = type_names(*type, where);
    else
      types = implied_types(schema, where);
    if (types.empty()) return rules.rule(json.value());
    std::vector<NodeId> options;
    for (const std::string& type : types) {
      NodeId node = type == "object"  ? object(schema, where)
                    : type == "array" ? array(schema, where)
                                      : scalar(schema, type, where);
      options.push_back(types.size() == 1 ? node : rules.rule(rules.add(type, node)));
    }
    return rules.choice(std::move(options));
  }

  // Without "type", the keywords tell what is meant.
  static std::vector<std::string> implied_types(const Json& schema, const std::string& where) {
    std::vector<std::string> types;
    auto add = [&](const char* type) {
      if (types.empty() || types.back() != type) types.push_back(type);
      if (types.size() > 1)
        schema_error(where, "keywords of different types without 'type'", "say which types are meant");
    };
    for (const auto& [name, value] : schema.items()) {
      Keyword kind = keyword_kind(name);
      if (kind == Keyword::object) add("object");
      if (kind == Keyword::array) add("array");
      if (kind == Keyword::string) add("string");
      if (kind == Keyword::number) add("number");
    }
    return types;
  }

  // Rules of equal scalars are shared.
  NodeId scalar(const Json& schema, const std::string& type, const std::string& where) {
    std::string key = type;
    for (const auto& [name, value] : schema.items())
      if (keyword_kind(name) != Keyword::annotation && name != "type") key += fmt::format("\n{}:{}", name, dump(value));
    auto known = scalars_.find(key);
    if (known == scalars_.end())
      known = scalars_.emplace(key, rules.add(type, scalar_of_type(schema, type, where))).first;
    return rules.rule(known->second);
  }

  const Json& document_;
  std::string where_;
  int depth_ = 0;
  std::map<std::string, RuleId> references_, scalars_;
  std::deque<Pending> pending_;
};

}  // namespace

RuleId add_schema(Rules& rules, JsonText& json, const Json& schema, const std::string& where) {
  return SchemaReader(rules, json, schema, where).run();
}

}  // namespace octet::text
