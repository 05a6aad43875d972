// API keys: who may ask, compared so that the time taken tells nothing about them.
#pragma once
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace octet::serve {

class ApiKeys {
 public:
  ApiKeys() = default;  // none: everyone may ask

  // A file with one key a line, alone or after a name and white space ("team-a sk-..."); '#' begins a comment. The name
  // is what logs and fairness call its holder; without one it is key-1, key-2, ... Error{file} for a file without keys,
  // a key shorter than 16 characters, or a name used twice.
  static ApiKeys read(const std::filesystem::path& file);
  static ApiKeys parse(std::string_view text, const std::string& where);

  bool required() const { return !keys_.empty(); }
  // The name of the key's holder. Every key is compared, whole, whatever the first ones gave.
  std::optional<std::string> holder(std::string_view key) const;

 private:
  using Digest = std::array<unsigned char, 32>;  // SHA-256: of one length, and the keys themselves are not kept
  struct Key {
    std::string name;
    Digest digest;
  };
  std::vector<Key> keys_;
  static Digest digest(std::string_view key);
};

}  // namespace octet::serve
