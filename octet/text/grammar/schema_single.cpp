// Strings, numbers and listed values of a schema.
#include <algorithm>
#include <cmath>

#include "octet/text/grammar/formats.h"
#include "octet/text/grammar/number_range.h"
#include "octet/text/grammar/regex_grammar.h"
#include "octet/text/grammar/schema_keywords.h"
#include "octet/text/grammar/schema_parts.h"

namespace octet::text {

namespace {

constexpr int64_t longest_string = 1'000'000;
constexpr int64_t longest_minimum = 10'000;

const std::vector<std::string>& all_type_names() {
  static const std::vector<std::string> names = {"null", "boolean", "integer", "number", "string", "array", "object"};
  return names;
}

bool is_whole(const Json& value) {
  return value.is_number_integer() ||
         (value.is_number_float() && std::floor(value.get<double>()) == value.get<double>());
}

bool has_type(const Json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return is_whole(value);
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  return type == "array" ? value.is_array() : value.is_object();
}

std::optional<int64_t> length_of(const Json& schema, const char* name, int64_t most, const std::string& where) {
  auto it = schema.find(name);
  if (it == schema.end()) return std::nullopt;
  double length = is_whole(*it) ? it->get<double>() : -1;
  if (length < 0 || length > static_cast<double>(most))
    schema_error(where,
                 fmt::format("{}: expected an integer from 0 to {}, found {}", name, most, printable(dump(*it))));
  return static_cast<int64_t>(length);
}

const Json* bound_of(const Json& schema, const char* name, const std::string& where) {
  auto it = schema.find(name);
  if (it == schema.end()) return nullptr;
  if (!it->is_number()) schema_error(where, fmt::format("{}: expected a number, found {}", name, printable(dump(*it))));
  return &*it;
}

enum class Side { low, high };

// The integer that an inclusive or exclusive bound comes to.
int64_t integer_bound(const Json& bound, Side side, NumberBound::Included included, const char* name,
                      const std::string& where) {
  bool fits = !bound.is_number_unsigned() || bound.get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX);
  constexpr double edge = 9.2e18;
  if (bound.is_number_float()) fits = std::fabs(bound.get<double>()) < edge;
  int64_t value = 0;
  bool exact = true;
  if (fits && bound.is_number_float()) {
    double x = bound.get<double>(), whole = side == Side::low ? std::ceil(x) : std::floor(x);
    exact = whole == x;
    value = static_cast<int64_t>(whole);
  } else if (fits) {
    value = bound.get<int64_t>();
  }
  int64_t last = side == Side::low ? INT64_MAX : INT64_MIN;
  bool excluded = included == NumberBound::Included::no && exact;
  if (!fits || (excluded && value == last)) schema_error(where, fmt::format("{}: beyond 64 bits", name));
  return excluded ? value + (side == Side::low ? 1 : -1) : value;
}

}  // namespace

std::vector<std::string> SchemaScope::type_names(const Json& type, const std::string& where) {
  Json list = type.is_array() ? type : Json::array({type});
  std::vector<std::string> out;
  for (const Json& name : list) {
    if (!name.is_string() || std::ranges::find(all_type_names(), name.get<std::string>()) == all_type_names().end())
      schema_error(where, "type: there is none called " + printable(dump(name)),
                   unknown_name_hint(name.is_string() ? name.get<std::string>() : "", all_type_names()));
    if (std::ranges::find(out, name.get<std::string>()) == out.end()) out.push_back(name.get<std::string>());
  }
  if (out.empty()) schema_error(where, "type: expected at least one");
  // A number may be whole: "integer" beside it adds nothing.
  if (std::ranges::find(out, "number") != out.end()) std::erase(out, "integer");
  return out;
}

NodeId SchemaScope::enumeration(const Json& values, const std::optional<std::vector<std::string>>& types,
                                const std::string& where) {
  std::vector<std::string> scalars;
  std::vector<NodeId> options;
  auto fits = [&](const Json& value) {
    return !types || std::ranges::any_of(*types, [&](const std::string& type) { return has_type(value, type); });
  };
  for (const Json& value : values) {
    if (!fits(value)) continue;
    if (value.is_structured() || value.is_string())
      options.push_back(json.literal(value));
    else
      scalars.push_back(dump(value));
  }
  if (options.empty() && scalars.empty()) schema_error(where, "enum: no value is of the type");
  if (!scalars.empty()) options.push_back(rules.one_of(std::move(scalars)));
  return rules.choice(std::move(options));
}

NodeId SchemaScope::scalar_of_type(const Json& schema, const std::string& type, const std::string& where) {
  if (type == "string") return string(schema, where);
  if (type == "integer") return integer(schema, where);
  if (type == "number") return number(schema, where);
  return type == "null" ? rules.text("null") : rules.one_of({"true", "false"});
}

NodeId SchemaScope::string(const Json& schema, const std::string& where) {
  int64_t low = length_of(schema, "minLength", longest_minimum, where).value_or(0);
  std::optional<int64_t> high = length_of(schema, "maxLength", longest_string, where);
  if (high && low > *high) schema_error(where, fmt::format("minLength {} is greater than maxLength {}", low, *high));
  auto text = [&](const char* name) -> std::optional<std::string> {
    auto it = schema.find(name);
    if (it == schema.end()) return std::nullopt;
    if (!it->is_string()) schema_error(where, fmt::format("{}: expected a string", name));
    return it->get<std::string>();
  };
  auto given = text("pattern"), format = text("format");
  if (given && format)
    schema_error(where, "the keyword 'pattern' cannot be enforced beside format", "keep one of them");
  if (given) return pattern(*given, low, high, where + ": pattern");
  if (format) {
    auto known = format_pattern(*format);
    if (!known)
      schema_error(where, fmt::format("the format '{}' cannot be enforced", printable(*format)),
                   unknown_name_hint(*format, known_formats()));
    return pattern("^(?:" + std::string(*known) + ")$", low, high, where + ": format");
  }
  return json.string(low, high);
}

NodeId SchemaScope::pattern(const std::string& pattern, int64_t low, std::optional<int64_t> high,
                            const std::string& where) {
  RegexAlphabet alphabet{.character = [this](const CodePointSet& set) { return json.character(set); },
                         .text = [this](std::string_view utf8) { return json.text(utf8); },
                         .any_character = [this] { return json.any_character(); }};
  RegexGrammar found = regex_grammar(rules, pattern, alphabet, RegexMatch::search, where);
  if (found.min_length < low)
    schema_error(where,
                 fmt::format("the keyword 'minLength' {} cannot be enforced beside texts of {} characters", low,
                             found.min_length),
                 "let the pattern itself say how long the text is");
  if (high && (!found.max_length || *found.max_length > *high))
    schema_error(where, fmt::format("the keyword 'maxLength' {} cannot be enforced beside longer texts", *high),
                 "let the pattern itself say how long the text is, between ^ and $");
  return json.quoted(found.node);
}

NodeId SchemaScope::integer(const Json& schema, const std::string& where) {
  using enum NumberBound::Included;
  std::optional<int64_t> low, high;
  auto lower = [&](const char* name, NumberBound::Included included) {
    if (const Json* bound = bound_of(schema, name, where))
      low = std::max(low.value_or(INT64_MIN), integer_bound(*bound, Side::low, included, name, where));
  };
  auto upper = [&](const char* name, NumberBound::Included included) {
    if (const Json* bound = bound_of(schema, name, where))
      high = std::min(high.value_or(INT64_MAX), integer_bound(*bound, Side::high, included, name, where));
  };
  lower("minimum", yes), lower("exclusiveMinimum", no);
  upper("maximum", yes), upper("exclusiveMaximum", no);
  if (low && high && *low > *high) schema_error(where, "no integer lies between the minimum and the maximum");
  return integer_range(rules, low, high);
}

NodeId SchemaScope::number(const Json& schema, const std::string& where) {
  using enum NumberBound::Included;
  std::optional<NumberBound> low, high;
  auto take = [&](const char* name, NumberBound::Included included, Side side) {
    const Json* bound = bound_of(schema, name, where);
    if (!bound) return;
    double x = bound->get<double>();
    if (!std::isfinite(x)) schema_error(where, fmt::format("{}: not a finite number", name));
    std::optional<NumberBound>& of = side == Side::low ? low : high;
    bool stricter = !of || (side == Side::low ? x > of->value : x < of->value) || (x == of->value && included == no);
    if (stricter) of = NumberBound{x, included};
  };
  take("minimum", yes, Side::low), take("exclusiveMinimum", no, Side::low);
  take("maximum", yes, Side::high), take("exclusiveMaximum", no, Side::high);
  if (!low && !high) return json.number();
  return number_range(rules, low, high);
}

}  // namespace octet::text
