#include "octet/text/bpe/merges.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <queue>

namespace octet::text {

Merges::Merges(const std::array<int32_t, 256>& byte_ids, const std::vector<MergeRule>& rules) : byte_ids_(byte_ids) {
  size_t size = std::bit_ceil(std::max<size_t>(rules.size() * 2, 16));
  shift_ = 64 - std::countr_zero(size);
  slots_.resize(size);
  for (const MergeRule& rule : rules) {
    uint64_t pair = key(rule.left, rule.right);
    size_t at = home(pair);
    while (slots_[at].pair != empty && slots_[at].pair != pair) at = (at + 1) & (size - 1);
    slots_[at] = {pair, rule.rank, rule.merged};
  }
}

Merges::Found Merges::find(int32_t left, int32_t right) const {
  uint64_t pair = key(left, right);
  for (size_t at = home(pair);; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.pair == pair) return {slot.rank, slot.merged};
    if (slot.pair == empty) return {no_rank, 0};
  }
}

void Merges::merge(std::string_view piece, std::vector<int32_t>& ids) const {
  if (piece.size() <= scan_limit)
    merge_by_scan(piece, ids);
  else
    merge_by_heap(piece, ids);
}

void Merges::merge_by_scan(std::string_view piece, std::vector<int32_t>& ids) const {
  std::array<int32_t, scan_limit> id;
  std::array<Found, scan_limit> pair;  // pair[i]: id[i] with id[i + 1]
  size_t n = piece.size();
  for (size_t i = 0; i < n; ++i) id[i] = byte_ids_[static_cast<unsigned char>(piece[i])];
  for (size_t i = 0; i + 1 < n; ++i) pair[i] = find(id[i], id[i + 1]);
  while (n > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < n; ++i)
      if (pair[i].rank < pair[best].rank) best = i;
    if (pair[best].rank == no_rank) break;
    id[best] = pair[best].merged;
    --n;
    for (size_t i = best + 1; i < n; ++i) id[i] = id[i + 1];
    for (size_t i = best + 1; i + 1 < n; ++i) pair[i] = pair[i + 1];
    if (best > 0) pair[best - 1] = find(id[best - 1], id[best]);
    if (best + 1 < n) pair[best] = find(id[best], id[best + 1]);
  }
  ids.insert(ids.end(), id.begin(), id.begin() + static_cast<ptrdiff_t>(n));
}

void Merges::merge_by_heap(std::string_view piece, std::vector<int32_t>& ids) const {
  constexpr size_t none = SIZE_MAX;
  struct Symbol {
    int32_t id;
    size_t before, after;  // neighbours that are left
    bool alive = true;
  };
  struct Candidate {
    uint32_t rank;
    size_t at;  // the left symbol
    bool operator>(const Candidate& other) const { return std::pair(rank, at) > std::pair(other.rank, other.at); }
  };
  size_t n = piece.size();
  std::vector<Symbol> symbols(n);
  for (size_t i = 0; i < n; ++i)
    symbols[i] = {byte_ids_[static_cast<unsigned char>(piece[i])], i == 0 ? none : i - 1, i + 1 == n ? none : i + 1};
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
  auto pair_at = [&](size_t i) {
    size_t after = symbols[i].after;
    return after == none ? Found{no_rank, 0} : find(symbols[i].id, symbols[after].id);
  };
  auto offer = [&](size_t i) {
    if (Found found = pair_at(i); found.rank != no_rank) queue.push({found.rank, i});
  };
  for (size_t i = 0; i < n; ++i) offer(i);
  while (!queue.empty()) {
    auto [rank, at] = queue.top();
    queue.pop();
    // A rank belongs to one result, so a candidate holds as long as its place shows that rank.
    Found found = symbols[at].alive ? pair_at(at) : Found{no_rank, 0};
    if (found.rank != rank) continue;
    Symbol& gone = symbols[symbols[at].after];
    gone.alive = false;
    symbols[at].id = found.merged;
    symbols[at].after = gone.after;
    if (gone.after != none) symbols[gone.after].before = at;
    offer(at);
    if (symbols[at].before != none) offer(symbols[at].before);
  }
  for (size_t i = 0; i != none; i = symbols[i].after) ids.push_back(symbols[i].id);
}

}  // namespace octet::text
