#include "octet/serve/keys.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <sstream>

#include "octet/base/error.h"
#include "octet/base/file.h"

namespace octet::serve {

ApiKeys::Digest ApiKeys::digest(std::string_view key) {
  Digest out;
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), out.data());
  return out;
}

ApiKeys ApiKeys::read(const std::filesystem::path& file) { return parse(read_file(file, 1 << 20), file.string()); }

ApiKeys ApiKeys::parse(std::string_view text, const std::string& where) {
  ApiKeys out;
  std::istringstream lines{std::string(text)};
  size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    std::string first, second, third;
    words >> first >> second >> third;
    if (first.empty()) continue;
    auto refuse = [&](const char* what) {
      throw Error(ErrorKind::file, fmt::format("{}, line {}: {}", where, number, what),
                  "each line is a key of at least 16 characters, or a name and a key");
    };
    if (!third.empty()) refuse("more than a name and a key");
    bool named = !second.empty();
    const std::string& key = named ? second : first;
    if (key.size() < 16) refuse("a key shorter than 16 characters");
    std::string name = named ? first : fmt::format("key-{}", out.keys_.size() + 1);
    auto same = [&](const Key& k) { return k.name == name; };
    if (std::any_of(out.keys_.begin(), out.keys_.end(), same)) refuse("a name that was used before");
    out.keys_.push_back({name, digest(key)});
  }
  if (out.keys_.empty()) throw Error(ErrorKind::file, fmt::format("{}: no key in it", where), "write one key a line");
  return out;
}

std::optional<std::string> ApiKeys::holder(std::string_view key) const {
  Digest asked = digest(key);
  const Key* found = nullptr;
  for (const Key& k : keys_)
    if (CRYPTO_memcmp(k.digest.data(), asked.data(), asked.size()) == 0) found = &k;
  return found ? std::optional(found->name) : std::nullopt;
}

}  // namespace octet::serve
