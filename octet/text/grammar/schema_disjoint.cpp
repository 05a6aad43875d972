#include "octet/text/grammar/schema_disjoint.h"

#include <algorithm>
#include <cmath>

namespace octet::text {

namespace {

constexpr int most_references = 32;

// Bits of the kinds of values. A number that is whole is `whole` however it is written.
enum : unsigned {
  null_bit = 1,
  boolean_bit = 2,
  string_bit = 4,
  whole_bit = 8,
  broken_bit = 16,
  array_bit = 32,
  object_bit = 64
};
constexpr unsigned every_bit = 127;

unsigned type_bits(std::string_view name) {
  if (name == "null") return null_bit;
  if (name == "boolean") return boolean_bit;
  if (name == "string") return string_bit;
  if (name == "integer") return whole_bit;
  if (name == "number") return whole_bit | broken_bit;
  if (name == "array") return array_bit;
  if (name == "object") return object_bit;
  return every_bit;
}

unsigned value_bits(const Json& value) {
  if (value.is_number_float()) return std::floor(value.get<double>()) == value.get<double>() ? whole_bit : broken_bit;
  if (value.is_number()) return whole_bit;
  if (value.is_null()) return null_bit;
  if (value.is_boolean()) return boolean_bit;
  if (value.is_string()) return string_bit;
  return value.is_array() ? array_bit : object_bit;
}

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  auto it = object.find(name);
  return it == object.end() ? nullptr : &*it;
}

const Json* resolved(const Json& document, const Json* schema) {
  for (int i = 0; schema && i < most_references; ++i) {
    const Json* reference = member(*schema, "$ref");
    if (!reference) return schema;
    schema = reference->is_string() ? follow_pointer(document, reference->get_ref<const std::string&>()) : nullptr;
  }
  return nullptr;
}

unsigned kinds_of(const Json& schema) {
  const Json* type = member(schema, "type");
  if (!type) return every_bit;
  if (type->is_string()) return type_bits(type->get_ref<const std::string&>());
  unsigned bits = 0;
  for (const Json& name : *type) bits |= name.is_string() ? type_bits(name.get_ref<const std::string&>()) : every_bit;
  return bits;
}

// The values that a schema lists; null if it lists none.
std::optional<std::vector<Json>> values_of(const Json& schema) {
  if (const Json* value = member(schema, "const")) return std::vector<Json>{*value};
  const Json* list = member(schema, "enum");
  if (!list || !list->is_array()) return std::nullopt;
  return std::vector<Json>(list->begin(), list->end());
}

Disjoint simply_disjoint(const Json& a, const Json& b) {
  auto in_a = values_of(a), in_b = values_of(b);
  if (in_a && in_b) {
    auto shared = [&](const Json& value) { return std::ranges::find(*in_b, value) != in_b->end(); };
    return std::ranges::any_of(*in_a, shared) ? Disjoint::unknown : Disjoint::yes;
  }
  auto bits = [](const std::optional<std::vector<Json>>& values, const Json& schema) {
    if (!values) return kinds_of(schema);
    unsigned all = 0;
    for (const Json& value : *values) all |= value_bits(value);
    return all;
  };
  return (bits(in_a, a) & bits(in_b, b)) == 0 ? Disjoint::yes : Disjoint::unknown;
}

bool requires_member(const Json& schema, const std::string& name) {
  const Json* list = member(schema, "required");
  return list && list->is_array() && std::ranges::find(*list, Json(name)) != list->end();
}

}  // namespace

const Json* follow_pointer(const Json& document, std::string_view reference) {
  if (!reference.starts_with("#")) return nullptr;
  try {
    std::string pointer(reference.substr(1));
    // In a reference, %XX stands for a byte.
    for (size_t at = 0; (at = pointer.find('%', at)) != pointer.npos; ++at) {
      if (at + 2 >= pointer.size()) return nullptr;
      unsigned byte = 0;
      for (char c : pointer.substr(at + 1, 2)) {
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                           : -1;
        if (digit < 0) return nullptr;
        byte = byte * 16 + static_cast<unsigned>(digit);
      }
      pointer.replace(at, 3, 1, static_cast<char>(byte));
    }
    Json::json_pointer path(pointer);
    return document.contains(path) ? &document.at(path) : nullptr;
  } catch (const Json::exception&) {
    return nullptr;
  }
}

Disjoint are_disjoint(const Json& document, const Json& first, const Json& second) {
  const Json *a = resolved(document, &first), *b = resolved(document, &second);
  if (!a || !b || !a->is_object() || !b->is_object()) return Disjoint::unknown;
  if (simply_disjoint(*a, *b) == Disjoint::yes) return Disjoint::yes;
  if (kinds_of(*a) != object_bit || kinds_of(*b) != object_bit) return Disjoint::unknown;
  const Json *in_a = member(*a, "properties"), *in_b = member(*b, "properties");
  if (!in_a || !in_b || !in_a->is_object() || !in_b->is_object()) return Disjoint::unknown;
  for (const auto& [name, schema] : in_a->items()) {
    auto other = in_b->find(name);
    if (other == in_b->end() || !requires_member(*a, name) || !requires_member(*b, name)) continue;
    const Json *x = resolved(document, &schema), *y = resolved(document, &*other);
    if (x && y && x->is_object() && y->is_object() && simply_disjoint(*x, *y) == Disjoint::yes) return Disjoint::yes;
  }
  return Disjoint::unknown;
}

}  // namespace octet::text
