// Objects and lists of a schema.
#include <algorithm>
#include <cmath>
#include <set>

#include "octet/base/utf8.h"
#include "octet/text/grammar/schema_keywords.h"
#include "octet/text/grammar/schema_parts.h"

namespace octet::text {

namespace {

constexpr int64_t most_items = 100000;
constexpr size_t longest_name = 1024;  // bytes
constexpr size_t most_members = 500;

const Json* keyword_of(const Json& schema, const char* name) {
  auto it = schema.find(name);
  return it == schema.end() ? nullptr : &*it;
}

int64_t item_count(const Json& schema, const char* name, int64_t fallback, const std::string& where) {
  const Json* value = keyword_of(schema, name);
  if (!value) return fallback;
  bool whole = value->is_number_integer() ||
               (value->is_number_float() && value->get<double>() == std::floor(value->get<double>()));
  double count = whole ? value->get<double>() : -1;
  if (count < 0 || count > most_items)
    schema_error(where, fmt::format("{}: expected an integer from 0 to {}, found {}", name, most_items,
                                    printable(dump(*value))));
  return static_cast<int64_t>(count);
}

}  // namespace

SchemaScope::Additional SchemaScope::additional(const Json& schema, const std::string& where) {
  const Json* given = keyword_of(schema, "additionalProperties");
  if (!given) return {.allowed = !schema.contains("properties")};
  if (given->is_boolean()) return {.allowed = given->get<bool>()};
  if (!given->is_object()) schema_error(where, "additionalProperties: expected true, false or a schema");
  return {.allowed = true, .schema = *given};
}

std::vector<SchemaScope::Member> SchemaScope::members(const Json& schema, const Additional& additional,
                                                      const std::string& where) {
  std::set<std::string> required;
  std::vector<std::string> required_order;
  if (const Json* list = keyword_of(schema, "required")) {
    bool names = list->is_array() && std::ranges::all_of(*list, [](const Json& name) { return name.is_string(); });
    if (!names) schema_error(where, "required: expected a list of names");
    for (const Json& name : *list)
      if (required.insert(name.get<std::string>()).second) required_order.push_back(name.get<std::string>());
  }
  std::vector<Member> out;
  auto add = [&](const std::string& name, const Json& of) {
    if (name.size() > longest_name)
      schema_error(where, fmt::format("properties: a name longer than {} bytes", longest_name));
    if (out.size() >= most_members) schema_error(where, fmt::format("properties: more than {} of them", most_members));
    std::string place = fmt::format("{}.properties.{}", where, printable(name, 60));
    NodeId inside = rules.rule(rules.add(name, value(of, place)));
    out.push_back({name, json.pair(json.quoted(json.text(name)), inside), required.contains(name)});
  };
  const Json* properties = keyword_of(schema, "properties");
  if (properties && !properties->is_object()) schema_error(where, "properties: expected an object");
  if (properties)
    for (const auto& [name, of] : properties->items()) add(name, of);
  for (const std::string& name : required_order) {
    if (properties && properties->contains(name)) continue;
    if (!additional.allowed && properties)
      schema_error(
          where, fmt::format("required: '{}' is not among the properties, and no others are allowed", printable(name)),
          "add it to properties");
    add(name, additional.schema);
  }
  return out;
}

// The members in order, each optional one there or not, a comma between two, and `other` ones at the end. Two rules a
// member: whether something stands before it or not.
NodeId SchemaScope::chain(const std::vector<Member>& members, std::optional<NodeId> other) {
  NodeId rest = rules.empty(), first = rules.empty();
  if (other) {
    NodeId more =
        rules.rule(rules.add("more", rules.repeat(rules.sequence({json.comma(), *other}), 0, GrammarNode::unlimited)));
    rest = more;
    first = rules.optional(rules.sequence({*other, more}));
  }
  for (size_t i = members.size(); i-- > 0;) {
    const Member& member = members[i];
    NodeId next = rules.rule(rules.add("rest", rest));
    NodeId with_comma = rules.sequence({json.comma(), member.pair});
    first = member.required
                ? rules.sequence({member.pair, next})
                : rules.choice({rules.sequence({member.pair, next}), rules.rule(rules.add("first", first))});
    rest = rules.sequence({member.required ? with_comma : rules.optional(with_comma), next});
  }
  return first;
}

NodeId SchemaScope::object(const Json& schema, const std::string& where) {
  Additional extra = additional(schema, where);
  std::vector<Member> named = members(schema, extra, where);
  if (named.empty() && extra.allowed && extra.schema == Json(true)) return rules.rule(json.object());
  std::optional<NodeId> other;
  if (extra.allowed) {
    std::vector<std::string> names;
    for (const Member& member : named) names.push_back(member.name);
    NodeId key = rules.rule(rules.add("other_key", json.string_except(names)));
    NodeId inside = rules.rule(rules.add("other_value", value(extra.schema, where + ".additionalProperties")));
    other = rules.rule(rules.add("other", json.pair(key, inside)));
  }
  if (named.empty() && !other) return rules.text("{}");
  return json.braces(chain(named, other));
}

NodeId SchemaScope::array(const Json& schema, const std::string& where) {
  const Json *items = keyword_of(schema, "items"), *prefix = keyword_of(schema, "prefixItems");
  int64_t low = item_count(schema, "minItems", 0, where),
          high = item_count(schema, "maxItems", GrammarNode::unlimited, where);
  if (high != GrammarNode::unlimited && low > high)
    schema_error(where, fmt::format("minItems {} is greater than maxItems {}", low, high));
  if (items && items->is_array())
    schema_error(where, "items: a list of schemas is no longer JSON Schema", "use prefixItems");
  if (prefix && !prefix->is_array()) schema_error(where, "prefixItems: expected a list of schemas");
  std::vector<NodeId> leading;
  if (prefix)
    for (size_t i = 0; i < prefix->size() && (high == GrammarNode::unlimited || static_cast<int64_t>(i) < high); ++i)
      leading.push_back(
          rules.rule(rules.add("item", value((*prefix)[i], fmt::format("{}.prefixItems[{}]", where, i)))));
  auto led = static_cast<int64_t>(leading.size());
  bool open = items || !prefix;
  if (!open && low > led)
    schema_error(where, fmt::format("minItems {} asks for more than prefixItems has", low),
                 "say with items what the others are");
  bool follow = open && (high == GrammarNode::unlimited || high > led);
  NodeId item =
      follow ? (items ? rules.rule(rules.add("item", value(*items, where + ".items"))) : rules.rule(json.value())) : -1;
  if (leading.empty()) return follow ? json.list(item, low, high) : json.brackets(rules.empty());
  // From the back: what follows the i-th leading item, which may be left out with all after it once there are `low`.
  NodeId rest = rules.empty();
  if (follow)
    rest = rules.repeat(rules.sequence({json.comma(), item}), std::max<int64_t>(low - led, 0),
                        high == GrammarNode::unlimited ? high : high - led);
  for (int64_t i = led - 1; i > 0; --i) {
    NodeId with = rules.sequence({json.comma(), leading[static_cast<size_t>(i)], rules.rule(rules.add("rest", rest))});
    rest = i < low ? with : rules.optional(with);
  }
  NodeId all = rules.sequence({leading[0], rest});
  return json.brackets(low > 0 ? all : rules.optional(all));
}

}  // namespace octet::text
