// Reading a config.json key by key, with the rules that all families share: a key that octet does not implement is
// refused by name, one that changes nothing is accepted, any other is an error that suggests the nearest known one.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "octet/base/json.h"

namespace octet::arch {

class Keys : public Fields {
 public:
  Keys(const Json& json, std::string where) : Fields(json, std::move(where)), json_(json) {}

  // Whether the key stands there, if only as null (q_lora_rank: null says something; absence says nothing).
  bool written(std::string_view key) const { return json_.contains(std::string(key)); }

  // Accepts an absent key, null or `value`; Error{unsupported} for anything else.
  void only(std::string_view key, const Json& value) const { only_in(*this, key, value); }
  static void only_in(const Fields& fields, std::string_view key, const Json& value);

  // The value as an integer from `low` to `high`, for the items of lists; none if it is anything else.
  static std::optional<int64_t> integer_in(const Json& value, int64_t low, int64_t high);

  // Accepts what transformers keeps in every config.json and what only steers training elsewhere.
  void accept_bookkeeping() const;

  // Error{config} for the first key that is neither read nor accepted. Keys that begin with '_' are comments.
  void finish() const;

 private:
  const Json& json_;
};

}  // namespace octet::arch
