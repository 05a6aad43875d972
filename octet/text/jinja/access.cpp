#include "octet/base/utf8.h"
#include "octet/text/jinja/methods.h"
#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

bool iterable(const Value& value) {
  return value.is<Undefined>() || value.is<TextPtr>() || value.is<Sequence*>() || value.is<Dict*>() ||
         value.is<Loop*>();
}

std::vector<Value> items(Runtime& runtime, const Value& value) {
  std::vector<Value> out;
  if (const std::string* s = value.text()) {
    runtime.bound_items(s->size());
    for (std::string_view rest = *s; !rest.empty();) {
      std::string one;
      utf8::append(one, unicode::take(rest));
      out.push_back(runtime.text(std::move(one)));
    }
  } else if (Sequence* const* s = value.get_if<Sequence*>()) {
    runtime.charge(1 + (*s)->items.size() / 8);
    if ((*s)->form == Form::generator)
      out.swap((*s)->items);
    else
      out = (*s)->items;
  } else if (Dict* const* d = value.get_if<Dict*>()) {
    runtime.charge(1 + (*d)->entries.size() / 8);
    for (const auto& entry : (*d)->entries) out.push_back(entry.first);
  } else if (value.is<Loop*>()) {
    runtime.refuse("walking over 'loop' itself");
  } else if (!value.is<Undefined>()) {
    runtime.fail(fmt::format("'{}' object is not iterable", type_name(value)));
  }
  return out;
}

std::optional<size_t> length(const Value& value) {
  if (value.is<Undefined>()) return 0;
  if (const TextPtr* t = value.get_if<TextPtr>()) return (*t)->length();
  if (Dict* const* d = value.get_if<Dict*>()) return (*d)->entries.size();
  if (Loop* const* l = value.get_if<Loop*>()) return (*l)->items.size();
  if (Sequence* const* s = value.get_if<Sequence*>())
    if ((*s)->form != Form::generator) return (*s)->items.size();
  return std::nullopt;
}

namespace {

bool indexable(const Value& value) {
  if (value.is<TextPtr>()) return true;
  Sequence* const* s = value.get_if<Sequence*>();
  return s && ((*s)->form == Form::list || (*s)->form == Form::tuple || (*s)->form == Form::range);
}

// As jinja2 names what an undefined value was looked for in.
std::string described(const Value& value) {
  if (value.is<None>()) return "None";
  if (value.is<Namespace*>()) return "jinja2.utils.Namespace object";
  if (value.is<Loop*>()) return "jinja2.runtime.LoopContext object";
  return fmt::format("{} object", type_name(value));
}

Value element(Runtime& runtime, const Value& value, size_t i) {
  if (const TextPtr* t = value.get_if<TextPtr>()) return runtime.text((*t)->slice(i, 1));
  return value.as<Sequence*>()->items[i];
}

std::optional<Value> loop_attribute(Runtime& runtime, const Loop& loop, std::string_view name) {
  Integer index = static_cast<Integer>(loop.index), count = static_cast<Integer>(loop.items.size());
  if (name == "index") return index + 1;
  if (name == "index0") return index;
  if (name == "revindex") return count - index;
  if (name == "revindex0") return count - index - 1;
  if (name == "first") return index == 0;
  if (name == "last") return index == count - 1;
  if (name == "length") return count;
  if (name == "depth") return static_cast<Integer>(loop.depth);
  if (name == "depth0") return static_cast<Integer>(loop.depth) - 1;
  if (name == "previtem")
    return index == 0 ? runtime.undefined("there is no previous item") : loop.items[loop.index - 1];
  if (name == "nextitem")
    return index == count - 1 ? runtime.undefined("there is no next item") : loop.items[loop.index + 1];
  return std::nullopt;
}

// Python's own attributes of the value: methods, loop.index, what a namespace holds.
std::optional<Value> own_attribute(Runtime& runtime, const Value& value, std::string_view name) {
  if (Namespace* const* n = value.get_if<Namespace*>())
    if (const Value* found = (*n)->attributes.find(name)) return *found;
  if (Loop* const* l = value.get_if<Loop*>())
    if (auto found = loop_attribute(runtime, **l, name)) return *found;
  Method method = find_method(runtime, value, name);
  if (!method) return std::nullopt;
  Callable* bound = runtime.make<Callable>();
  bound->shown = fmt::format("<built-in method {}>", name);
  bound->body = [value, method](Runtime& r, const Args& args) { return method(r, value, args); };
  return bound;
}

}  // namespace

Value subscript(Runtime& runtime, const Value& value, const Value& key) {
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  if (Dict* const* d = value.get_if<Dict*>(); d && hashable(key))
    if (const Value* found = (*d)->find(key)) return *found;
  if (indexable(value))
    if (auto i = key.integer()) {
      Integer n = static_cast<Integer>(*length(value));
      Integer at = *i < 0 ? *i + n : *i;
      if (at >= 0 && at < n) return element(runtime, value, static_cast<size_t>(at));
    }
  if (const std::string* name = key.text()) {
    if (auto found = own_attribute(runtime, value, *name)) return *found;
    return runtime.undefined(fmt::format("'{}' has no attribute {}", described(value), repr_text(*name)));
  }
  std::string shown = key.is<Integer>() || key.is<bool>() ? repr(runtime, key) : std::string(type_name(key));
  return runtime.undefined(fmt::format("{} has no element {}", described(value), shown));
}

Value attribute(Runtime& runtime, const Value& value, std::string_view name) {
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  if (auto found = own_attribute(runtime, value, name)) return *found;
  if (Dict* const* d = value.get_if<Dict*>())
    if (const Value* found = (*d)->find(name)) return *found;
  return runtime.undefined(fmt::format("'{}' has no attribute {}", described(value), repr_text(name)));
}

Value slice(Runtime& runtime, const Value& value, const Value& start, const Value& stop, const Value& step) {
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  if (!indexable(value)) runtime.fail(fmt::format("a slice of a '{}' object", type_name(value)));
  for (const Value* bound : {&start, &stop, &step})
    if (!bound->is<None>() && !bound->integer()) runtime.fail("slice indices must be integers or None");
  Integer n = static_cast<Integer>(*length(value)), by = step.integer().value_or(1);
  if (by == 0) runtime.fail("slice step cannot be zero");
  Integer low = by > 0 ? 0 : -1, high = by > 0 ? n : n - 1;
  auto place = [&](const Value& bound, Integer absent) {
    if (bound.is<None>()) return absent;
    Integer i = *bound.integer();
    return std::clamp(i < 0 ? i + n : i, low, high);
  };
  Integer from = place(start, by > 0 ? low : high), to = place(stop, by > 0 ? high : low);
  if (by == 1 && value.is<TextPtr>())
    return runtime.text(to > from
                            ? value.as<TextPtr>()->slice(static_cast<size_t>(from), static_cast<size_t>(to - from))
                            : std::string());
  std::vector<Value> whole = items(runtime, value), out;
  by = std::clamp(by, -n - 1, n + 1);
  for (Integer i = from; by > 0 ? i < to : i > to; i += by) out.push_back(whole[static_cast<size_t>(i)]);
  if (value.is<TextPtr>()) {
    std::string joined;
    for (const Value& character : out) joined += *character.text();
    return runtime.text(std::move(joined));
  }
  Form form = value.as<Sequence*>()->form;
  Sequence* made = runtime.sequence(form, std::move(out));
  if (form == Form::range) made->shown = "a slice of a range";
  return made;
}

Value attribute_path(Runtime& runtime, Value value, const Value& path) {
  const std::string* text = path.text();
  if (!text) return path.is<None>() ? value : subscript(runtime, value, path);
  std::string_view rest = *text;
  for (bool more = true; more;) {
    size_t dot = rest.find('.');
    std::string_view part = rest.substr(0, dot);
    more = dot != rest.npos;
    if (more) rest.remove_prefix(dot + 1);
    bool digits = !part.empty() && part.size() < 10 && part.find_first_not_of("0123456789") == part.npos;
    Value key = digits ? Value(Integer{std::stoi(std::string(part))}) : runtime.text(std::string(part));
    value = subscript(runtime, value, key);
  }
  return value;
}

Value call(Runtime& runtime, const Value& callee, const Args& args) {
  if (const Undefined* u = callee.get_if<Undefined>()) runtime.fail_undefined(*u);
  if (Callable* const* c = callee.get_if<Callable*>()) return (*c)->body(runtime, args);
  if (callee.is<Loop*>()) runtime.refuse("a recursive loop");
  runtime.fail(fmt::format("'{}' object is not callable", type_name(callee)));
}

}  // namespace octet::text::jinja
