// Chat templates: the subset of Jinja that they use, rendered as transformers renders them, which is jinja2's
// ImmutableSandboxedEnvironment with trim_blocks, lstrip_blocks, break and continue, and no escaping.
//
// In it: for (with loop, if, else), if, set and set blocks, namespace, macro, with, filter and generation blocks, raw,
// comments, whitespace control; Python's expressions, printing and slices; the filters, tests and methods that
// filters.h, predicates.h and methods.h list; range, dict, namespace, raise_exception, strftime_now.
// Beyond transformers: a template may append to and pop from its lists and dicts.
// Outside: include, import, extends, block, call, recursive loops, autoescape (safe gives its value back).
//
// What differs from Python: integers end at 128 bits, `upper` and `lower` map Greek with iota subscript letter by
// letter, and repr escapes what Unicode will never print but not what it has yet to assign.
#pragma once
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "octet/base/json.h"

namespace octet::text::jinja {

// What a render may take; a template that wants more ends with Error{resources}.
struct Limits {
  int64_t steps = 10'000'000;         // expressions, statements and loop turns; long strings cost more
  size_t output = size_t{64} << 20;   // bytes of the result, and of any string on the way
  size_t memory = size_t{256} << 20;  // bytes of all values alive at once
  int depth = 600;                    // nested statements, expressions and macro calls
};

struct Settings {
  Limits limits;
  std::optional<std::time_t> now;  // what strftime_now takes for the present; the clock's time if empty
};

struct Program;

// A parsed template. Copies share the program; rendering from several threads at once is safe.
class Template {
 public:
  // `name` stands in errors ("models/x/chat_template.jinja"). Error{config} with the line for what is malformed or
  // outside the subset; a filter or test that is not known and stands under a condition is refused when reached.
  Template(std::string_view source, std::string name);

  // `context` is an object: the template's variables. Error{request} for what the template or its data does wrong while
  // rendering, with raise_exception's message as it is; Error{config} for what is outside the subset.
  std::string render(const Json& context, const Settings& settings = {}) const;

  const std::string& name() const;

 private:
  std::shared_ptr<const Program> program_;
};

}  // namespace octet::text::jinja
