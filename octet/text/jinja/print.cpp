#include <charconv>
#include <cmath>

#include "octet/base/utf8.h"
#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

// The shortest digits that read back as the same number, written as Python does: with an exponent from 1e16 on and
// below 1e-4.
std::string repr_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  std::string_view all(buffer, static_cast<size_t>(end - buffer));
  std::string_view sign = all.starts_with('-') ? "-" : "";
  all.remove_prefix(sign.size());
  size_t e = all.find('e');
  int exponent = std::stoi(std::string(all.substr(e + 1)));
  std::string digits(all.substr(0, 1));
  if (e > 2) digits += all.substr(2, e - 2);
  std::string out(sign);
  if (exponent < -4 || exponent >= 16) {
    out += digits.substr(0, 1);
    if (digits.size() > 1) out += "." + digits.substr(1);
    return out + fmt::format("e{}{:02}", exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0) return out + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  size_t whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) return out + digits + std::string(whole - digits.size(), '0') + ".0";
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string repr_text(std::string_view text) {
  char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  std::string out(1, quote);
  while (!text.empty()) {
    char32_t c = unicode::take(text);
    if (c == static_cast<char32_t>(quote) || c == '\\')
      (out += '\\') += static_cast<char>(c);
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (unicode::is_printable(c))
      utf8::append(out, c);
    else if (c < 0x100)
      out += fmt::format("\\x{:02x}", static_cast<uint32_t>(c));
    else if (c < 0x10000)
      out += fmt::format("\\u{:04x}", static_cast<uint32_t>(c));
    else
      out += fmt::format("\\U{:08x}", static_cast<uint32_t>(c));
  }
  return out + quote;
}

namespace {

class Printer {
 public:
  explicit Printer(Runtime& runtime) : runtime_(runtime) {}

  void value(const Value& v) {
    Deeper deeper(runtime_, depth_);
    runtime_.charge(1);
    runtime_.bound(out.size());
    if (v.is<Undefined>())
      out += "Undefined";
    else if (v.is<None>())
      out += "None";
    else if (const bool* b = v.get_if<bool>())
      out += *b ? "True" : "False";
    else if (const Integer* i = v.get_if<Integer>())
      out += fmt::format("{}", *i);
    else if (const double* d = v.get_if<double>())
      out += repr_float(*d);
    else if (const std::string* s = v.text())
      out += repr_text(*s);
    else if (Sequence* const* q = v.get_if<Sequence*>())
      sequence(**q);
    else if (Dict* const* m = v.get_if<Dict*>())
      dict(**m);
    else if (Namespace* const* n = v.get_if<Namespace*>()) {
      out += "<Namespace ";
      dict((*n)->attributes);
      out += '>';
    } else if (Loop* const* l = v.get_if<Loop*>()) {
      out += fmt::format("<LoopContext {}/{}>", (*l)->index + 1, (*l)->items.size());
    } else {
      out += v.as<Callable*>()->shown;
    }
  }

  std::string out;

 private:
  Runtime& runtime_;
  int depth_ = 0;
  std::vector<const Object*> open_;  // what is being printed, so that a list inside itself shows as [...]

  bool enter(const Object& object, const char* instead) {
    if (std::find(open_.begin(), open_.end(), &object) != open_.end()) {
      out += instead;
      return false;
    }
    open_.push_back(&object);
    return true;
  }

  void sequence(const Sequence& s) {
    switch (s.form) {
      case Form::range:
        out += s.shown;
        return;
      case Form::generator:
        out += "<generator object>";
        return;
      case Form::tuple:
        break;
      case Form::list:
        break;
      case Form::keys:
        out += "dict_keys(";
        break;
      case Form::values:
        out += "dict_values(";
        break;
      case Form::items:
        out += "dict_items(";
        break;
    }
    bool tuple = s.form == Form::tuple;
    if (!enter(s, tuple ? "(...)" : "[...]")) return;
    out += tuple ? '(' : '[';
    for (size_t i = 0; i < s.items.size(); ++i) {
      if (i) out += ", ";
      value(s.items[i]);
    }
    if (tuple && s.items.size() == 1) out += ',';
    out += tuple ? ')' : ']';
    if (!tuple && s.form != Form::list) out += ')';
    open_.pop_back();
  }

  void dict(const Dict& d) {
    if (!enter(d, "{...}")) return;
    out += '{';
    for (size_t i = 0; i < d.entries.size(); ++i) {
      if (i) out += ", ";
      value(d.entries[i].first);
      out += ": ";
      value(d.entries[i].second);
    }
    out += '}';
    open_.pop_back();
  }
};

}  // namespace

std::string repr(Runtime& runtime, const Value& value) {
  Printer printer(runtime);
  printer.value(value);
  return std::move(printer.out);
}

std::string print(Runtime& runtime, const Value& value) {
  if (const std::string* s = value.text()) return *s;
  if (value.is<Undefined>()) return "";
  return repr(runtime, value);
}

}  // namespace octet::text::jinja
