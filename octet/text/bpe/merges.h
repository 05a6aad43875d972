// Byte-pair merging of one piece: from its bytes to token ids.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace octet::text {

struct MergeRule {
  int32_t left, right, merged;
  uint32_t rank;
};

// Of all neighbours that have a rule, the pair with the lowest rank is merged, at equal rank the leftmost, until none
// has. Immutable.
class Merges {
 public:
  Merges() : Merges({}, {}) {}
  // `byte_ids`: the token of each byte, -1 for bytes that no UTF-8 text holds. Rules of one rank have one result; of
  // two rules for one pair the later counts.
  Merges(const std::array<int32_t, 256>& byte_ids, const std::vector<MergeRule>& rules);

  // Appends the ids of `piece`.
  void merge(std::string_view piece, std::vector<int32_t>& ids) const;

  // The two ways in which merge() does it: for short pieces and for those of any length. Same result.
  void merge_by_scan(std::string_view piece, std::vector<int32_t>& ids) const;  // at most scan_limit bytes
  void merge_by_heap(std::string_view piece, std::vector<int32_t>& ids) const;
  static constexpr size_t scan_limit = 64;

 private:
  struct Slot {
    uint64_t pair = empty;
    uint32_t rank = 0;
    int32_t merged = 0;
  };
  struct Found {
    uint32_t rank;  // no_rank: no rule
    int32_t merged;
  };
  static constexpr uint64_t empty = UINT64_MAX;
  static constexpr uint32_t no_rank = UINT32_MAX;
  static uint64_t key(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }
  size_t home(uint64_t pair) const { return pair * 0x9E3779B97F4A7C15u >> shift_; }
  Found find(int32_t left, int32_t right) const;

  std::array<int32_t, 256> byte_ids_;
  std::vector<Slot> slots_;  // open addressing, at most half full
  int shift_;
};

}  // namespace octet::text
