#include "octet/text/jinja/predicates.h"

#include "octet/text/jinja/arguments.h"
#include "octet/text/jinja/filters.h"
#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

namespace {

// A test without arguments, from a function of the value.
template <bool (*asks)(const Value&)>
bool plain(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "the test", args, {});
  return asks(value);
}

bool is_defined(const Value& v) { return !v.is<Undefined>(); }
bool is_undefined(const Value& v) { return v.is<Undefined>(); }
bool is_none(const Value& v) { return v.is<None>(); }
bool is_boolean(const Value& v) { return v.is<bool>(); }
bool is_true(const Value& v) { return v.is<bool>() && v.as<bool>(); }
bool is_false(const Value& v) { return v.is<bool>() && !v.as<bool>(); }
bool is_integer(const Value& v) { return v.is<Integer>(); }
bool is_float(const Value& v) { return v.is<double>(); }
bool is_number(const Value& v) { return v.number().has_value(); }
bool is_string(const Value& v) { return v.is<TextPtr>(); }
bool is_mapping(const Value& v) { return v.is<Dict*>(); }
bool is_iterable(const Value& v) { return iterable(v); }
bool is_callable(const Value& v) { return v.is<Callable*>() || v.is<Loop*>() || v.is<Undefined>(); }

// What has a length and can be subscripted.
bool is_sequence(const Value& v) {
  if (Sequence* const* s = v.get_if<Sequence*>())
    return (*s)->form == Form::list || (*s)->form == Form::tuple || (*s)->form == Form::range;
  return v.is<TextPtr>() || v.is<Dict*>() || v.is<Undefined>();
}

Value remainder(Runtime& runtime, const Value& value, const Value& by) {
  return arithmetic(runtime, Operator::modulo, value, by);
}

bool is_odd(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "odd", args, {});
  return equal(runtime, remainder(runtime, value, Integer{2}), Integer{1});
}

bool is_even(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "even", args, {});
  return equal(runtime, remainder(runtime, value, Integer{2}), Integer{0});
}

bool is_divisible(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "divisibleby", args, {"num"}, 1);
  return equal(runtime, remainder(runtime, value, p[0]), Integer{0});
}

template <Relation relation>
bool compares(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "the test", args, {"other"}, 1);
  return relate(runtime, relation, value, p[0]);
}

bool is_same(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "sameas", args, {"other"}, 1);
  if (value.data().index() != p[0].data().index()) return false;
  if (Sequence* const* s = value.get_if<Sequence*>()) return *s == p[0].as<Sequence*>();
  if (Dict* const* d = value.get_if<Dict*>()) return *d == p[0].as<Dict*>();
  return same_key(value, p[0]);
}

template <std::string (*same)(std::string_view), std::string (*other)(std::string_view)>
bool in_case(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "the test", args, {});
  std::string text = print(runtime, value);
  runtime.charge(text.size() / 16);
  return text == same(text) && text != other(text);
}

bool is_filter(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "filter", args, {});
  return value.text() && find_filter(*value.text());
}

bool is_test(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "test", args, {});
  return value.text() && find_predicate(*value.text());
}

}  // namespace

Predicate find_predicate(std::string_view name) {
  static const std::unordered_map<std::string_view, Predicate> table = {
      {"defined", plain<is_defined>},
      {"undefined", plain<is_undefined>},
      {"none", plain<is_none>},
      {"boolean", plain<is_boolean>},
      {"true", plain<is_true>},
      {"false", plain<is_false>},
      {"integer", plain<is_integer>},
      {"float", plain<is_float>},
      {"number", plain<is_number>},
      {"string", plain<is_string>},
      {"mapping", plain<is_mapping>},
      {"iterable", plain<is_iterable>},
      {"callable", plain<is_callable>},
      {"sequence", plain<is_sequence>},
      {"odd", is_odd},
      {"even", is_even},
      {"divisibleby", is_divisible},
      {"sameas", is_same},
      {"in", compares<Relation::in>},
      {"eq", compares<Relation::equal>},
      {"equalto", compares<Relation::equal>},
      {"==", compares<Relation::equal>},
      {"ne", compares<Relation::not_equal>},
      {"!=", compares<Relation::not_equal>},
      {"lt", compares<Relation::less>},
      {"lessthan", compares<Relation::less>},
      {"<", compares<Relation::less>},
      {"le", compares<Relation::less_equal>},
      {"<=", compares<Relation::less_equal>},
      {"gt", compares<Relation::greater>},
      {"greaterthan", compares<Relation::greater>},
      {">", compares<Relation::greater>},
      {"ge", compares<Relation::greater_equal>},
      {">=", compares<Relation::greater_equal>},
      {"upper", in_case<unicode::upper, unicode::lower>},
      {"lower", in_case<unicode::lower, unicode::upper>},
      {"filter", is_filter},
      {"test", is_test},
  };
  auto it = table.find(name);
  return it == table.end() ? nullptr : it->second;
}

}  // namespace octet::text::jinja
