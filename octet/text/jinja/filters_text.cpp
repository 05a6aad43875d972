#include <charconv>
#include <cmath>

#include "octet/text/jinja/arguments.h"
#include "octet/text/jinja/filters.h"
#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

namespace text_filters {

using unicode::Side;

template <std::string (*change)(std::string_view)>
Value changed(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "the filter", args, {});
  std::string text = print(runtime, value);
  runtime.charge(text.size() / 16);
  return runtime.text(change(text));
}

// jinja2's title, which is not str.title: a word begins after white space and after - ( { [ <.
std::string title_words(std::string_view text) {
  std::string out;
  auto separates = [](char32_t c) {
    return unicode::is_space(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
  };
  while (!text.empty()) {
    std::string_view walk = text;
    bool gap = separates(unicode::take(walk));
    size_t first = text.size() - walk.size(), end = first;
    while (!walk.empty() && separates(unicode::take(walk)) == gap) end = text.size() - walk.size();
    out += unicode::upper(text.substr(0, first)) + unicode::lower(text.substr(first, end - first));
    text.remove_prefix(end);
  }
  return out;
}

Value string(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "string", args, {});
  return runtime.text(print(runtime, value));
}

Value safe(Runtime& runtime, const Value& value, const Args& args) { return string(runtime, value, args); }

Value trim(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "trim", args, {"chars"});
  std::string text = print(runtime, value);
  return runtime.text(
      std::string(p.given(0) ? unicode::strip(text, Side::both, p.text(0)) : unicode::strip(text, Side::both)));
}

Value replace(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "replace", args, {"old", "new", "count"}, 2);
  Args inner{{runtime.text(print(runtime, p[0])), runtime.text(print(runtime, p[1]))}, {}};
  if (p.given(2)) inner.positional.push_back(p[2]);
  Value text = runtime.text(print(runtime, value));
  return call(runtime, attribute(runtime, text, "replace"), inner);
}

Value indent(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "indent", args, {"width", "first", "blank"});
  if (!value.text()) arithmetic(runtime, Operator::add, value, runtime.text("\n"));  // fails as Python does
  std::string space;
  if (p.find(0) && p[0].text()) {
    space = *p[0].text();
  } else {
    Integer width = p.integer_or(0, 4);
    runtime.bound(static_cast<size_t>(std::clamp<Integer>(width, 0, Integer{1} << 60)));
    space = std::string(static_cast<size_t>(std::max<Integer>(width, 0)), ' ');
  }
  bool blank = p.truth_or(2, false);
  std::string text = *value.text() + "\n", out = p.truth_or(1, false) ? space : "";
  auto lines = unicode::lines(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i) out += '\n';
    if (i && (blank || !lines[i].empty())) out += space;
    out += lines[i];
    runtime.bound(out.size());
  }
  return runtime.text(std::move(out));
}

Value format(Runtime& runtime, const Value& value, const Args& args) {
  if (!args.keywords.empty() && !args.positional.empty())
    runtime.fail("format: positional and keyword arguments at the same time");
  std::string text = print(runtime, value);
  if (args.keywords.empty())
    return runtime.text(format_percent(runtime, text, runtime.sequence(Form::tuple, args.positional)));
  Dict* named = runtime.dict();
  for (const auto& [key, argument] : args.keywords) named->set(runtime.text(key), argument);
  return runtime.text(format_percent(runtime, text, named));
}

Value word_count(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "wordcount", args, {});
  Integer words = 0;
  bool inside = false;
  for (char c : print(runtime, value)) {
    if (static_cast<unsigned char>(c) >= 0x80) runtime.refuse("wordcount of text outside ASCII");
    bool word = std::isalnum(static_cast<unsigned char>(c)) || c == '_';
    words += word && !inside;
    inside = word;
  }
  return words;
}

Value absolute(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "abs", args, {});
  if (auto i = value.integer()) return *i < 0 ? negate(runtime, *i) : Value(*i);
  if (const double* d = value.get_if<double>()) return std::fabs(*d);
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  runtime.fail(fmt::format("bad operand type for abs(): '{}'", type_name(value)));
}

// float(text) of Python, without its underscores.
std::optional<double> parse_float(std::string_view text) {
  std::string s(unicode::strip(text, Side::both));
  bool negative = s.starts_with('-');
  if (negative || s.starts_with('+')) s.erase(0, 1);
  std::string small = unicode::lower(s);
  if (small == "inf" || small == "infinity") return negative ? -HUGE_VAL : HUGE_VAL;
  if (small == "nan") return std::nan("");
  if (small.empty() || small.find_first_not_of("0123456789.e+-") != small.npos || small[0] == '-' || small[0] == '+')
    return std::nullopt;
  double out = 0;
  auto [end, error] = std::from_chars(small.data(), small.data() + small.size(), out);
  if (end != small.data() + small.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range)
    out = std::strtod(small.c_str(), nullptr);
  else if (error != std::errc())
    return std::nullopt;
  return negative ? -out : out;
}

// int(text, base) of Python for bases 2 to 36.
std::optional<Integer> parse_integer(const Runtime& runtime, std::string_view text, Integer base) {
  if (base < 2 || base > 36) runtime.refuse("an int filter with this base");
  std::string s = unicode::lower(unicode::strip(text, Side::both));
  bool negative = s.starts_with('-');
  if (negative || s.starts_with('+')) s.erase(0, 1);
  const char* prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : nullptr;
  if (prefix && s.starts_with(prefix)) s.erase(0, 2);
  Integer out = 0;
  bool digit_before = false;
  for (char c : s) {
    if (c == '_' && digit_before) {
      digit_before = false;
      continue;
    }
    Integer digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
    if (digit >= base) return std::nullopt;
    if (__builtin_mul_overflow(out, base, &out) || __builtin_add_overflow(out, digit, &out))
      runtime.refuse("an integer beyond 128 bits");
    digit_before = true;
  }
  if (!digit_before) return std::nullopt;
  return negative ? -out : out;
}

Value to_int(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "int", args, {"default", "base"});
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  if (auto i = value.integer()) return *i;
  std::optional<double> x = value.number();
  if (const std::string* text = value.text()) {
    if (auto i = parse_integer(runtime, *text, p.integer_or(1, 10))) return *i;
    x = parse_float(*text);
  }
  if (!x || std::isnan(*x) || std::isinf(*x)) return p.find(0) ? p[0] : Value(Integer{0});
  if (std::fabs(*x) > 1e37) runtime.refuse("an integer beyond 128 bits");
  return static_cast<Integer>(*x);
}

Value to_float(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "float", args, {"default"});
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  if (auto x = value.number()) return *x;
  if (const std::string* text = value.text())
    if (auto x = parse_float(*text)) return *x;
  return p.find(0) ? p[0] : Value(0.0);
}

Value round(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "round", args, {"precision", "method"});
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  std::string method = p.find(1) ? p.text(1) : "common";
  auto x = value.number();
  if (!x) runtime.fail(fmt::format("type {} doesn't define __round__ method", type_name(value)));
  Integer precision = p.integer_or(0, 0);
  if (precision < 0 || precision > 300) runtime.refuse("a round filter with this precision");
  if (method == "common") {
    if (auto i = value.integer()) return *i;
    if (!std::isfinite(*x)) return *x;
    // Python rounds the decimal expansion of the exact value, half to even, which is what printing does.
    return std::stod(fmt::format("{:.{}f}", *x, static_cast<int>(precision)));
  }
  double scale = std::pow(10.0, static_cast<double>(precision));
  if (method == "ceil") return std::ceil(*x * scale) / scale;
  if (method == "floor") return std::floor(*x * scale) / scale;
  runtime.fail("method must be common, ceil or floor");
}

}  // namespace text_filters

Filter find_text_filter(std::string_view name) {
  using namespace text_filters;
  static const std::unordered_map<std::string_view, Filter> table = {
      {"capitalize", changed<unicode::capitalize>},
      {"format", format},
      {"indent", indent},
      {"lower", changed<unicode::lower>},
      {"replace", replace},
      {"safe", safe},
      {"string", string},
      {"title", changed<title_words>},
      {"trim", trim},
      {"upper", changed<unicode::upper>},
      {"wordcount", word_count},
      {"abs", absolute},
      {"float", to_float},
      {"int", to_int},
      {"round", round},
  };
  auto it = table.find(name);
  return it == table.end() ? nullptr : it->second;
}

}  // namespace octet::text::jinja
