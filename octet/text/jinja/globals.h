// The functions that every template can call: range, dict, namespace, raise_exception, strftime_now.
#pragma once
#include <optional>
#include <string_view>

#include "octet/text/jinja/runtime.h"

namespace octet::text::jinja {

// The function of that name, if there is one. Error{config} for those of jinja2 that octet does not have.
std::optional<Value> find_global(Runtime& runtime, std::string_view name);

}  // namespace octet::text::jinja
