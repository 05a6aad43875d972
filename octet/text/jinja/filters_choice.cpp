#include "octet/text/jinja/arguments.h"
#include "octet/text/jinja/filters.h"
#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/predicates.h"

namespace octet::text::jinja {

namespace {

const std::string& name_argument(Runtime& runtime, const Args& args, size_t i, std::string_view filter) {
  if (i >= args.positional.size() || !args.positional[i].text())
    runtime.fail(fmt::format("{} requires the name of a filter or test", filter));
  return *args.positional[i].text();
}

Args rest_of(const Args& args, size_t from) {
  return {{args.positional.begin() + static_cast<std::ptrdiff_t>(from), args.positional.end()}, args.keywords};
}

// map(attribute="a.b", default=x), or map("filter", arguments).
Value map(Runtime& runtime, const Value& value, const Args& args) {
  std::vector<Value> all = items(runtime, value);
  if (args.positional.empty() && !args.keywords.empty()) {
    Parameters p(runtime, "map", args, {"attribute", "default"}, 1);
    for (Value& item : all) {
      item = attribute_path(runtime, item, p[0]);
      if (p.given(1) && item.is<Undefined>()) item = p[1];
    }
  } else {
    const std::string& name = name_argument(runtime, args, 0, "map");
    Filter filter = find_filter(name);
    if (!filter) runtime.refuse(fmt::format("the filter '{}'", printable(name)));
    Args rest = rest_of(args, 1);
    for (Value& item : all) item = filter(runtime, item, rest);
  }
  return runtime.sequence(Form::generator, std::move(all));
}

enum class Keep { passing, failing };
enum class Of { item, attribute };

// select("test", arguments), selectattr("attribute", "test", arguments): truth is asked where no test is named.
template <Keep keep, Of of>
Value choose(Runtime& runtime, const Value& value, const Args& args) {
  size_t at = of == Of::attribute ? 1 : 0;
  if (args.positional.size() < at) runtime.fail("Missing parameter for attribute name");
  Predicate predicate = nullptr;
  Args rest;
  if (args.positional.size() > at) {
    const std::string& name = name_argument(runtime, args, at, "select");
    predicate = find_predicate(name);
    if (!predicate) runtime.refuse(fmt::format("the test '{}'", printable(name)));
    rest = rest_of(args, at + 1);
  }
  std::vector<Value> out;
  for (Value& item : items(runtime, value)) {
    Value asked = of == Of::attribute ? attribute_path(runtime, item, args.positional[0]) : item;
    bool passes = predicate ? predicate(runtime, asked, rest) : truth(asked);
    if (passes == (keep == Keep::passing)) out.push_back(std::move(item));
  }
  return runtime.sequence(Form::generator, std::move(out));
}

Value fallback(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "default", args, {"default_value", "boolean"});
  bool missing = value.is<Undefined>() || (p.truth_or(1, false) && !truth(value));
  return !missing ? value : p.find(0) ? p[0] : runtime.text("");
}

Value attr(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "attr", args, {"name"}, 1);
  if (value.is<Dict*>()) {  // an attribute only, never a key
    Value empty = runtime.dict();
    return attribute(runtime, empty, p.text(0));
  }
  return attribute(runtime, value, p.text(0));
}

Value tojson(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "tojson", args, {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  if (p.truth_or(0, false)) style.alphabet = JsonStyle::Alphabet::ascii;
  if (p.truth_or(3, false)) style.keys = JsonStyle::Keys::sorted;
  if (p.given(1)) {
    Integer width = p[1].text() ? 0 : p.integer_or(1, 0);
    runtime.bound(static_cast<size_t>(std::clamp<Integer>(width, 0, Integer{1} << 60)));
    style.indent = p[1].text() ? *p[1].text() : std::string(static_cast<size_t>(std::max<Integer>(width, 0)), ' ');
    style.item_separator = ",";
  }
  if (p.given(2)) {
    std::vector<Value> pair = items(runtime, p[2]);
    if (pair.size() != 2 || !pair[0].text() || !pair[1].text()) runtime.fail("tojson: separators must be two strings");
    style.item_separator = *pair[0].text();
    style.key_separator = *pair[1].text();
  }
  return runtime.text(to_json(runtime, value, style));
}

}  // namespace

Filter find_choice_filter(std::string_view name) {
  static const std::unordered_map<std::string_view, Filter> table = {
      {"map", map},
      {"select", choose<Keep::passing, Of::item>},
      {"reject", choose<Keep::failing, Of::item>},
      {"selectattr", choose<Keep::passing, Of::attribute>},
      {"rejectattr", choose<Keep::failing, Of::attribute>},
      {"default", fallback},
      {"d", fallback},
      {"attr", attr},
      {"tojson", tojson},
  };
  auto it = table.find(name);
  return it == table.end() ? nullptr : it->second;
}

Filter find_filter(std::string_view name) {
  if (Filter filter = find_text_filter(name)) return filter;
  if (Filter filter = find_list_filter(name)) return filter;
  return find_choice_filter(name);
}

}  // namespace octet::text::jinja
