#include "octet/base/utf8.h"
#include "octet/text/jinja/arguments.h"
#include "octet/text/jinja/methods.h"
#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

namespace {

using unicode::Side;

// The part of self that the arguments start and end (parameters 1 and 2) leave, and the code points before it.
struct Window {
  std::string text;
  size_t before;
  bool reversed;  // start lies beyond end or the text: not even "" is found there
};

Window window(const Value& self, const Parameters& p) {
  const TextPtr& text = self.as<TextPtr>();
  Integer n = static_cast<Integer>(text->length());
  auto place = [&](size_t i, Integer absent) {
    Integer at = p.given(i) ? p.integer_or(i, absent) : absent;
    return at < 0 ? std::max<Integer>(at + n, 0) : at;
  };
  Integer start = place(1, 0), end = std::min(place(2, n), n);
  if (start > end) return {"", 0, true};
  if (start == 0 && end == n) return {text->bytes(), 0, false};
  return {text->slice(static_cast<size_t>(start), static_cast<size_t>(end - start)), static_cast<size_t>(start), false};
}

enum class From { front, back };

std::optional<Integer> position(Runtime& runtime, const Value& self, const Args& args, From from) {
  Parameters p(runtime, "find", args, {"sub", "start", "end"}, 1);
  const std::string& part = p.text(0);
  runtime.charge(1 + self.text()->size() / 64);
  Window w = window(self, p);
  if (w.reversed) return std::nullopt;
  size_t at = from == From::front ? w.text.find(part) : w.text.rfind(part);
  if (at == w.text.npos) return std::nullopt;
  return static_cast<Integer>(w.before + unicode::length(std::string_view(w.text).substr(0, at)));
}

template <From from>
Value find(Runtime& runtime, const Value& self, const Args& args) {
  return position(runtime, self, args, from).value_or(-1);
}

Value index(Runtime& runtime, const Value& self, const Args& args) {
  if (auto at = position(runtime, self, args, From::front)) return *at;
  runtime.fail("substring not found");
}

Value text_count(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "count", args, {"sub", "start", "end"}, 1);
  const std::string& part = p.text(0);
  runtime.charge(1 + self.text()->size() / 64);
  Window w = window(self, p);
  if (w.reversed) return Integer{0};
  if (part.empty()) return static_cast<Integer>(unicode::length(w.text)) + 1;
  Integer n = 0;
  for (size_t at = 0; (at = w.text.find(part, at)) != w.text.npos; at += part.size()) ++n;
  return n;
}

template <Side side>
Value has_affix(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, side == Side::left ? "startswith" : "endswith", args, {"affix", "start", "end"}, 1);
  Window w = window(self, p);
  auto fits = [&](const std::string& affix) {
    return !w.reversed && (side == Side::left ? w.text.starts_with(affix) : w.text.ends_with(affix));
  };
  Sequence* const* several = p[0].get_if<Sequence*>();
  if (!several || (*several)->form != Form::tuple) return fits(p.text(0));
  for (const Value& each : (*several)->items) {
    if (!each.text()) runtime.fail(fmt::format("a tuple of str is needed, it holds {}", type_name(each)));
    if (fits(*each.text())) return true;
  }
  return false;
}

std::vector<std::string_view> split_at_spaces(std::string_view rest, Integer limit, From from) {
  std::vector<std::string_view> out;
  Side near = from == From::front ? Side::left : Side::right;
  for (rest = unicode::strip(rest, near); !rest.empty(); rest = unicode::strip(rest, near)) {
    if (limit == 0) {
      out.push_back(rest);  // with the white space at its far end
      break;
    }
    --limit;
    size_t begin = 0, end = 0;  // of the word at the near side
    if (from == From::front) {
      for (std::string_view walk = rest; !walk.empty(); end = rest.size() - walk.size())
        if (unicode::is_space(unicode::take(walk))) break;
    } else {
      end = begin = rest.size();
      while (begin > 0) {
        size_t last = begin - 1;
        while (last > 0 && utf8::is_continuation(rest[last])) --last;
        std::string_view character = rest.substr(last, begin - last);
        if (unicode::is_space(unicode::take(character))) break;
        begin = last;
      }
    }
    out.push_back(rest.substr(begin, end - begin));
    rest = from == From::front ? rest.substr(end) : rest.substr(0, begin);
  }
  return out;
}

std::vector<std::string_view> split_at(std::string_view rest, std::string_view separator, Integer limit, From from) {
  std::vector<std::string_view> out;
  for (; limit != 0; --limit) {
    size_t at = from == From::front ? rest.find(separator) : rest.rfind(separator);
    if (at == rest.npos) break;
    std::string_view before = rest.substr(0, at), after = rest.substr(at + separator.size());
    out.push_back(from == From::front ? before : after);
    rest = from == From::front ? after : before;
  }
  out.push_back(rest);
  return out;
}

Value pieces(Runtime& runtime, Form form, const std::vector<std::string_view>& parts) {
  std::vector<Value> out;
  for (std::string_view part : parts) out.push_back(runtime.text(std::string(part)));
  return runtime.sequence(form, std::move(out));
}

template <From from>
Value split(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "split", args, {"sep", "maxsplit"});
  Integer limit = p.integer_or(1, -1);
  runtime.charge(1 + self.text()->size() / 64);
  std::vector<std::string_view> parts;
  if (!p.given(0)) {
    parts = split_at_spaces(*self.text(), limit, from);
  } else {
    if (p.text(0).empty()) runtime.fail("empty separator");
    parts = split_at(*self.text(), p.text(0), limit, from);
  }
  if (from == From::back) std::reverse(parts.begin(), parts.end());
  return pieces(runtime, Form::list, parts);
}

Value split_lines(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "splitlines", args, {"keepends"});
  if (p.truth_or(0, false)) runtime.refuse("splitlines(keepends=true)");
  runtime.charge(1 + self.text()->size() / 16);
  return pieces(runtime, Form::list, unicode::lines(*self.text()));
}

template <From from>
Value partition(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "partition", args, {"sep"}, 1);
  std::string_view text = *self.text(), separator = p.text(0);
  if (separator.empty()) runtime.fail("empty separator");
  size_t at = from == From::front ? text.find(separator) : text.rfind(separator);
  if (at == text.npos)
    return pieces(runtime, Form::tuple,
                  from == From::front ? std::vector<std::string_view>{text, "", ""}
                                      : std::vector<std::string_view>{"", "", text});
  return pieces(runtime, Form::tuple, {text.substr(0, at), separator, text.substr(at + separator.size())});
}

}  // namespace

Method find_search_method(std::string_view name) {
  static const std::unordered_map<std::string_view, Method> table = {
      {"find", find<From::front>},
      {"rfind", find<From::back>},
      {"index", index},
      {"count", text_count},
      {"startswith", has_affix<Side::left>},
      {"endswith", has_affix<Side::right>},
      {"split", split<From::front>},
      {"rsplit", split<From::back>},
      {"splitlines", split_lines},
      {"partition", partition<From::front>},
      {"rpartition", partition<From::back>},
  };
  auto it = table.find(name);
  return it == table.end() ? nullptr : it->second;
}

}  // namespace octet::text::jinja
