// For tests: a validator of JSON Schema, random schemas and values for them. They share no code with what they check.
#pragma once
#include <algorithm>
#include <cmath>
#include <regex>
#include <string>

#include "octet/base/json.h"
#include "octet/base/random.h"
#include "octet/base/utf8.h"

namespace octet::text::grammar_testing {

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
    if (value.size() < schema.value("minItems", size_t{0}) || value.size() > schema.value("maxItems", SIZE_MAX))
      return false;
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
      if (!named && schema.contains("additionalProperties") &&
          !is_valid(member, schema["additionalProperties"], document))
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
      case 8:
        return list(depth - 1);
      case 9:
        return tuple(depth - 1);
      case 10:
        return object(depth - 1);
      case 11:
        return {{"anyOf", Json::array({any(depth - 1), any(depth - 1), {{"type", "null"}}})}};
      default:
        return scalar();
    }
  }

  Json scalar() {
    switch (random_.below(9)) {
      case 0:
        return integer();
      case 1:
        return number();
      case 2:
        return string();
      case 3:
        return {{"type", "boolean"}};
      case 4:
        return {{"type", Json::array({"null", "boolean"})}, {"title", "either"}};
      case 5:
        return {{"enum",
                 Json::array({"red", "green", "\"quoted\"\n", "grün", 3, -1.5, nullptr, true, Json::array({1, 2})})}};
      case 6:
        return {{"const", Json{{"kind", "x"}, {"n", random_.between(-99, 99)}}}};
      case 7:
        return {{"type", "string"}, {"pattern", random_.pick(patterns())}};
      default: {
        Json both = integer();
        both["type"] = Json::array({"integer", "string"});
        both["maxLength"] = random_.between(1, 12);
        return both;
      }
    }
  }

  static const std::vector<std::string>& patterns() {
    static const std::vector<std::string> all = {"^[a-z]{1,8}$",    "^(GET|POST) /[a-z0-9_/]{0,10}$",
                                                 "^\\d{3}-\\d{4}$", "^[^\"\\\\]{2,5}$",
                                                 "^\"?\\\\?x$",     "^(ab|c){1,4}d?$"};
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
    int64_t most = random_.chance(0.15) ? random_.between(65, 90) : random_.between(0, 20);
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
      std::string name =
          random_.pick(std::vector<std::string>{"name", "a \"b\"", "größe", "items", "x", "age", "tag"}) +
          std::to_string(i);
      bool reference = depth > 1 && random_.chance(0.15);
      properties[name] =
          reference ? Json{{"$ref", random_.chance(0.5) ? "#/$defs/leaf" : "#/$defs/point"}} : any(depth);
      if (random_.chance(0.6)) required.push_back(name);
    }
    Json schema = {{"type", "object"}, {"properties", properties}, {"required", required}};
    if (random_.chance(0.7)) schema["additionalProperties"] = false;
    return schema;
  }

  Random& random_;
};

// A value for a schema that SchemaMaker made, members in the schema's order; sometimes with a mistake somewhere.
inline Json random_value(Random& random, const Json& schema, const Json& document) {
  if (random.chance(0.04))
    return random.pick(std::vector<Json>{nullptr, 7, "seven", Json::array(), Json::object(), -0.5, 1e6});
  if (schema.contains("$ref"))
    return random_value(random, document.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1))), document);
  if (schema.contains("const")) return schema["const"];
  if (schema.contains("enum")) return schema["enum"][random.below(schema["enum"].size())];
  if (schema.contains("anyOf"))
    return random_value(random, schema["anyOf"][random.below(schema["anyOf"].size())], document);
  if (schema.contains("pattern"))
    return random.pick(std::vector<std::string>{"abc", "GET /a", "123-4567", "xyz", "x", "abc", "ababd"});
  const Json& given = schema["type"];
  std::string type = given.is_array() ? given[random.below(given.size())].get<std::string>() : given.get<std::string>();
  if (type == "null") return nullptr;
  if (type == "boolean") return random.chance(0.5);
  auto bound = [&](const char* a, const char* b) { return schema.contains(a) ? schema[a] : schema[b]; };
  if (type == "integer") {
    auto low = bound("minimum", "exclusiveMinimum").get<int64_t>(),
         high = bound("maximum", "exclusiveMaximum").get<int64_t>();
    return random.between(low - (random.chance(0.1) ? 3 : 0), high);
  }
  if (type == "number") {
    auto low = bound("minimum", "exclusiveMinimum").get<double>(),
         high = bound("maximum", "exclusiveMaximum").get<double>();
    return std::round((low + (high - low) * (random.uniform() * 1.1 - 0.05)) * 1e6) / 1e6;
  }
  if (type == "string") {
    std::string text;
    int64_t length = random.between(0, schema["maxLength"].get<int64_t>() + (random.chance(0.1) ? 2 : 0));
    for (int64_t i = 0; i < length; ++i)
      text += random.pick(std::vector<std::string>{"a", "é", "\"", "\\", "\n", "😀", " "});
    return text;
  }
  if (type == "array") {
    Json list = Json::array();
    size_t led = schema.contains("prefixItems") ? schema["prefixItems"].size() : 0;
    size_t most = schema.value("maxItems", led), least = std::min(schema.value("minItems", size_t{0}), most);
    for (size_t i = 0, count = least + random.below(most - least + 1); i < count; ++i)
      list.push_back(random_value(random, i < led ? schema["prefixItems"][i] : schema["items"], document));
    return list;
  }
  Json object = Json::object();
  for (const auto& [name, of] : schema["properties"].items()) {
    bool required = std::ranges::find(schema["required"], Json(name)) != schema["required"].end();
    if (required ? random.chance(0.98) : random.chance(0.5)) object[name] = random_value(random, of, document);
  }
  return object;
}

}  // namespace octet::text::grammar_testing
