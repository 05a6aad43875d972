// From a short string to the number of a token, for millions of look-ups a second.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace octet::text {

// Holds views: the strings must outlive it. Filled once, then read by any number of threads.
class StringTable {
 public:
  explicit StringTable(size_t capacity = 0);  // strings to be added, at most

  // False, and nothing changes, if the string is there already.
  bool add(std::string_view text, int32_t value);
  int32_t find(std::string_view text) const { return find(text, hash(text)); }  // -1: none
  int32_t find(std::string_view text, uint64_t hash) const;

  static uint64_t hash(std::string_view text);

 private:
  struct Slot {
    const char* text = nullptr;
    uint32_t size = 0;
    int32_t value = -1;
  };
  std::vector<Slot> slots_;    // open addressing, at most half full
  std::vector<uint8_t> tags_;  // by slot: 0 if free, else some bits of the hash
  int shift_;
};

}  // namespace octet::text
