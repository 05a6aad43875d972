#include "octet/text/jinja/arguments.h"
#include "octet/text/jinja/methods.h"
#include "octet/text/jinja/operations.h"

namespace octet::text::jinja {

namespace {

Sequence& self_list(const Value& self) { return *self.as<Sequence*>(); }
Dict& self_dict(const Value& self) { return *self.as<Dict*>(); }

Value list_append(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "append", args, {"object"}, 1);
  runtime.hold(sizeof(Value));
  self_list(self).items.push_back(p[0]);
  return None{};
}

Value list_pop(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "pop", args, {"index"});
  auto& items = self_list(self).items;
  Integer n = static_cast<Integer>(items.size()), i = p.integer_or(0, -1);
  if (i < 0) i += n;
  if (n == 0) runtime.fail("pop from empty list");
  if (i < 0 || i >= n) runtime.fail("pop index out of range");
  auto at = items.begin() + static_cast<std::ptrdiff_t>(i);
  Value out = std::move(*at);
  items.erase(at);
  return out;
}

Value list_index(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "index", args, {"value"}, 1);
  const auto& items = self_list(self).items;
  for (size_t i = 0; i < items.size(); ++i)
    if (equal(runtime, items[i], p[0])) return static_cast<Integer>(i);
  runtime.fail(fmt::format("{} is not in {}", printable(repr(runtime, p[0])), type_name(self)));
}

Value list_count(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "count", args, {"value"}, 1);
  Integer n = 0;
  for (const Value& item : self_list(self).items) n += equal(runtime, item, p[0]);
  return n;
}

Value list_copy(Runtime& runtime, const Value& self, const Args& args) {
  Parameters(runtime, "copy", args, {});
  return runtime.sequence(Form::list, self_list(self).items);
}

Value dict_get(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "get", args, {"key", "default"}, 1);
  if (!hashable(p[0])) runtime.fail(fmt::format("unhashable type: '{}'", type_name(p[0])));
  if (const Value* found = self_dict(self).find(p[0])) return *found;
  return p.find(1) ? p[1] : Value(None{});
}

template <Form form>
Value dict_view(Runtime& runtime, const Value& self, const Args& args) {
  Parameters(runtime, "a dict's view", args, {});
  std::vector<Value> out;
  for (const auto& [key, value] : self_dict(self).entries) {
    if constexpr (form == Form::keys) out.push_back(key);
    if constexpr (form == Form::values) out.push_back(value);
    if constexpr (form == Form::items) out.push_back(runtime.sequence(Form::tuple, {key, value}));
  }
  return runtime.sequence(form, std::move(out));
}

Value dict_pop(Runtime& runtime, const Value& self, const Args& args) {
  Parameters p(runtime, "pop", args, {"key", "default"}, 1);
  Dict& dict = self_dict(self);
  const Value* found = hashable(p[0]) ? dict.find(p[0]) : nullptr;
  if (!found) {
    if (p.find(1)) return p[1];
    runtime.fail(fmt::format("pop: the key {} is missing", printable(repr(runtime, p[0]))));
  }
  Value out = *found;
  runtime.charge(1 + dict.entries.size() / 8);
  dict.erase(p[0]);
  return out;
}

Value dict_copy(Runtime& runtime, const Value& self, const Args& args) {
  Parameters(runtime, "copy", args, {});
  Dict* out = runtime.dict();
  runtime.bound_items(2 * self_dict(self).entries.size());
  for (const auto& [key, value] : self_dict(self).entries) out->set(key, value);
  return out;
}

Value loop_cycle(Runtime& runtime, const Value& self, const Args& args) {
  if (args.positional.empty()) runtime.fail("no items for cycling given");
  return args.positional[self.as<Loop*>()->index % args.positional.size()];
}

Value loop_changed(Runtime& runtime, const Value& self, const Args& args) {
  Loop& loop = *self.as<Loop*>();
  const auto& now = args.positional;
  bool same = loop.last_changed && loop.last_changed->size() == now.size();
  for (size_t i = 0; same && i < now.size(); ++i) same = equal(runtime, now[i], (*loop.last_changed)[i]);
  if (!same) loop.last_changed = now;
  return !same;
}

// Python's own names that octet refuses rather than takes for a key or for undefined.
constexpr std::string_view text_names[] = {"casefold",  "encode",       "expandtabs", "format_map",  "isascii",
                                           "isdecimal", "isidentifier", "isnumeric",  "isprintable", "istitle",
                                           "maketrans", "rindex",       "swapcase",   "translate"};
constexpr std::string_view list_names[] = {"clear", "extend", "insert", "remove", "reverse", "sort"};
constexpr std::string_view dict_names[] = {"clear", "fromkeys", "popitem", "setdefault", "update"};
constexpr std::string_view number_names[] = {"as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator",
                                             "from_bytes",       "fromhex",   "hex",        "imag",      "is_integer",
                                             "numerator",        "real",      "to_bytes"};

bool among(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Method find_container_method(const Value& self, std::string_view name) {
  if (Sequence* const* s = self.get_if<Sequence*>()) {
    Form form = (*s)->form;
    if (form != Form::list && form != Form::tuple && form != Form::range) return nullptr;
    if (name == "index") return list_index;
    if (name == "count") return list_count;
    if (form != Form::list) return nullptr;
    if (name == "append") return list_append;
    if (name == "pop") return list_pop;
    if (name == "copy") return list_copy;
  } else if (self.is<Dict*>()) {
    if (name == "get") return dict_get;
    if (name == "items") return dict_view<Form::items>;
    if (name == "keys") return dict_view<Form::keys>;
    if (name == "values") return dict_view<Form::values>;
    if (name == "pop") return dict_pop;
    if (name == "copy") return dict_copy;
  } else if (self.is<Loop*>()) {
    if (name == "cycle") return loop_cycle;
    if (name == "changed") return loop_changed;
  }
  return nullptr;
}

Method find_method(const Runtime& runtime, const Value& self, std::string_view name) {
  Method found = nullptr;
  std::span<const std::string_view> refused;
  if (self.is<TextPtr>()) {
    found = find_text_method(name);
    if (!found) found = find_search_method(name);
    refused = text_names;
  } else {
    found = find_container_method(self, name);
    if (self.is<Dict*>()) refused = dict_names;
    if (self.is<Integer>() || self.is<double>() || self.is<bool>()) refused = number_names;
    if (Sequence* const* s = self.get_if<Sequence*>(); s && (*s)->form == Form::list) refused = list_names;
  }
  if (!found && among(name, refused)) runtime.refuse(fmt::format("the method '{}' of {}", name, type_name(self)));
  return found;
}

}  // namespace octet::text::jinja
