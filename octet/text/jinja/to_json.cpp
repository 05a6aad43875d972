#include <cmath>

#include "octet/base/utf8.h"
#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

namespace {

class Writer {
 public:
  Writer(Runtime& runtime, const JsonStyle& style) : runtime_(runtime), style_(style) {}

  void value(const Value& v) {
    Deeper deeper(runtime_, depth_);
    runtime_.charge(1);
    runtime_.bound(out.size());
    Sequence* const* sequence = v.get_if<Sequence*>();
    if (const std::string* s = v.text())
      text(*s);
    else if (auto s = scalar(v))
      out += *s;
    else if (sequence && ((*sequence)->form == Form::list || (*sequence)->form == Form::tuple))
      list((*sequence)->items);
    else if (Dict* const* d = v.get_if<Dict*>())
      dict(**d);
    else
      runtime_.fail(fmt::format("Object of type {} is not JSON serializable", type_name(v)));
  }

  std::string out;

 private:
  Runtime& runtime_;
  const JsonStyle& style_;
  int depth_ = 0;
  size_t level_ = 0;

  // None, bool and numbers; also how they look as keys.
  static std::optional<std::string> scalar(const Value& v) {
    if (v.is<None>()) return "null";
    if (const bool* b = v.get_if<bool>()) return *b ? "true" : "false";
    if (const Integer* i = v.get_if<Integer>()) return fmt::format("{}", *i);
    if (const double* d = v.get_if<double>())
      return std::isnan(*d) ? "NaN" : std::isinf(*d) ? (*d < 0 ? "-Infinity" : "Infinity") : repr_float(*d);
    return std::nullopt;
  }

  void new_line() {
    if (!style_.indent) return;
    out += '\n';
    runtime_.bound(out.size() + level_ * style_.indent->size());
    for (size_t i = 0; i < level_; ++i) out += *style_.indent;
  }

  void list(const std::vector<Value>& items) {
    if (items.empty()) {
      out += "[]";
      return;
    }
    out += '[';
    ++level_;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i) out += style_.item_separator;
      new_line();
      value(items[i]);
    }
    --level_;
    new_line();
    out += ']';
  }

  void dict(const Dict& d) {
    if (d.entries.empty()) {
      out += "{}";
      return;
    }
    std::vector<const std::pair<Value, Value>*> entries;
    for (const auto& entry : d.entries) entries.push_back(&entry);
    if (style_.keys == JsonStyle::Keys::sorted)
      std::stable_sort(entries.begin(), entries.end(),
                       [&](const auto* a, const auto* b) { return order(runtime_, a->first, b->first) < 0; });
    out += '{';
    ++level_;
    for (size_t i = 0; i < entries.size(); ++i) {
      if (i) out += style_.item_separator;
      new_line();
      key(entries[i]->first);
      out += style_.key_separator;
      value(entries[i]->second);
    }
    --level_;
    new_line();
    out += '}';
  }

  void key(const Value& v) {
    auto s = scalar(v);
    if (!s && !v.text()) runtime_.fail(fmt::format("keys must be str, int, float, bool or None, not {}", type_name(v)));
    text(s ? *s : *v.text());
  }

  void unit(uint32_t code) { out += fmt::format("\\u{:04x}", code); }

  void text(std::string_view s) {
    runtime_.charge(s.size() / 64);
    bool ascii = style_.alphabet == JsonStyle::Alphabet::ascii;
    out += '"';
    while (!s.empty()) {
      char32_t c = unicode::take(s);
      switch (c) {
        case '"':
          out += "\\\"";
          break;
        case '\\':
          out += "\\\\";
          break;
        case '\n':
          out += "\\n";
          break;
        case '\r':
          out += "\\r";
          break;
        case '\t':
          out += "\\t";
          break;
        case '\b':
          out += "\\b";
          break;
        case '\f':
          out += "\\f";
          break;
        default:
          if (c < 0x20 || (ascii && c >= 0x7F && c < 0x10000)) {
            unit(c);
          } else if (ascii && c >= 0x10000) {
            unit(0xD800 + ((c - 0x10000) >> 10));
            unit(0xDC00 + ((c - 0x10000) & 0x3FF));
          } else {
            utf8::append(out, c);
          }
      }
    }
    out += '"';
  }
};

}  // namespace

std::string to_json(Runtime& runtime, const Value& value, const JsonStyle& style) {
  Writer writer(runtime, style);
  writer.value(value);
  return std::move(writer.out);
}

}  // namespace octet::text::jinja
