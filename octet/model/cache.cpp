#include "octet/model/cache.h"

#include <numeric>

#include "octet/base/error.h"

namespace octet::model {

Cache::Cache(const arch::Config& config, int64_t tokens, at::ScalarType dtype, at::Device device) {
  int64_t blocks = (tokens + block - 1) / block;
  auto add = [&](const arch::LayerSpec& spec) {
    const auto& mla = std::get<arch::Mla>(spec.attention);
    // Untouched pages of an empty tensor take no memory, so a generous capacity costs nothing until it is used.
    layers_.push_back(at::empty({blocks * block, mla.kv_lora_rank + mla.qk_rope_head_dim},
                                at::TensorOptions().dtype(dtype).device(device)));
  };
  for (const auto& spec : config.layers) add(spec);
  for (const auto& spec : config.mtp_layers) add(spec);
  uses_.assign(static_cast<size_t>(blocks), 0);
  free_.resize(static_cast<size_t>(blocks));
  std::iota(free_.rbegin(), free_.rend(), 0);  // the lowest block is taken first
}

int64_t Cache::bytes() const {
  int64_t sum = 0;
  for (const auto& layer : layers_) sum += static_cast<int64_t>(layer.nbytes());
  return sum;
}

int64_t Cache::bytes_per_token() const {
  return uses_.empty() ? 0 : bytes() / (static_cast<int64_t>(uses_.size()) * block);
}

int64_t Cache::take() {
  if (free_.empty()) return -1;
  int64_t b = free_.back();
  free_.pop_back();
  uses_[static_cast<size_t>(b)] = 1;
  return b;
}

void Cache::share(int64_t b) { ++uses_[static_cast<size_t>(b)]; }

void Cache::release(int64_t b) {
  check(uses_[static_cast<size_t>(b)] > 0, "a cache block was released twice");
  if (--uses_[static_cast<size_t>(b)] == 0) free_.push_back(b);
}

Timeline::Timeline(Timeline&& other) noexcept
    : cache_(other.cache_), blocks_(std::move(other.blocks_)), length_(std::exchange(other.length_, 0)) {
  other.blocks_.clear();
}

Timeline& Timeline::operator=(Timeline&& other) noexcept {
  if (this != &other) {
    truncate(0);
    cache_ = other.cache_;
    blocks_ = std::exchange(other.blocks_, {});
    length_ = std::exchange(other.length_, 0);
  }
  return *this;
}

int64_t Timeline::blocks_needed(int64_t tokens) const {
  int64_t after = (length_ + tokens + Cache::block - 1) / Cache::block;
  int64_t needed = after - static_cast<int64_t>(blocks_.size());
  bool copies_last = tokens > 0 && length_ % Cache::block != 0 && cache_->uses(blocks_.back()) > 1;
  return needed + copies_last;
}

bool Timeline::append(int64_t tokens) {
  if (blocks_needed(tokens) > cache_->free_blocks()) return false;
  if (tokens > 0 && length_ % Cache::block != 0 && cache_->uses(blocks_.back()) > 1) {
    int64_t copy = cache_->take(), from = blocks_.back() * Cache::block, to = copy * Cache::block;
    for (int64_t i = 0; i < cache_->layers(); ++i)
      cache_->layer(i).narrow(0, to, Cache::block).copy_(cache_->layer(i).narrow(0, from, Cache::block));
    cache_->release(blocks_.back());
    blocks_.back() = copy;
  }
  length_ += tokens;
  while (static_cast<int64_t>(blocks_.size()) * Cache::block < length_) blocks_.push_back(cache_->take());
  return true;
}

void Timeline::truncate(int64_t length) {
  check(length <= length_, "a timeline is truncated to more than it holds");
  length_ = length;
  while ((static_cast<int64_t>(blocks_.size()) - 1) * Cache::block >= length && !blocks_.empty()) {
    cache_->release(blocks_.back());
    blocks_.pop_back();
  }
}

void Timeline::adopt(const std::vector<int64_t>& full_blocks) {
  check(length_ == 0, "only an empty timeline can adopt a prefix");
  for (int64_t b : full_blocks) cache_->share(b);
  blocks_ = full_blocks;
  length_ = static_cast<int64_t>(full_blocks.size()) * Cache::block;
}

namespace {

at::Tensor rows_of(const Timeline& timeline) {
  std::vector<int64_t> rows(static_cast<size_t>(timeline.length()));
  for (int64_t i = 0; i < timeline.length(); ++i) rows[static_cast<size_t>(i)] = timeline.row(i);
  return at::tensor(rows, at::kLong);
}

}  // namespace

Timeline::Snapshot Timeline::snapshot() const {
  Snapshot s{length_, {}};
  at::Tensor rows = rows_of(*this);
  for (int64_t i = 0; i < cache_->layers(); ++i)
    s.layers.push_back(cache_->layer(i).index_select(0, rows.to(cache_->layer(i).device())));
  return s;
}

void Timeline::restore(const Snapshot& s) {
  truncate(0);
  if (!append(s.length))
    throw Error(ErrorKind::resources, fmt::format("the cache has no room for the {} tokens to be restored", s.length),
                "give it more memory or end another conversation");
  at::Tensor rows = rows_of(*this);
  for (int64_t i = 0; i < cache_->layers(); ++i)
    cache_->layer(i).index_copy_(0, rows.to(cache_->layer(i).device()), s.layers[static_cast<size_t>(i)]);
}

}  // namespace octet::model
