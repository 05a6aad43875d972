#include <cmath>
#include <limits>

#include "octet/text/jinja/operations.h"

namespace octet::text::jinja {

namespace {

const char* symbol(Operator op) {
  switch (op) {
    case Operator::add:
      return "+";
    case Operator::subtract:
      return "-";
    case Operator::multiply:
      return "*";
    case Operator::divide:
      return "/";
    case Operator::floor_divide:
      return "//";
    case Operator::modulo:
      return "%";
    case Operator::power:
      return "**";
  }
  return "?";
}

Integer floor_divide(Integer a, Integer b) {
  Integer q = a / b;
  return q * b != a && (a < 0) != (b < 0) ? q - 1 : q;
}

Value integer_power(Runtime& runtime, Integer base, Integer exponent) {
  if (exponent < 0) {
    if (base == 0) runtime.fail("0.0 cannot be raised to a negative power");
    return std::pow(static_cast<double>(base), static_cast<double>(exponent));
  }
  if (base == 0 || base == 1) return exponent == 0 ? Integer{1} : base;
  Integer result = 1;
  for (; exponent > 0; exponent -= 1) {  // the base is at least 2 in size or -1: overflow or the step limit ends it
    runtime.charge(1);
    if (__builtin_mul_overflow(result, base, &result)) runtime.refuse("an integer beyond 128 bits");
  }
  return result;
}

Value integers(Runtime& runtime, Operator op, Integer a, Integer b) {
  Integer out = 0;
  bool overflow = false;
  switch (op) {
    case Operator::add:
      overflow = __builtin_add_overflow(a, b, &out);
      break;
    case Operator::subtract:
      overflow = __builtin_sub_overflow(a, b, &out);
      break;
    case Operator::multiply:
      overflow = __builtin_mul_overflow(a, b, &out);
      break;
    case Operator::divide:
      if (b == 0) runtime.fail("division by zero");
      return static_cast<double>(a) / static_cast<double>(b);
    case Operator::floor_divide:
    case Operator::modulo: {
      if (b == 0) runtime.fail("integer division or modulo by zero");
      if (b == -1) return op == Operator::modulo ? Value(Integer{0}) : integers(runtime, Operator::subtract, 0, a);
      Integer q = floor_divide(a, b);
      return op == Operator::modulo ? a - q * b : q;
    }
    case Operator::power:
      return integer_power(runtime, a, b);
  }
  if (overflow) runtime.refuse("an integer beyond 128 bits");
  return out;
}

double float_modulo(double a, double b) {
  double r = std::fmod(a, b);
  if (r == 0) return std::copysign(0.0, b);
  return (r < 0) != (b < 0) ? r + b : r;
}

Value floats(Runtime& runtime, Operator op, double a, double b) {
  switch (op) {
    case Operator::add:
      return a + b;
    case Operator::subtract:
      return a - b;
    case Operator::multiply:
      return a * b;
    case Operator::divide:
      if (b == 0) runtime.fail("float division by zero");
      return a / b;
    case Operator::floor_divide: {
      if (b == 0) runtime.fail("float floor division by zero");
      double exact = (a - float_modulo(a, b)) / b;
      double floor = std::floor(exact);
      return exact - floor > 0.5 ? floor + 1 : floor;
    }
    case Operator::modulo:
      if (b == 0) runtime.fail("float modulo");
      return float_modulo(a, b);
    case Operator::power:
      if (a == 0 && b < 0) runtime.fail("0.0 cannot be raised to a negative power");
      if (a < 0 && std::floor(b) != b) runtime.refuse("a complex number");
      return std::pow(a, b);
  }
  return None{};
}

Value repeat(Runtime& runtime, const Value& value, Integer times) {
  size_t size = value.text() ? value.text()->size() : value.as<Sequence*>()->items.size();
  times = std::clamp<Integer>(times, 0, Integer{1} << 60);  // beyond any limit, and the product fits
  size_t n = static_cast<size_t>(std::min<Integer>(times * static_cast<Integer>(size), Integer{1} << 60));
  if (const std::string* s = value.text()) {
    runtime.bound(n);
    runtime.charge(1 + n / 64);
    std::string out;
    out.reserve(n);
    while (out.size() < n) out += *s;
    return runtime.text(std::move(out));
  }
  const Sequence* from = value.as<Sequence*>();
  runtime.bound_items(n);
  std::vector<Value> out;
  out.reserve(n);
  while (out.size() < n) out.insert(out.end(), from->items.begin(), from->items.end());
  return runtime.sequence(from->form, std::move(out));
}

bool repeatable(const Value& value) {
  if (value.text()) return true;
  Sequence* const* s = value.get_if<Sequence*>();
  return s && ((*s)->form == Form::list || (*s)->form == Form::tuple);
}

// Concatenation of two strings, lists or tuples; nothing if they are something else.
std::optional<Value> concatenate(Runtime& runtime, const Value& left, const Value& right) {
  if (left.text() && right.text()) {
    runtime.bound(left.text()->size() + right.text()->size());
    return runtime.text(*left.text() + *right.text());
  }
  Sequence *const *a = left.get_if<Sequence*>(), *const *b = right.get_if<Sequence*>();
  if (!a || !b || (*a)->form != (*b)->form || !repeatable(left)) return std::nullopt;
  runtime.bound_items((*a)->items.size() + (*b)->items.size());
  std::vector<Value> out = (*a)->items;
  out.insert(out.end(), (*b)->items.begin(), (*b)->items.end());
  return runtime.sequence((*a)->form, std::move(out));
}

}  // namespace

Value arithmetic(Runtime& runtime, Operator op, const Value& left, const Value& right) {
  if (op == Operator::modulo && left.text()) return runtime.text(format_percent(runtime, *left.text(), right));
  for (const Value* side : {&left, &right})
    if (const Undefined* u = side->get_if<Undefined>()) runtime.fail_undefined(*u);
  if (auto a = left.integer(), b = right.integer(); a && b) return integers(runtime, op, *a, *b);
  if (auto a = left.number(), b = right.number(); a && b) return floats(runtime, op, *a, *b);
  if (op == Operator::add)
    if (auto joined = concatenate(runtime, left, right)) return *joined;
  if (op == Operator::multiply) {
    if (auto n = right.integer(); n && repeatable(left)) return repeat(runtime, left, *n);
    if (auto n = left.integer(); n && repeatable(right)) return repeat(runtime, right, *n);
  }
  runtime.fail(
      fmt::format("unsupported operand types for {}: '{}' and '{}'", symbol(op), type_name(left), type_name(right)));
}

Value negate(Runtime& runtime, const Value& value) {
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  if (auto i = value.integer()) return integers(runtime, Operator::subtract, 0, *i);
  if (const double* d = value.get_if<double>()) return -*d;
  runtime.fail(fmt::format("bad operand type for unary -: '{}'", type_name(value)));
}

Value positive(Runtime& runtime, const Value& value) {
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  if (auto i = value.integer()) return *i;
  if (value.is<double>()) return value;
  runtime.fail(fmt::format("bad operand type for unary +: '{}'", type_name(value)));
}

}  // namespace octet::text::jinja
