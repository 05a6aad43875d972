// What Python's operators do with values. TypeError, ZeroDivisionError and jinja2's UndefinedError become
// Error{request}.
#pragma once
#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "octet/text/jinja/runtime.h"

namespace octet::text::jinja {

enum class Operator { add, subtract, multiply, divide, floor_divide, modulo, power };
enum class Relation { equal, not_equal, less, less_equal, greater, greater_equal, in, not_in };

bool truth(const Value& value);

Value arithmetic(Runtime& runtime, Operator op, const Value& left, const Value& right);
Value negate(Runtime& runtime, const Value& value);
Value positive(Runtime& runtime, const Value& value);

bool relate(Runtime& runtime, Relation relation, const Value& left, const Value& right);
bool equal(Runtime& runtime, const Value& left, const Value& right);
std::partial_ordering order(Runtime& runtime, const Value& left, const Value& right, std::string_view symbol = "<");
bool contains(Runtime& runtime, const Value& container, const Value& item);

// What a for loop would walk over: items, keys, characters. A generator is empty afterwards.
std::vector<Value> items(Runtime& runtime, const Value& value);
bool iterable(const Value& value);
// len(), or nothing where Python has none.
std::optional<size_t> length(const Value& value);

// value[key] and value.name, undefined where there is none; value[start:stop:step], absent bounds being None.
Value subscript(Runtime& runtime, const Value& value, const Value& key);
Value attribute(Runtime& runtime, const Value& value, std::string_view name);
Value slice(Runtime& runtime, const Value& value, const Value& start, const Value& stop, const Value& step);
// filter(attribute="a.0.b"): subscripts one after another; digits are indices.
Value attribute_path(Runtime& runtime, Value value, const Value& path);

Value call(Runtime& runtime, const Value& callee, const Args& args);

// str() and repr().
std::string print(Runtime& runtime, const Value& value);
std::string repr(Runtime& runtime, const Value& value);
std::string repr_float(double value);
std::string repr_text(std::string_view text);
// json.dumps.
struct JsonStyle {
  std::optional<std::string> indent;  // of a level; none: one line
  std::string item_separator = ", ", key_separator = ": ";
  enum class Alphabet { unicode, ascii } alphabet = Alphabet::unicode;
  enum class Keys { as_they_are, sorted } keys = Keys::as_they_are;
};
std::string to_json(Runtime& runtime, const Value& value, const JsonStyle& style);

// "%s: %d" % args, and "{}: {x}".format(args).
std::string format_percent(Runtime& runtime, std::string_view format, const Value& args);
std::string format_braces(Runtime& runtime, std::string_view format, const Args& args);

}  // namespace octet::text::jinja
