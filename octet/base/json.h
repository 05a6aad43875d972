// JSON and TOML behind one type, and Fields: reading an object key by key with errors that name the place.
#pragma once
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/error.h"

namespace octet {

using Json = nlohmann::ordered_json;  // keeps the order of keys

// Parses one JSON value. `where` names the source in errors (a path, "request body"). Nesting beyond 200 levels,
// invalid UTF-8, numbers beyond a double's range, duplicate keys' earlier values (the last wins, as everywhere) and
// anything after the value: Error{file}.
Json parse_json(std::string_view text, std::string_view where);
Json read_json(const std::filesystem::path& path, size_t limit = size_t{256} << 20);

// Parses TOML into the same type (dates become strings). Errors carry line and column.
Json parse_toml(std::string_view text, std::string_view where);
Json read_toml(const std::filesystem::path& path);

// One line; invalid UTF-8 is replaced rather than thrown on.
std::string dump(const Json& value, int indent = -1);

// An object being read. Every key asked for is remembered; finish() refuses the others by name with the nearest known.
// `where` is a path or a dotted place ("recipes/x.toml: optimizer").
class Fields {
 public:
  Fields(const Json& object, std::string where);  // Error{config} if it is no object

  bool has(std::string_view key) const;          // present and not null; counts as known
  const Json* find(std::string_view key) const;  // null if absent (or JSON null); counts as known

  // Required values. Error{config} "where: key: expected an integer from 1 to 65536, found ..." otherwise.
  int64_t integer(std::string_view key, int64_t low, int64_t high) const;
  double number(std::string_view key, double low, double high) const;
  bool boolean(std::string_view key) const;
  std::string string(std::string_view key) const;
  std::string one_of(std::string_view key, const std::vector<std::string>& choices) const;

  // The same with a default for an absent (or null) key.
  int64_t integer_or(std::string_view key, int64_t low, int64_t high, int64_t fallback) const;
  double number_or(std::string_view key, double low, double high, double fallback) const;
  bool boolean_or(std::string_view key, bool fallback) const;
  std::string string_or(std::string_view key, std::string fallback) const;
  std::string one_of_or(std::string_view key, const std::vector<std::string>& choices, std::string fallback) const;
  std::vector<std::string> strings_or(std::string_view key, std::vector<std::string> fallback) const;

  Fields object(std::string_view key) const;  // required
  std::optional<Fields> object_or_none(std::string_view key) const;

  void known(std::initializer_list<std::string_view> keys) const;  // accepted and not read
  void finish() const;                                             // Error{config} for the first key nobody asked for
  std::vector<std::string> unread() const;                         // keys that nobody asked for

  const std::string& where() const { return where_; }
  [[noreturn]] void fail(std::string_view key, std::string_view expected) const;  // with what was found

 private:
  const Json* object_;
  std::string where_;
  mutable std::set<std::string, std::less<>> seen_;
  const Json& require(std::string_view key, std::string_view expected) const;
};

}  // namespace octet
