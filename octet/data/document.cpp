#include "octet/data/document.h"

#include <fmt/format.h>

namespace octet::data {

uint64_t hash(std::string_view bytes, uint64_t seed) {
  for (char c : bytes) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return seed;
}

uint64_t hash(const Document& document) {
  uint64_t value = hash("");
  for (const auto& segment : document.segments) value = hash(segment.text, value);
  return value;
}

std::string hash_of(std::string_view bytes) { return fmt::format("fnv1a:{:016x}", hash(bytes)); }

}  // namespace octet::data
