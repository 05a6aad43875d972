// The tests that templates may use, `value is name(arguments)`, as in jinja2:
// boolean callable defined divisibleby eq equalto even false filter float ge gt greaterthan in integer iterable le
// lessthan lower lt mapping ne none number odd sameas sequence string test true undefined upper, and == != < <= > >=
#pragma once
#include <string_view>

#include "octet/text/jinja/runtime.h"

namespace octet::text::jinja {

using Predicate = bool (*)(Runtime& runtime, const Value& value, const Args& args);

Predicate find_predicate(std::string_view name);  // null if there is none

}  // namespace octet::text::jinja
