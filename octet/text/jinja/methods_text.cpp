#include "octet/text/jinja/arguments.h"
#include "octet/text/jinja/methods.h"
#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

namespace text_methods {

using unicode::Side;

template <Side side>
Value strip(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "strip", args, {"chars"});
  std::string_view text = *self.text();
  return runtime.text(std::string(p.given(0) ? unicode::strip(text, side, p.text(0)) : unicode::strip(text, side)));
}

template <std::string (*change)(std::string_view)>
Value changed(Runtime& runtime, const Value& self, const Args& args) {
  Parameters(runtime, "a method of str", args, {});
  runtime.charge(self.text()->size() / 16);
  return runtime.text(change(*self.text()));
}

Value replace(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "replace", args, {"old", "new", "count"}, 2);
  std::string_view rest = *self.text(), from = p.text(0), to = p.text(1);
  Integer left = p.integer_or(2, -1);
  runtime.charge(1 + rest.size() / 64);
  std::string out;
  if (from.empty()) {  // before each character and at the end
    for (; left != 0; --left) {
      out += to;
      runtime.bound(out.size());
      if (rest.empty()) return runtime.text(std::move(out));
      std::string_view before = rest;
      unicode::take(rest);
      out += before.substr(0, before.size() - rest.size());
    }
    return runtime.text(out.append(rest));
  }
  for (size_t at; left != 0 && (at = rest.find(from)) != rest.npos; --left) {
    (out += rest.substr(0, at)) += to;
    runtime.bound(out.size());
    rest.remove_prefix(at + from.size());
  }
  return runtime.text(out.append(rest));
}

Value join_items(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "join", args, {"iterable"}, 1);
  std::string out;
  std::vector<Value> parts = items(runtime, p[0]);
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::string* part = parts[i].text();
    if (!part) runtime.fail(fmt::format("sequence item {}: expected str instance, {} found", i, type_name(parts[i])));
    if (i) out += *self.text();
    out += *part;
    runtime.bound(out.size());
  }
  return runtime.text(std::move(out));
}

template <Side side>
Value remove_affix(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "removeprefix", args, {"affix"}, 1);
  std::string_view text = *self.text(), affix = p.text(0);
  if (side == Side::left && text.starts_with(affix)) text.remove_prefix(affix.size());
  if (side == Side::right && text.ends_with(affix)) text.remove_suffix(affix.size());
  return runtime.text(std::string(text));
}

// ljust, rjust and center, with Python's choice of where an odd space goes.
template <Side side>
Value justify(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "ljust", args, {"width", "fillchar"}, 1);
  std::string fill = p.find(1) ? p.text(1) : " ";
  if (unicode::length(fill) != 1) runtime.fail("the fill character must be exactly one character long");
  Integer width = p.integer_or(0, 0), length = static_cast<Integer>(self.as<TextPtr>()->length());
  if (width <= length) return self;
  runtime.bound(static_cast<size_t>(std::min<Integer>(width, Integer{1} << 60)));
  size_t missing = static_cast<size_t>(width - length), left = 0;
  if (side == Side::right) left = missing;
  if (side == Side::both) left = missing / 2 + (missing & static_cast<size_t>(width) & 1);
  std::string out;
  for (size_t i = 0; i < left; ++i) out += fill;
  out += *self.text();
  for (size_t i = left; i < missing; ++i) out += fill;
  return runtime.text(std::move(out));
}

Value zfill(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "zfill", args, {"width"}, 1);
  Integer width = p.integer_or(0, 0), length = static_cast<Integer>(self.as<TextPtr>()->length());
  if (width <= length) return self;
  runtime.bound(static_cast<size_t>(std::min<Integer>(width, Integer{1} << 60)));
  std::string out = *self.text();
  return runtime.text(
      out.insert(out.starts_with('-') || out.starts_with('+') ? 1 : 0, static_cast<size_t>(width - length), '0'));
}

Value format(Runtime& runtime, const Value& self, const Args& args) {
  return runtime.text(format_braces(runtime, *self.text(), args));
}

bool lower_letter(char c) { return c >= 'a' && c <= 'z'; }
bool upper_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return lower_letter(c) || upper_letter(c); }
bool letter_or_digit(char c) { return letter(c) || digit(c); }

template <bool (*belongs)(char)>
Value all_are(Runtime& runtime, const Value& self, const Args& args) {
  Parameters(runtime, "a method of str", args, {});
  for (char c : *self.text())
    if (static_cast<unsigned char>(c) >= 0x80) runtime.refuse("a test of letters outside ASCII");
  return !self.text()->empty() && std::all_of(self.text()->begin(), self.text()->end(), belongs);
}

Value is_space(Runtime& runtime, const Value& self, const Args& args) {
  Parameters(runtime, "isspace", args, {});
  return !self.text()->empty() && unicode::strip(*self.text(), Side::left).empty();
}

// isupper and islower: some letter has a case, and none has the other.
template <std::string (*same)(std::string_view), std::string (*other)(std::string_view)>
Value in_case(Runtime& runtime, const Value& self, const Args& args) {
  Parameters(runtime, "a method of str", args, {});
  runtime.charge(self.text()->size() / 16);
  return *self.text() == same(*self.text()) && *self.text() != other(*self.text());
}

}  // namespace text_methods

Method find_text_method(std::string_view name) {
  using namespace text_methods;
  static const std::unordered_map<std::string_view, Method> table = {
      {"strip", strip<Side::both>},
      {"lstrip", strip<Side::left>},
      {"rstrip", strip<Side::right>},
      {"upper", changed<unicode::upper>},
      {"lower", changed<unicode::lower>},
      {"title", changed<unicode::title>},
      {"capitalize", changed<unicode::capitalize>},
      {"replace", replace},
      {"join", join_items},
      {"removeprefix", remove_affix<Side::left>},
      {"removesuffix", remove_affix<Side::right>},
      {"ljust", justify<Side::left>},
      {"rjust", justify<Side::right>},
      {"center", justify<Side::both>},
      {"zfill", zfill},
      {"format", format},
      {"isdigit", all_are<digit>},
      {"isalpha", all_are<letter>},
      {"isalnum", all_are<letter_or_digit>},
      {"isspace", is_space},
      {"isupper", in_case<unicode::upper, unicode::lower>},
      {"islower", in_case<unicode::lower, unicode::upper>},
  };
  auto it = table.find(name);
  return it == table.end() ? nullptr : it->second;
}

}  // namespace octet::text::jinja
