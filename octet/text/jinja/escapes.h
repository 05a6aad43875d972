// The escapes of a Python string literal.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace octet::text::jinja {

// The text between the quotes with \n, \x41, \u00e9, \101 and the like replaced; an unknown escape stays as written.
// Nothing, and a sentence in `message`, for one that is cut short, is no code point or is \N{name}.
std::optional<std::string> unescape(std::string_view written, std::string& message);

}  // namespace octet::text::jinja
