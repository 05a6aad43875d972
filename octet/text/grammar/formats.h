// JSON Schema's "format": the ones that are enforced, each as a regular expression for the whole string.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace octet::text {

// Nothing for a format that octet does not know.
std::optional<std::string_view> format_pattern(std::string_view name);
std::vector<std::string> known_formats();

}  // namespace octet::text
