// The cache's blocks: which are in use, which are free, and which hold the beginning of some earlier sequence that
// another may share. Counts only; what is in a block is the runner's.
//
// A full block is known by its tokens and by all blocks before it (a chain), so that equal prefixes are found block by
// block. The index is by hash and compares the tokens themselves: two prefixes are never taken for each other. A known
// block that nobody uses stays until its room is needed; the one that was given back longest ago goes first.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "octet/infer/runner.h"

namespace octet::infer {

// Identity of a prefix of whole blocks; unique for ever. 0: the empty one.
using Chain = uint64_t;

class BlockPool {
 public:
  using Hash = uint64_t (*)(Chain before, std::span<const int64_t> tokens);
  explicit BlockPool(int64_t blocks, Hash hash = nullptr);  // another hash: for tests

  int64_t total() const { return static_cast<int64_t>(blocks_.size()); }
  int64_t used() const { return used_; }
  int64_t available() const { return total() - used_; }  // free, or kept and unused
  int64_t uses(int64_t block) const { return at(block).uses; }

  // A block with one use, or -1 if all are in use.
  int64_t take();
  void share(int64_t block);    // one use more
  void release(int64_t block);  // one use less. Release a sequence's last block first: a prefix outlives what follows

  struct Found {
    int64_t block;
    Chain chain;  // up to this block's end
  };
  // The block that holds `tokens` (cache_block of them) after the prefix `before`.
  std::optional<Found> find(Chain before, std::span<const int64_t> tokens) const;

  // A used block has been filled with `tokens` after `before` and may be found from now on. Where an equal one is known
  // already, that one stays the known one. The chain up to this block's end.
  Chain publish(int64_t block, Chain before, std::span<const int64_t> tokens);

 private:
  struct Block {
    int64_t uses = 0;
    Chain before = 0, chain = 0;  // chain 0: not known
    std::array<int64_t, cache_block> tokens{};
    int64_t newer = -1, older = -1;  // neighbours among the kept ones
  };
  Hash hash_;
  std::vector<Block> blocks_;
  std::vector<int64_t> free_;
  std::unordered_multimap<uint64_t, int64_t> index_;
  int64_t used_ = 0, newest_ = -1, oldest_ = -1;
  Chain last_chain_ = 0;

  const Block& at(int64_t block) const { return blocks_[static_cast<size_t>(block)]; }
  Block& at(int64_t block) { return blocks_[static_cast<size_t>(block)]; }
  void keep(int64_t block);  // as the newest
  void unkeep(int64_t block);
  void forget(int64_t block);  // takes it out of the index
};

}  // namespace octet::infer
