#include "octet/infer/block_pool.h"

#include <algorithm>

#include "octet/base/error.h"

namespace octet::infer {

namespace {

// A multiply-xor mix (the finaliser of MurmurHash3) over the chain and the tokens.
uint64_t mixed(Chain before, std::span<const int64_t> tokens) {
  uint64_t h = before + 0x9E3779B97F4A7C15;
  for (int64_t t : tokens) {
    h ^= static_cast<uint64_t>(t);
    h = (h ^ h >> 33) * 0xFF51AFD7ED558CCD;
    h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53;
  }
  return h ^ h >> 33;
}

}  // namespace

BlockPool::BlockPool(int64_t blocks, Hash hash) : hash_(hash ? hash : mixed), blocks_(static_cast<size_t>(blocks)) {
  for (int64_t b = blocks; b-- > 0;) free_.push_back(b);  // the lowest is taken first
}

int64_t BlockPool::take() {
  int64_t b = -1;
  if (!free_.empty()) {
    b = free_.back();
    free_.pop_back();
  } else if (oldest_ >= 0) {
    b = oldest_;
    unkeep(b);
    forget(b);
  } else {
    return -1;
  }
  at(b).uses = 1;
  ++used_;
  return b;
}

void BlockPool::share(int64_t b) {
  if (at(b).uses++ == 0) {
    check(at(b).chain != 0, "a free block is shared");
    unkeep(b);
    ++used_;
  }
}

void BlockPool::release(int64_t b) {
  check(at(b).uses > 0, "a cache block was released twice");
  if (--at(b).uses > 0) return;
  --used_;
  if (at(b).chain != 0)
    keep(b);
  else
    free_.push_back(b);
}

std::optional<BlockPool::Found> BlockPool::find(Chain before, std::span<const int64_t> tokens) const {
  auto [from, to] = index_.equal_range(hash_(before, tokens));
  for (auto it = from; it != to; ++it) {
    const Block& b = at(it->second);
    if (b.before == before && std::equal(tokens.begin(), tokens.end(), b.tokens.begin(), b.tokens.end()))
      return Found{it->second, b.chain};
  }
  return std::nullopt;
}

Chain BlockPool::publish(int64_t block, Chain before, std::span<const int64_t> tokens) {
  check(tokens.size() == cache_block && at(block).uses > 0, "only a full block in use can be published");
  if (auto known = find(before, tokens)) return known->chain;
  Block& b = at(block);
  check(b.chain == 0, "a block is published twice");
  b.before = before;
  b.chain = ++last_chain_;
  std::copy(tokens.begin(), tokens.end(), b.tokens.begin());
  index_.emplace(hash_(before, tokens), block);
  return b.chain;
}

void BlockPool::keep(int64_t b) {
  at(b).older = newest_;
  at(b).newer = -1;
  if (newest_ >= 0) at(newest_).newer = b;
  newest_ = b;
  if (oldest_ < 0) oldest_ = b;
}

void BlockPool::unkeep(int64_t b) {
  int64_t newer = at(b).newer, older = at(b).older;
  (newer >= 0 ? at(newer).older : newest_) = older;
  (older >= 0 ? at(older).newer : oldest_) = newer;
}

void BlockPool::forget(int64_t b) {
  auto [from, to] = index_.equal_range(hash_(at(b).before, at(b).tokens));
  for (auto it = from; it != to; ++it)
    if (it->second == b) {
      index_.erase(it);
      break;
    }
  at(b).chain = 0;
}

}  // namespace octet::infer
