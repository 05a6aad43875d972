#include "octet/text/jinja/globals.h"

#include "octet/base/utf8.h"
#include "octet/text/jinja/arguments.h"
#include "octet/text/jinja/operations.h"

namespace octet::text::jinja {

namespace {

Value range(Runtime& runtime, const Args& args) {
  constexpr Integer most = 100'000;  // as jinja2's sandbox
  if (!args.keywords.empty()) runtime.fail("range() takes no keyword arguments");
  if (args.positional.empty() || args.positional.size() > 3) runtime.fail("range expects 1 to 3 arguments");
  Integer numbers[3] = {0, 0, 1};
  for (size_t i = 0; i < args.positional.size(); ++i) {
    auto n = args.positional[i].integer();
    if (const Undefined* u = args.positional[i].get_if<Undefined>()) runtime.fail_undefined(*u);
    if (!n) runtime.fail(fmt::format("'{}' object cannot be interpreted as an integer", type_name(args.positional[i])));
    numbers[args.positional.size() == 1 ? 1 : i] = std::clamp(*n, -(Integer{1} << 62), Integer{1} << 62);
  }
  auto [start, stop, step] = numbers;
  if (step == 0) runtime.fail("range() arg 3 must not be zero");
  Integer count = step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step;
  if (count > most) runtime.fail(fmt::format("a range of more than {} numbers", most));
  std::vector<Value> out;
  for (Integer i = 0; i < count; ++i) out.push_back(start + i * step);
  Sequence* made = runtime.sequence(Form::range, std::move(out));
  made->shown =
      step == 1 ? fmt::format("range({}, {})", start, stop) : fmt::format("range({}, {}, {})", start, stop, step);
  return made;
}

// dict(mapping or pairs, name=value).
Dict* make_dict(Runtime& runtime, const Args& args) {
  if (args.positional.size() > 1) runtime.fail("dict expected at most 1 argument");
  Dict* made = runtime.dict();
  auto put = [&](const Value& key, const Value& value) {
    if (!hashable(key)) runtime.fail(fmt::format("unhashable type: '{}'", type_name(key)));
    runtime.hold(2 * sizeof(Value));
    made->set(key, value);
  };
  if (!args.positional.empty()) {
    if (Dict* const* from = args.positional[0].get_if<Dict*>()) {
      for (const auto& [key, value] : (*from)->entries) put(key, value);
    } else {
      for (const Value& pair : items(runtime, args.positional[0])) {
        std::vector<Value> two = items(runtime, pair);
        if (two.size() != 2) runtime.fail("dict is made of pairs");
        put(two[0], two[1]);
      }
    }
  }
  for (const auto& [key, value] : args.keywords) put(runtime.text(key), value);
  return made;
}

Value dict(Runtime& runtime, const Args& args) { return make_dict(runtime, args); }

Value make_namespace(Runtime& runtime, const Args& args) {
  Namespace* made = runtime.make<Namespace>();
  made->attributes = std::move(*make_dict(runtime, args));
  return made;
}

Value raise_exception(Runtime& runtime, const Args& args) {
  Parameters p(runtime, "raise_exception", args, {"message"}, 1);
  throw Error(ErrorKind::request, print(runtime, p[0]));
}

Value strftime_now(Runtime& runtime, const Args& args) {
  Parameters p(runtime, "strftime_now", args, {"format"}, 1);
  std::string format;
  // A time without a zone: Python prints nothing for %z and %Z. %f is a microsecond, which nobody puts in a prompt.
  const std::string& asked = p.text(0);
  if (asked.size() > 1000) runtime.refuse("so long a time format");
  for (size_t i = 0; i < asked.size(); ++i) {
    if (asked[i] != '%' || i + 1 == asked.size()) {
      format += asked[i];
      continue;
    }
    char kind = asked[++i];
    if (kind == 'f') runtime.refuse("'%f' in a time format");
    if (kind != 'z' && kind != 'Z') (format += '%') += kind;
  }
  std::time_t now = runtime.now();
  std::tm local{};
  localtime_r(&now, &local);
  std::string out(asked.size() * 64 + 64, '\0');
  format += '.';  // never empty, so that 0 means what it says
  size_t size = std::strftime(out.data(), out.size(), format.c_str(), &local);
  if (size == 0) runtime.refuse("a time format that makes so long a text");
  out.resize(size - 1);
  return runtime.text(utf8::replace_invalid(out));
}

}  // namespace

std::optional<Value> find_global(Runtime& runtime, std::string_view name) {
  using Function = Value (*)(Runtime&, const Args&);
  static constexpr std::pair<std::string_view, Function> known[] = {{"range", range},
                                                                    {"dict", dict},
                                                                    {"namespace", make_namespace},
                                                                    {"raise_exception", raise_exception},
                                                                    {"strftime_now", strftime_now}};
  for (const auto& [global, function] : known)
    if (global == name) {
      Callable* made = runtime.make<Callable>();
      made->shown = fmt::format("<function {}>", name);
      made->body = function;
      return made;
    }
  for (std::string_view outside : {"lipsum", "cycler", "joiner", "caller", "super", "self"})
    if (outside == name) runtime.refuse(fmt::format("'{}'", name));
  return std::nullopt;
}

}  // namespace octet::text::jinja
