// For the tests of this folder: oracles that share no code with what they check.
#pragma once
#include <map>
#include <regex>
#include <set>
#include <string>

#include "octet/base/json.h"
#include "octet/base/random.h"
#include "octet/base/utf8.h"
#include "octet/text/grammar/rules.h"

namespace octet::text::testing {

// Whether a grammar matches a whole text: all ways of reading it are tried, from every place once.
class Matcher {
 public:
  Matcher(const Rules& rules, std::string_view text) : rules_(rules), text_(text) {}
  bool whole(NodeId node) { return ends(node, 0).contains(text_.size()); }
  bool whole() { return whole(rules_.rules()[static_cast<size_t>(rules_.root())].body); }

 private:
  using Ends = std::set<size_t>;

  Ends ends(NodeId id, size_t at) {
    auto [it, fresh] = known_.try_emplace({id, at});
    if (!fresh) return it->second;  // also inside itself: such a reading adds nothing
    Ends found = find(rules_[id], at);
    return known_[{id, at}] = found;
  }

  Ends find(const GrammarNode& node, size_t at) {
    Ends out;
    switch (node.kind) {
      case GrammarNode::Kind::text:
        if (text_.substr(at, node.text.size()) == node.text) out.insert(at + node.text.size());
        break;
      case GrammarNode::Kind::set: {
        size_t length = at < text_.size() ? utf8::valid_length(text_.substr(at)) : 0;
        if (length > 0 && node.set.contains(utf8::decode(text_.substr(at), length))) out.insert(at + length);
        break;
      }
      case GrammarNode::Kind::sequence:
        out.insert(at);
        for (NodeId child : node.children) out = step(child, out);
        break;
      case GrammarNode::Kind::choice:
        for (NodeId child : node.children) out.merge(ends(child, at));
        break;
      case GrammarNode::Kind::repeat: out = repeat(node, at); break;
      case GrammarNode::Kind::rule: {
        const Rules::Rule& rule = rules_.rules()[static_cast<size_t>(node.id)];
        for (size_t end : ends(rule.body, at))
          if (rule.most_characters == 0 || characters(at, end) <= rule.most_characters) out.insert(end);
        break;
      }
      case GrammarNode::Kind::token: break;
    }
    return out;
  }

  Ends step(NodeId child, const Ends& from) {
    Ends out;
    for (size_t at : from) out.merge(ends(child, at));
    return out;
  }

  Ends repeat(const GrammarNode& node, size_t at) {
    Ends now{at}, out;
    if (node.low == 0) out.insert(at);
    for (int32_t i = 1; node.high == GrammarNode::unlimited || i <= node.high; ++i) {
      now = step(node.children[0], now);
      if (now.empty()) break;
      if (i < node.low) continue;
      size_t before = out.size();
      out.insert(now.begin(), now.end());
      if (out.size() == before && i > node.low) break;
    }
    return out;
  }

  int32_t characters(size_t from, size_t to) const {
    int32_t count = 0;
    for (char c : text_.substr(from, to - from)) count += utf8::is_continuation(c) ? 0 : 1;
    return count;
  }

  const Rules& rules_;
  std::string_view text_;
  std::map<std::pair<NodeId, size_t>, Ends> known_;
};

inline int64_t length_in_characters(const std::string& text) {
  int64_t count = 0;
  for (char c : text) count += utf8::is_continuation(c) ? 0 : 1;
  return count;
}

// std::regex over code points.
inline bool pattern_found(const std::string& text, const std::string& pattern) {
  auto wide = [](std::string_view utf8) {
    std::wstring out;
    for (; !utf8.empty(); utf8.remove_prefix(utf8::valid_length(utf8)))
      out += static_cast<wchar_t>(utf8::decode(utf8, utf8::valid_length(utf8)));
    return out;
  };
  return std::regex_search(wide(text), std::wregex(wide(pattern)));
}

// A small validator of JSON Schema: what octet enforces, and nothing else.
inline bool is_valid(const Json& value, const Json& schema, const Json& document) {
  if (schema.is_boolean()) return schema.get<bool>();
  if (schema.contains("$ref"))
    return is_valid(value, document.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1))), document);
  auto has_type = [&](const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == (value.is_number() ? "number" : value.type_name());
  };
  if (schema.contains("type")) {
    const Json& type = schema["type"];
    bool right = false;
    for (const Json& one : type.is_array() ? type : Json::array({type})) right |= has_type(one);
    if (!right) return false;
  }
  if (schema.contains("const") && value != schema["const"]) return false;
  if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end()) return false;
  auto count_valid = [&](const char* key) {
    int valid = 0;
    for (const Json& option : schema[key]) valid += is_valid(value, option, document);
    return valid;
  };
  if (schema.contains("anyOf") && count_valid("anyOf") == 0) return false;
  if (schema.contains("oneOf") && count_valid("oneOf") != 1) return false;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    int64_t length = length_in_characters(text);
    if (length < schema.value("minLength", int64_t{0}) || length > schema.value("maxLength", INT64_MAX)) return false;
    if (schema.contains("pattern") && !pattern_found(text, schema["pattern"].get<std::string>())) return false;
  }
  if (value.is_number()) {
    auto x = value.get<double>();
    if (schema.contains("minimum") && x < schema["minimum"].get<double>()) return false;
    if (schema.contains("maximum") && x > schema["maximum"].get<double>()) return false;
    if (schema.contains("exclusiveMinimum") && x <= schema["exclusiveMinimum"].get<double>()) return false;
    if (schema.contains("exclusiveMaximum") && x >= schema["exclusiveMaximum"].get<double>()) return false;
  }
  if (value.is_array()) {
    if (value.size() < schema.value("minItems", size_t{0}) || value.size() > schema.value("maxItems", SIZE_MAX)) return false;
    size_t led = schema.contains("prefixItems") ? schema["prefixItems"].size() : 0;
    for (size_t i = 0; i < value.size(); ++i) {
      if (i < led && !is_valid(value[i], schema["prefixItems"][i], document)) return false;
      if (i >= led && schema.contains("items") && !is_valid(value[i], schema["items"], document)) return false;
    }
  }
  if (value.is_object()) {
    for (const Json& name : schema.value("required", Json::array()))
      if (!value.contains(name.get<std::string>())) return false;
    for (const auto& [name, member] : value.items()) {
      bool named = schema.contains("properties") && schema["properties"].contains(name);
      if (named && !is_valid(member, schema["properties"][name], document)) return false;
      if (!named && schema.contains("additionalProperties") && !is_valid(member, schema["additionalProperties"], document))
        return false;
    }
  }
  return true;
}

// Random schemas whose answers are bounded: each ends by itself after some tokens.
class SchemaMaker {
 public:
  explicit SchemaMaker(Random& random) : random_(random) {}

  Json document() {
    Json schema = object(3);
    schema["$defs"] = {{"leaf", scalar()}, {"point", object(1)}};
    return schema;
  }

 private:
  Json any(int depth) {
    switch (random_.below(depth > 0 ? 12 : 8)) {
      case 8: return list(depth - 1);
      case 9: return tuple(depth - 1);
      case 10: return object(depth - 1);
      case 11: return {{"anyOf", Json::array({any(depth - 1), any(depth - 1), {{"type", "null"}}})}};
      default: return scalar();
    }
  }

  Json scalar() {
    switch (random_.below(9)) {
      case 0: return integer();
      case 1: return number();
      case 2: return string();
      case 3: return {{"type", "boolean"}};
      case 4: return {{"type", Json::array({"null", "boolean"})}, {"title", "either"}};
      case 5: return {{"enum", Json::array({"red", "green", "\"quoted\"\n", "grün", 3, -1.5, nullptr, true, Json::array({1, 2})})}};
      case 6: return {{"const", Json{{"kind", "x"}, {"n", random_.between(-99, 99)}}}};
      case 7: return {{"type", "string"}, {"pattern", random_.pick(patterns())}};
      default: {
        Json both = integer();
        both["type"] = Json::array({"integer", "string"});
        both["maxLength"] = random_.between(1, 12);
        return both;
      }
    }
  }

  static const std::vector<std::string>& patterns() {
    static const std::vector<std::string> all = {"^[a-z]{1,8}$", "^(GET|POST) /[a-z0-9_/]{0,10}$", "^\\d{3}-\\d{4}$",
                                                 "^[^\"\\\\]{2,5}$", "^\"?\\\\?x$", "^(ab|c){1,4}d?$"};
    return all;
  }

  Json integer() {
    int64_t scale = random_.pick(std::vector<int64_t>{5, 130, 100000, int64_t{1} << 40});
    int64_t a = random_.between(-scale, scale), b = random_.between(-scale, scale);
    Json schema = {{"type", "integer"}};
    schema[random_.chance(0.8) ? "minimum" : "exclusiveMinimum"] = std::min(a, b) - 1;
    schema[random_.chance(0.8) ? "maximum" : "exclusiveMaximum"] = std::max(a, b) + 1;
    return schema;
  }

  Json number() {
    double a = static_cast<double>(random_.between(-100000, 100000)) / 1000, b = a + random_.uniform() * 50 + 0.001;
    Json schema = {{"type", "number"}};
    schema[random_.chance(0.7) ? "minimum" : "exclusiveMinimum"] = a;
    schema[random_.chance(0.7) ? "maximum" : "exclusiveMaximum"] = b;
    return schema;
  }

  Json string() {
    int64_t most = random_.chance(0.15) ? random_.between(33, 60) : random_.between(0, 20);
    Json schema = {{"type", "string"}, {"maxLength", most}};
    if (random_.chance(0.4)) schema["minLength"] = random_.between(0, std::min<int64_t>(most, 8));
    return schema;
  }

  Json list(int depth) {
    int64_t low = random_.between(0, 2), high = low + random_.between(0, 3);
    return {{"type", "array"}, {"items", any(depth)}, {"minItems", low}, {"maxItems", high}};
  }

  Json tuple(int depth) {
    Json schema = {{"type", "array"}, {"prefixItems", Json::array({any(depth), any(depth)})}};
    if (random_.chance(0.5)) schema["minItems"] = random_.between(0, 2);
    if (random_.chance(0.3)) schema["items"] = scalar(), schema["maxItems"] = 4;
    return schema;
  }

  Json object(int depth) {
    Json properties = Json::object(), required = Json::array();
    int64_t count = random_.between(1, 4);
    for (int64_t i = 0; i < count; ++i) {
      std::string name = random_.pick(std::vector<std::string>{"name", "a \"b\"", "größe", "items", "x", "age", "tag"}) + std::to_string(i);
      bool reference = depth > 1 && random_.chance(0.15);
      properties[name] = reference ? Json{{"$ref", random_.chance(0.5) ? "#/$defs/leaf" : "#/$defs/point"}} : any(depth);
      if (random_.chance(0.6)) required.push_back(name);
    }
    Json schema = {{"type", "object"}, {"properties", properties}, {"required", required}};
    if (random_.chance(0.7)) schema["additionalProperties"] = false;
    return schema;
  }

  Random& random_;
};

}  // namespace octet::text::testing
