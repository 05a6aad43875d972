// Python's two ways of putting values into a text: "%5.2f %s" % (x, y) and "{:>5} {name}".format(x, name=y).
#include <cmath>

#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

namespace {

struct Spec {
  char fill = ' ', align = 0, sign = 0, type = 0;
  bool grouped = false;
  int width = 0, precision = -1;
};

int take_number(Runtime& runtime, std::string_view& rest) {
  int n = 0;
  while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
    n = n * 10 + (rest[0] - '0');
    if (n > 10000) runtime.refuse("a width or precision above 10000");
    rest.remove_prefix(1);
  }
  return n;
}

std::string fixed(double x, int precision, char type) {
  if (std::isnan(x) || std::isinf(x)) return repr_float(x);
  if (type == 'e') return fmt::format("{:.{}e}", x, precision);
  if (type == 'g') return fmt::format("{:.{}g}", x, precision);
  return fmt::format("{:.{}f}", x, precision);
}

std::string group_thousands(std::string digits) {
  size_t end = digits.find('.'), first = digits.starts_with('-') ? 1 : 0;
  if (end == digits.npos) end = digits.size();
  for (size_t i = end; i > first + 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

// The number as `type` asks, with its sign but without padding.
std::string number_text(Runtime& runtime, const Value& value, const Spec& spec) {
  int precision = spec.precision < 0 ? 6 : spec.precision;
  std::string out;
  switch (spec.type) {
    case 'd': {
      auto i = value.integer();
      if (!i) runtime.fail(fmt::format("a number is required for 'd', not {}", type_name(value)));
      out = fmt::format("{}", *i);
      break;
    }
    case 'x':
    case 'X':
    case 'o': {
      auto i = value.integer();
      if (!i) runtime.fail(fmt::format("an integer is required for '{}', not {}", spec.type, type_name(value)));
      out = spec.type == 'x'   ? fmt::format("{:x}", *i)
            : spec.type == 'X' ? fmt::format("{:X}", *i)
                               : fmt::format("{:o}", *i);
      break;
    }
    default: {
      auto x = value.number();
      if (!x) runtime.fail(fmt::format("must be real number, not {}", type_name(value)));
      out = spec.type == '%' ? fixed(*x * 100, precision, 'f') + "%" : fixed(*x, precision, spec.type);
    }
  }
  if (spec.grouped) out = group_thousands(std::move(out));
  if (spec.sign && spec.sign != '-' && !out.starts_with('-')) out.insert(0, 1, spec.sign);
  return out;
}

std::string padded(std::string text, const Spec& spec, char usual) {
  int missing = spec.width - static_cast<int>(std::min<size_t>(unicode::length(text), 20000));
  if (missing <= 0) return text;
  size_t n = static_cast<size_t>(missing);
  switch (spec.align ? spec.align : usual) {
    case '<':
      return text + std::string(n, spec.fill);
    case '^':
      return std::string(n / 2, spec.fill) + text + std::string(n - n / 2, spec.fill);
    case '=': {
      size_t sign = text.starts_with('-') || text.starts_with('+') || text.starts_with(' ') ? 1 : 0;
      return text.insert(sign, n, spec.fill);
    }
    default:
      return std::string(n, spec.fill) + text;
  }
}

Spec percent_spec(Runtime& runtime, std::string_view& rest) {
  Spec spec;
  bool zero = false;
  for (; !rest.empty() && std::string_view("-+ 0#").find(rest[0]) != std::string_view::npos; rest.remove_prefix(1)) {
    if (rest[0] == '-') spec.align = '<';
    if (rest[0] == '+' || (rest[0] == ' ' && !spec.sign)) spec.sign = rest[0];
    zero |= rest[0] == '0';
    if (rest[0] == '#') runtime.refuse("'#' in a format");
  }
  spec.width = take_number(runtime, rest);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    spec.precision = take_number(runtime, rest);
  }
  if (rest.empty()) runtime.fail("incomplete format");
  spec.type = rest[0] == 'i' || rest[0] == 'u' ? 'd' : rest[0] == 'F' ? 'f' : rest[0];
  rest.remove_prefix(1);
  if (zero && !spec.align && spec.type != 's' && spec.type != 'r') spec.fill = '0', spec.align = '=';
  return spec;
}

std::string text_with(const Spec& spec, std::string text, char usual) {
  if (spec.precision >= 0) text.resize(unicode::offset(text, static_cast<size_t>(spec.precision)));
  return padded(std::move(text), spec, usual);
}

std::string percent_field(Runtime& runtime, Spec spec, const Value& value) {
  if (spec.type == 's') return text_with(spec, print(runtime, value), '>');
  if (spec.type == 'r') return text_with(spec, repr(runtime, value), '>');
  if (std::string_view("dfegxXo").find(spec.type) == std::string_view::npos)
    runtime.refuse(fmt::format("the format '%{}'", printable(std::string_view(&spec.type, 1))));
  if (spec.type == 'd' && value.is<double>()) {
    double whole = std::trunc(value.as<double>());
    if (!(std::abs(whole) < 1e18)) runtime.refuse("so large a number for '%d'");
    return padded(number_text(runtime, Integer{static_cast<int64_t>(whole)}, spec), spec, '>');
  }
  return padded(number_text(runtime, value, spec), spec, '>');
}

}  // namespace

std::string format_percent(Runtime& runtime, std::string_view rest, const Value& args) {
  Sequence* const* sequence = args.get_if<Sequence*>();
  bool tuple = sequence && (*sequence)->form == Form::tuple;
  size_t given = tuple ? (*sequence)->items.size() : 1, used = 0;
  bool by_name = false;
  std::string out;
  for (size_t at; (at = rest.find('%')) != rest.npos;) {
    out += rest.substr(0, at);
    rest.remove_prefix(at + 1);
    if (rest.starts_with('%')) {
      out += '%';
      rest.remove_prefix(1);
      continue;
    }
    Value value;
    bool named = rest.starts_with('(');
    if (named) {
      size_t close = rest.find(')');
      Dict* const* dict = args.get_if<Dict*>();
      if (close == rest.npos || !dict) runtime.fail("format requires a mapping");
      const Value* found = (*dict)->find(rest.substr(1, close - 1));
      if (!found) runtime.fail(fmt::format("the format's key '{}' is missing", printable(rest.substr(1, close - 1))));
      value = *found;
      by_name = true;
      rest.remove_prefix(close + 1);
    }
    Spec spec = percent_spec(runtime, rest);
    if (!named) {
      if (used >= given) runtime.fail("not enough arguments for format string");
      value = tuple ? (*sequence)->items[used] : args;
      ++used;
    }
    out += percent_field(runtime, spec, value);
    runtime.bound(out.size());
  }
  out += rest;
  if (used < given && !by_name && !args.is<Dict*>() && !(args.is<Sequence*>() && !tuple))
    runtime.fail("not all arguments converted during string formatting");
  return out;
}

namespace {

Spec brace_spec(Runtime& runtime, std::string_view whole) {
  Spec spec;
  std::string_view rest = whole, aligns = "<>^=";
  auto is_align = [&](size_t i) { return i < rest.size() && aligns.find(rest[i]) != aligns.npos; };
  if (is_align(1) && static_cast<unsigned char>(rest[0]) < 0x80) {
    spec.fill = rest[0], spec.align = rest[1];
    rest.remove_prefix(2);
  } else if (is_align(0)) {
    spec.align = rest[0];
    rest.remove_prefix(1);
  }
  if (!rest.empty() && std::string_view("+- ").find(rest[0]) != std::string_view::npos) {
    spec.sign = rest[0];
    rest.remove_prefix(1);
  }
  if (rest.starts_with('0') && !spec.align) spec.fill = '0', spec.align = '=';
  spec.width = take_number(runtime, rest);
  if (rest.starts_with(',')) {
    spec.grouped = true;
    rest.remove_prefix(1);
  }
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    spec.precision = take_number(runtime, rest);
  }
  if (!rest.empty()) {
    spec.type = rest[0];
    rest.remove_prefix(1);
  }
  if (!rest.empty() || (spec.type && std::string_view("sdfegxXo%").find(spec.type) == std::string_view::npos))
    runtime.refuse(fmt::format("the format '{}'", printable(whole)));
  return spec;
}

std::string brace_field(Runtime& runtime, const Value& value, std::string_view written) {
  Spec spec = brace_spec(runtime, written);
  bool number = value.is<Integer>() || value.is<double>() || (value.is<bool>() && spec.type && spec.type != 's');
  if (number && !spec.type) {
    if (value.is<Integer>())
      spec.type = 'd';
    else if (spec.precision >= 0)
      runtime.refuse("a precision without a type in a format");
  }
  if (!number && spec.type && spec.type != 's')
    runtime.fail(fmt::format("Unknown format code '{}' for object of type '{}'", spec.type, type_name(value)));
  if (number && spec.type == 's') runtime.fail("Unknown format code 's' for a number");
  if (number && spec.type) return padded(number_text(runtime, value, spec), spec, '>');
  if (number) {
    std::string text = repr(runtime, value);
    if (spec.grouped) text = group_thousands(std::move(text));
    if (spec.sign && spec.sign != '-' && !text.starts_with('-')) text.insert(0, 1, spec.sign);
    return padded(std::move(text), spec, '>');
  }
  return text_with(spec, print(runtime, value), '<');
}

const Value& brace_value(Runtime& runtime, std::string_view name, size_t& next, const Args& args) {
  if (name.find_first_of(".[") != name.npos) runtime.refuse("an attribute inside a format's field");
  if (name.empty() || name.find_first_not_of("0123456789") == name.npos) {
    size_t i = name.empty() ? next++ : static_cast<size_t>(take_number(runtime, name));
    if (i >= args.positional.size()) runtime.fail(fmt::format("format has no argument {}", i));
    return args.positional[i];
  }
  for (const auto& [key, value] : args.keywords)
    if (key == name) return value;
  runtime.fail(fmt::format("format has no argument '{}'", printable(name)));
}

}  // namespace

std::string format_braces(Runtime& runtime, std::string_view rest, const Args& args) {
  std::string out;
  size_t next = 0;
  for (size_t at; (at = rest.find_first_of("{}")) != rest.npos;) {
    out += rest.substr(0, at);
    char brace = rest[at];
    rest.remove_prefix(at + 1);
    if (rest.starts_with(brace)) {
      out += brace;
      rest.remove_prefix(1);
      continue;
    }
    size_t close = rest.find('}');
    if (brace == '}' || close == rest.npos) runtime.fail("single brace in a format string");
    std::string_view field = rest.substr(0, close);
    if (field.find('{') != field.npos) runtime.refuse("a field inside a format's field");
    size_t colon = field.find(':');
    std::string_view spec = colon == field.npos ? "" : field.substr(colon + 1), name = field.substr(0, colon);
    size_t bang = name.find('!');
    std::string_view conversion = bang == name.npos ? "" : name.substr(bang + 1);
    const Value& value = brace_value(runtime, name.substr(0, bang), next, args);
    if (conversion == "r" || conversion == "s") {
      Value shown = runtime.text(conversion == "r" ? repr(runtime, value) : print(runtime, value));
      out += brace_field(runtime, shown, spec);
    } else if (conversion.empty()) {
      out += brace_field(runtime, value, spec);
    } else {
      runtime.refuse(fmt::format("the conversion '!{}'", printable(conversion)));
    }
    runtime.bound(out.size());
    rest.remove_prefix(close + 1);
  }
  return out.append(rest);
}

}  // namespace octet::text::jinja
