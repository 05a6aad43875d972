#include "octet/serve/openai/params.h"

#include <algorithm>
#include <cmath>

namespace octet::serve {

Params::Params(const Json& value, std::string path) : object_(value), path_(std::move(path)) {
  if (value.is_object()) return;
  std::string what = path_.empty() ? "the request's body" : path_;
  throw invalid_request(path_, fmt::format("{}: expected an object, found {}", what, printable(dump(value))),
                        "invalid_type");
}

std::string Params::at(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const Json* Params::find(std::string_view key) const {
  known_.emplace(key);
  auto it = object_.find(std::string(key));
  return it == object_.end() || it->is_null() ? nullptr : &*it;
}

void Params::fail(std::string_view key, std::string_view expected) const {
  const Json* value = find(key);
  if (!value)
    throw invalid_request(at(key), fmt::format("{}: expected {}, but it is missing", at(key), expected),
                          "missing_required_parameter");
  throw invalid_request(at(key), fmt::format("{}: expected {}, found {}", at(key), expected, printable(dump(*value))),
                        "invalid_value");
}

const Json& Params::require(std::string_view key, std::string_view expected) const {
  const Json* value = find(key);
  if (!value) fail(key, expected);
  return *value;
}

std::optional<double> Params::number(std::string_view key, double low, double high) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  double x = value->is_number() ? value->get<double>() : NAN;
  if (!(x >= low && x <= high)) fail(key, fmt::format("a number from {} to {}", low, high));
  return x;
}

std::optional<int64_t> Params::integer(std::string_view key, int64_t low, int64_t high) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  std::string expected = fmt::format("an integer from {} to {}", low, high);
  int64_t n = 0;
  if (value->is_number_unsigned()) {
    if (value->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) fail(key, expected);
    n = static_cast<int64_t>(value->get<uint64_t>());
  } else if (value->is_number_integer()) {
    n = value->get<int64_t>();
  } else if (value->is_number_float() && std::abs(value->get<double>()) < 9e15 &&
             value->get<double>() == std::floor(value->get<double>())) {
    n = static_cast<int64_t>(value->get<double>());  // 16.0 is an integer to its writer
  } else {
    fail(key, expected);
  }
  if (n < low || n > high) fail(key, expected);
  return n;
}

std::optional<std::string> Params::string(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_string()) fail(key, "a string");
  return value->get<std::string>();
}

std::string Params::required_string(std::string_view key) const {
  if (!require(key, "a string").is_string()) fail(key, "a string");
  return *string(key);
}

bool Params::flag(std::string_view key, bool fallback) const {
  const Json* value = find(key);
  if (!value) return fallback;
  if (!value->is_boolean()) fail(key, "true or false");
  return value->get<bool>();
}

std::optional<std::string> Params::one_of(std::string_view key, const std::vector<std::string>& choices) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  if (value->is_string() && std::find(choices.begin(), choices.end(), value->get<std::string>()) != choices.end())
    return value->get<std::string>();
  fail(key, fmt::format("one of {}", fmt::join(choices, ", ")));
}

const Json* Params::list(std::string_view key) const {
  const Json* value = find(key);
  if (value && !value->is_array()) fail(key, "a list");
  return value;
}

const Json* Params::object(std::string_view key) const {
  const Json* value = find(key);
  if (value && !value->is_object()) fail(key, "an object");
  return value;
}

std::vector<std::string> Params::strings(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return {};
  if (value->is_string()) return {value->get<std::string>()};
  std::vector<std::string> out;
  if (!value->is_array()) fail(key, "a string or a list of strings");
  for (const Json& item : *value) {
    if (!item.is_string()) fail(key, "a string or a list of strings");
    out.push_back(item.get<std::string>());
  }
  return out;
}

void Params::refuse(std::string_view key, std::string_view why, const std::vector<Json>& harmless) const {
  const Json* value = find(key);
  if (!value || std::find(harmless.begin(), harmless.end(), *value) != harmless.end()) return;
  throw invalid_request(at(key), fmt::format("{}: {}", at(key), why), "unsupported_parameter");
}

void Params::finish() const {
  for (const auto& [key, value] : object_.items()) {
    if (known_.contains(key)) continue;
    std::string near = nearest_name(key, {known_.begin(), known_.end()});
    throw invalid_request(at(printable(key)),
                          fmt::format("unknown parameter: '{}'{}", at(printable(key)),
                                      near.empty() ? "" : fmt::format("; did you mean '{}'?", at(near))),
                          "unknown_parameter");
  }
}

}  // namespace octet::serve
