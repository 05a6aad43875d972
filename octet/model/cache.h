// The latent cache: kv_lora_rank + qk_rope_head_dim numbers a token and layer, and nothing more. What attention reads
// when it decodes are these rows themselves; they are never copied or expanded.
//
// Cache is the storage, cut into blocks of rows. Timeline is one sequence's view of it: which rows hold its tokens, in
// order. Timelines may share blocks (a common prefix); a block is given back when the last of them lets go of it.
#pragma once
#include <ATen/ATen.h>

#include <memory>
#include <vector>

#include "octet/arch/config.h"

namespace octet::model {

class Cache {
 public:
  static constexpr int64_t block = 16;  // rows

  // Room for `tokens` (rounded up to blocks) in every layer, MTP's included. dtype float32 or bfloat16.
  Cache(const arch::Config& config, int64_t tokens, at::ScalarType dtype, at::Device device = at::kCPU);

  at::Tensor layer(int64_t index) const { return layers_[static_cast<size_t>(index)]; }  // [rows, C + R]
  int64_t layers() const { return static_cast<int64_t>(layers_.size()); }
  int64_t bytes() const;            // of the storage
  int64_t bytes_per_token() const;  // over all layers
  int64_t free_blocks() const { return static_cast<int64_t>(free_.size()); }
  int64_t total_blocks() const { return static_cast<int64_t>(uses_.size()); }

  // A block with one use, or -1 if none is free.
  int64_t take();
  void share(int64_t block);    // one use more
  void release(int64_t block);  // one use less; free at none
  int64_t uses(int64_t block) const { return uses_[static_cast<size_t>(block)]; }

 private:
  std::vector<at::Tensor> layers_;
  std::vector<int64_t> free_;
  std::vector<int32_t> uses_;
};

class Timeline {
 public:
  explicit Timeline(Cache& cache) : cache_(&cache) {}
  ~Timeline() { truncate(0); }
  Timeline(Timeline&& other) noexcept;
  Timeline& operator=(Timeline&& other) noexcept;
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  int64_t length() const { return length_; }
  int64_t row(int64_t position) const {
    return blocks_[static_cast<size_t>(position / Cache::block)] * Cache::block + position % Cache::block;
  }
  const std::vector<int64_t>& blocks() const { return blocks_; }

  int64_t blocks_needed(int64_t tokens) const;  // beyond those it has, to grow by `tokens`
  // Grows by `tokens` rows. False, and nothing changed, if the cache has too few free blocks. Growth never writes into
  // a block that another timeline shares: such a last block is copied first.
  [[nodiscard]] bool append(int64_t tokens);
  void truncate(int64_t length);  // forgets what lies behind; a rejected draft is undone so

  // Adopts the first blocks of a sequence already in the cache, all of them full, as this empty timeline's beginning.
  void adopt(const std::vector<int64_t>& full_blocks);

  // What is in the rows now, and back again: for a branch in a conversation or a test of equality.
  struct Snapshot {
    int64_t length = 0;
    std::vector<at::Tensor> layers;  // [length, C + R]
  };
  Snapshot snapshot() const;
  void restore(const Snapshot& snapshot);  // Error{resources} if the cache has no room

 private:
  Cache* cache_;
  std::vector<int64_t> blocks_;
  int64_t length_ = 0;
};

}  // namespace octet::model
