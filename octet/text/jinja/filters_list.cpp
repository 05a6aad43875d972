#include "octet/text/jinja/arguments.h"
#include "octet/text/jinja/filters.h"
#include "octet/text/jinja/operations.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

namespace {

Value count(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "length", args, {});
  if (auto n = length(value)) return static_cast<Integer>(*n);
  runtime.fail(fmt::format("object of type '{}' has no len()", type_name(value)));
}

Value list(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "list", args, {});
  return runtime.sequence(Form::list, items(runtime, value));
}

Value first(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "first", args, {});
  std::vector<Value> all = items(runtime, value);
  return all.empty() ? runtime.undefined("No first item, sequence was empty.") : all.front();
}

Value last(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "last", args, {});
  Sequence* const* sequence = value.get_if<Sequence*>();
  if (sequence && (*sequence)->form == Form::generator) runtime.fail("'generator' object is not reversible");
  std::vector<Value> all = items(runtime, value);
  return all.empty() ? runtime.undefined("No last item, sequence was empty.") : all.back();
}

Value pairs(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "items", args, {});
  std::vector<Value> out;
  if (Dict* const* dict = value.get_if<Dict*>()) {
    for (const auto& [key, item] : (*dict)->entries) out.push_back(runtime.sequence(Form::tuple, {key, item}));
  } else if (!value.is<Undefined>()) {
    runtime.fail("Can only get item pairs from a mapping.");
  }
  return runtime.sequence(Form::generator, std::move(out));
}

Value join(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "join", args, {"d", "attribute"});
  std::string separator = p.find(0) ? print(runtime, p[0]) : "", out;
  bool begun = false;
  for (const Value& item : items(runtime, value)) {
    if (begun) out += separator;
    begun = true;
    out += print(runtime, p.given(1) ? attribute_path(runtime, item, p[1]) : item);
    runtime.bound(out.size());
  }
  return runtime.text(std::move(out));
}

Value reverse(Runtime& runtime, const Value& value, const Args& args) {
  Parameters(runtime, "reverse", args, {});
  std::vector<Value> all = items(runtime, value);
  std::reverse(all.begin(), all.end());
  if (!value.text()) return runtime.sequence(Form::generator, std::move(all));
  std::string out;
  for (const Value& character : all) out += *character.text();
  return runtime.text(std::move(out));
}

enum class Case { sensitive, ignored };

Case case_of(const Parameters& p, size_t i) { return p.truth_or(i, false) ? Case::sensitive : Case::ignored; }

Value sort_key(Runtime& runtime, const Value& item, const Value& path, Case letters) {
  Value key = attribute_path(runtime, item, path);
  return letters == Case::ignored && key.text() ? runtime.text(unicode::lower(*key.text())) : key;
}

// By key, stable; `descending` keeps the order of equals, as sorted(reverse=True) does.
std::vector<Value> sorted(Runtime& runtime, std::vector<Value> all, const std::vector<Value>& keys, bool descending) {
  std::vector<size_t> places(all.size());
  for (size_t i = 0; i < places.size(); ++i) places[i] = i;
  std::stable_sort(places.begin(), places.end(), [&](size_t a, size_t b) {
    return descending ? order(runtime, keys[b], keys[a]) < 0 : order(runtime, keys[a], keys[b]) < 0;
  });
  std::vector<Value> out;
  for (size_t i : places) out.push_back(all[i]);
  return out;
}

Value sort(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "sort", args, {"reverse", "case_sensitive", "attribute"});
  // "a,b" sorts by a, then by b.
  std::vector<Value> paths;
  if (!p.given(2)) {
    paths.push_back(None{});
  } else if (const std::string* text = p[2].text()) {
    for (std::string_view rest = *text;;) {
      size_t comma = rest.find(',');
      paths.push_back(runtime.text(std::string(rest.substr(0, comma))));
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
  } else {
    paths.push_back(p[2]);
  }
  std::vector<Value> all = items(runtime, value), keys;
  for (const Value& item : all) {
    std::vector<Value> parts;
    for (const Value& path : paths) parts.push_back(sort_key(runtime, item, path, case_of(p, 1)));
    keys.push_back(runtime.sequence(Form::list, std::move(parts)));
  }
  return runtime.sequence(Form::list, sorted(runtime, std::move(all), keys, p.truth_or(0, false)));
}

Value dict_sort(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "dictsort", args, {"case_sensitive", "by", "reverse"});
  std::string by = p.find(1) ? p.text(1) : "key";
  if (by != "key" && by != "value") runtime.fail("You can only sort by either \"key\" or \"value\"");
  Dict* const* dict = value.get_if<Dict*>();
  if (const Undefined* u = value.get_if<Undefined>()) runtime.fail_undefined(*u);
  if (!dict) runtime.fail(fmt::format("'{} object' has no attribute 'items'", type_name(value)));
  std::vector<Value> all, keys;
  for (const auto& [key, item] : (*dict)->entries) {
    all.push_back(runtime.sequence(Form::tuple, {key, item}));
    keys.push_back(sort_key(runtime, by == "key" ? key : item, None{}, case_of(p, 0)));
  }
  return runtime.sequence(Form::list, sorted(runtime, std::move(all), keys, p.truth_or(2, false)));
}

Value unique(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "unique", args, {"case_sensitive", "attribute"});
  Dict seen;
  std::vector<Value> out;
  for (const Value& item : items(runtime, value)) {
    Value key = sort_key(runtime, item, p.find(1) ? p[1] : Value(None{}), case_of(p, 0));
    if (!hashable(key)) runtime.fail(fmt::format("unhashable type: '{}'", type_name(key)));
    if (!key.text()) runtime.charge(1 + seen.entries.size());
    if (seen.find(key)) continue;
    seen.set(key, None{});
    out.push_back(item);
  }
  return runtime.sequence(Form::generator, std::move(out));
}

enum class Extreme { least, greatest };

template <Extreme extreme>
Value extremum(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, extreme == Extreme::least ? "min" : "max", args, {"case_sensitive", "attribute"});
  std::vector<Value> all = items(runtime, value);
  if (all.empty()) return runtime.undefined("No aggregated item, sequence was empty.");
  size_t best = 0;
  Value best_key;
  for (size_t i = 0; i < all.size(); ++i) {
    Value key = sort_key(runtime, all[i], p.find(1) ? p[1] : Value(None{}), case_of(p, 0));
    auto relation = i ? order(runtime, key, best_key) : std::partial_ordering::equivalent;
    if (i == 0 || (extreme == Extreme::least ? relation < 0 : relation > 0)) best = i, best_key = key;
  }
  return all[best];
}

Value sum(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "sum", args, {"attribute", "start"});
  Value total = p.find(1) ? p[1] : Value(Integer{0});
  if (total.text()) runtime.fail("sum() can't sum strings");
  for (const Value& item : items(runtime, value))
    total = arithmetic(runtime, Operator::add, total, p.given(0) ? attribute_path(runtime, item, p[0]) : item);
  return total;
}

Value batch(Runtime& runtime, const Value& value, const Args& args) {
  Parameters p(runtime, "batch", args, {"linecount", "fill_with"}, 1);
  Integer size = p.integer_or(0, 1);
  if (size < 1) runtime.refuse("a batch filter of less than one");
  std::vector<Value> all = items(runtime, value), out, line;
  for (size_t i = 0; i < all.size(); ++i) {
    line.push_back(all[i]);
    bool last = i + 1 == all.size();
    if (last && p.given(1)) {
      runtime.bound_items(static_cast<size_t>(std::min<Integer>(size, Integer{1} << 60)));
      while (static_cast<Integer>(line.size()) < size) line.push_back(p[1]);
    }
    if (!last && static_cast<Integer>(line.size()) < size) continue;
    out.push_back(runtime.sequence(Form::list, line));
    line.clear();
  }
  return runtime.sequence(Form::generator, std::move(out));
}

}  // namespace

Filter find_list_filter(std::string_view name) {
  static const std::unordered_map<std::string_view, Filter> table = {
      {"count", count},
      {"length", count},
      {"list", list},
      {"first", first},
      {"last", last},
      {"items", pairs},
      {"join", join},
      {"reverse", reverse},
      {"sort", sort},
      {"dictsort", dict_sort},
      {"unique", unique},
      {"sum", sum},
      {"batch", batch},
      {"min", extremum<Extreme::least>},
      {"max", extremum<Extreme::greatest>},
  };
  auto it = table.find(name);
  return it == table.end() ? nullptr : it->second;
}

}  // namespace octet::text::jinja
