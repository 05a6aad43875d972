// A request's JSON object, read field by field. What is wrong is refused with the field's path, and what nobody asked
// for by name, with the nearest name that is known.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "octet/serve/openai/error.h"

namespace octet::serve {

class Params {
 public:
  // `path` is empty for the body itself, else such as "messages[0]". ApiError if `value` is no object.
  Params(const Json& value, std::string path = "");

  // A field's value; null where it is absent or JSON's null. All the readers below treat both alike.
  const Json* find(std::string_view key) const;
  const Json& require(std::string_view key, std::string_view expected) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }

  std::optional<int64_t> integer(std::string_view key, int64_t low, int64_t high) const;
  std::optional<double> number(std::string_view key, double low, double high) const;
  std::optional<std::string> string(std::string_view key) const;
  std::string required_string(std::string_view key) const;
  bool flag(std::string_view key, bool fallback = false) const;
  std::optional<std::string> one_of(std::string_view key, const std::vector<std::string>& choices) const;
  const Json* list(std::string_view key) const;                  // null where absent
  const Json* object(std::string_view key) const;                // null where absent
  std::vector<std::string> strings(std::string_view key) const;  // a list, or one string

  // Fields of OpenAI's that octet knows and does not do: refused unless absent, null, or one of the values that ask
  // for nothing.
  void refuse(std::string_view key, std::string_view why, const std::vector<Json>& harmless = {}) const;

  void finish() const;  // refuses the first field that nobody asked for

  std::string at(std::string_view key) const;  // the field's path
  const std::string& path() const { return path_; }
  [[noreturn]] void fail(std::string_view key, std::string_view expected) const;  // says what was found

 private:
  const Json& object_;
  std::string path_;
  mutable std::set<std::string, std::less<>> known_;
};

}  // namespace octet::serve
