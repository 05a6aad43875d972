#include "octet/base/json.h"

#include <algorithm>

#include "octet/base/file.h"

namespace octet {

namespace {

constexpr int max_depth = 200;  // deeper nesting is an attack on the stack, not a configuration

std::string place(std::string_view where, std::string_view key) { return fmt::format("{}: {}", where, printable(key)); }

std::string range(auto low, auto high) { return fmt::format("from {} to {}", low, high); }

}  // namespace

Json parse_json(std::string_view text, std::string_view where) {
  // nlohmann's parser keeps its own stack, but destruction and dumping recurse: bound the depth while parsing.
  bool too_deep = false;
  auto watch = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > max_depth) too_deep = true;
    return !too_deep;
  };
  try {
    Json value = Json::parse(text.begin(), text.end(), watch);
    if (too_deep) throw Error(ErrorKind::file, fmt::format("{}: JSON nested deeper than {} levels", where, max_depth));
    return value;
  } catch (const Json::parse_error& e) {
    std::string_view message = e.what();
    if (auto bracket = message.find("] "); bracket != message.npos) message.remove_prefix(bracket + 2);
    throw Error(ErrorKind::file, fmt::format("{}: not valid JSON: {}", where, printable(message, 200)));
  } catch (const Json::out_of_range& e) {  // "... number overflow parsing '1e400'"
    std::string_view message = e.what(), number = message.substr(std::min(message.find('\''), message.size()));
    throw Error(ErrorKind::file,
                fmt::format("{}: expected numbers up to 1.8e308, found {}", where, printable(number, 60)));
  }
}

Json read_json(const std::filesystem::path& path, size_t limit) {
  return parse_json(read_file(path, limit), path.string());
}

std::string dump(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Fields::Fields(const Json& object, std::string where) : object_(&object), where_(std::move(where)) {
  if (!object.is_object())
    throw Error(ErrorKind::config, fmt::format("{}: expected an object, found {}", where_, printable(dump(object))));
}

const Json* Fields::find(std::string_view key) const {
  seen_.emplace(key);
  auto it = object_->find(std::string(key));
  return it == object_->end() || it->is_null() ? nullptr : &*it;
}

bool Fields::has(std::string_view key) const { return find(key) != nullptr; }

void Fields::fail(std::string_view key, std::string_view expected) const {
  const Json* value = find(key);
  throw Error(ErrorKind::config, fmt::format("{}: expected {}, {}", place(where_, key), expected,
                                             value ? "found " + printable(dump(*value)) : "but it is missing"));
}

const Json& Fields::require(std::string_view key, std::string_view expected) const {
  const Json* value = find(key);
  if (!value) fail(key, expected);
  return *value;
}

int64_t Fields::integer(std::string_view key, int64_t low, int64_t high) const {
  std::string expected = "an integer " + range(low, high);
  const Json& value = require(key, expected);
  int64_t n = 0;
  if (value.is_number_unsigned()) {
    uint64_t u = value.get<uint64_t>();
    if (u > static_cast<uint64_t>(INT64_MAX)) fail(key, expected);
    n = static_cast<int64_t>(u);
  } else if (value.is_number_integer()) {
    n = value.get<int64_t>();
  } else if (value.is_number_float() && value.get<double>() == static_cast<double>(static_cast<int64_t>(
                                                                   std::clamp(value.get<double>(), -9e15, 9e15)))) {
    n = static_cast<int64_t>(value.get<double>());  // 1e6 and 4096.0 are integers to their writers
  } else {
    fail(key, expected);
  }
  if (n < low || n > high) fail(key, expected);
  return n;
}

double Fields::number(std::string_view key, double low, double high) const {
  std::string expected = "a number " + range(low, high);
  const Json& value = require(key, expected);
  if (!value.is_number()) fail(key, expected);
  double x = value.get<double>();
  if (!(x >= low && x <= high)) fail(key, expected);
  return x;
}

bool Fields::boolean(std::string_view key) const {
  const Json& value = require(key, "true or false");
  if (!value.is_boolean()) fail(key, "true or false");
  return value.get<bool>();
}

std::string Fields::string(std::string_view key) const {
  const Json& value = require(key, "a string");
  if (!value.is_string()) fail(key, "a string");
  return value.get<std::string>();
}

std::string Fields::one_of(std::string_view key, const std::vector<std::string>& choices) const {
  std::string expected = fmt::format("one of {}", fmt::join(choices, ", "));
  const Json& value = require(key, expected);
  if (!value.is_string()) fail(key, expected);
  std::string s = value.get<std::string>();
  if (std::find(choices.begin(), choices.end(), s) == choices.end()) {
    std::string near = nearest_name(s, choices);
    throw Error(ErrorKind::config,
                fmt::format("{}: expected {}, found {}", place(where_, key), expected, printable(dump(value))),
                near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  }
  return s;
}

int64_t Fields::integer_or(std::string_view key, int64_t low, int64_t high, int64_t fallback) const {
  return has(key) ? integer(key, low, high) : fallback;
}
double Fields::number_or(std::string_view key, double low, double high, double fallback) const {
  return has(key) ? number(key, low, high) : fallback;
}
bool Fields::boolean_or(std::string_view key, bool fallback) const { return has(key) ? boolean(key) : fallback; }
std::string Fields::string_or(std::string_view key, std::string fallback) const {
  return has(key) ? string(key) : std::move(fallback);
}
std::string Fields::one_of_or(std::string_view key, const std::vector<std::string>& choices,
                              std::string fallback) const {
  return has(key) ? one_of(key, choices) : std::move(fallback);
}

std::vector<std::string> Fields::strings_or(std::string_view key, std::vector<std::string> fallback) const {
  const Json* value = find(key);
  if (!value) return fallback;
  if (!value->is_array()) fail(key, "a list of strings");
  std::vector<std::string> out;
  for (const Json& item : *value) {
    if (!item.is_string()) fail(key, "a list of strings");
    out.push_back(item.get<std::string>());
  }
  return out;
}

Fields Fields::object(std::string_view key) const {
  const Json& value = require(key, "an object");
  if (!value.is_object()) fail(key, "an object");
  return Fields(value, place(where_, key));
}

std::optional<Fields> Fields::object_or_none(std::string_view key) const {
  if (!has(key)) return std::nullopt;
  return object(key);
}

void Fields::known(std::initializer_list<std::string_view> keys) const {
  for (auto key : keys) seen_.emplace(key);
}

std::vector<std::string> Fields::unread() const {
  std::vector<std::string> out;
  for (const auto& [key, value] : object_->items())
    if (!seen_.contains(key)) out.push_back(key);
  return out;
}

void Fields::finish() const {
  auto rest = unread();
  if (rest.empty()) return;
  throw Error(ErrorKind::config, fmt::format("{}: unknown key '{}'", where_, printable(rest.front())),
              unknown_name_hint(rest.front(), {seen_.begin(), seen_.end()}));
}

}  // namespace octet
