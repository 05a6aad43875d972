#include "octet/model/batch.h"

#include <numeric>

#include "octet/base/error.h"

namespace octet::model {

namespace {

at::Tensor integers(const std::vector<int64_t>& values, at::Device device) {
  return at::tensor(values, at::kLong).to(device);
}

}  // namespace

int64_t Batch::end() const {
  if (positions_end > 0 || positions_T.numel() == 0) return positions_end;
  return positions_T.max().item<int64_t>() + 1;
}

Batch make_batch(const std::vector<std::vector<int64_t>>& sequences, at::Device device) {
  Batch batch;
  std::vector<int64_t> tokens, positions, cu_seqlens{0};
  for (const auto& s : sequences) {
    tokens.insert(tokens.end(), s.begin(), s.end());
    for (size_t i = 0; i < s.size(); ++i) positions.push_back(static_cast<int64_t>(i));
    cu_seqlens.push_back(static_cast<int64_t>(tokens.size()));
    batch.positions_end = std::max(batch.positions_end, static_cast<int64_t>(s.size()));
  }
  batch.tokens_T = integers(tokens, device);
  batch.positions_T = integers(positions, device);
  batch.cu_seqlens_S1 = integers(cu_seqlens, at::kCPU);
  return batch;
}

Batch make_batch(Cache& cache, std::span<const Continuation> parts, at::Device device) {
  int64_t needed = 0;
  for (const auto& part : parts) needed += part.timeline->blocks_needed(static_cast<int64_t>(part.tokens.size()));
  if (needed > cache.free_blocks())
    throw Error(ErrorKind::resources,
                fmt::format("the cache has {} tokens left and {} are needed", cache.free_blocks() * Cache::block,
                            needed * Cache::block),
                "give it more memory (--memory) or shorten the conversation");
  std::vector<Placed> placed;
  bool fresh = true;
  for (const auto& part : parts) {
    int64_t before = part.timeline->length();
    if (before != 0) fresh = false;
    check(part.timeline->append(static_cast<int64_t>(part.tokens.size())), "free blocks were counted wrong");
    placed.push_back({part.tokens, before, part.timeline->blocks()});
  }
  Batch batch = make_batch(cache, placed, device);
  if (fresh) batch.keys = Batch::Keys::in_batch;
  return batch;
}

Batch make_batch(Cache& cache, std::span<const Placed> parts, at::Device device) {
  Batch batch;
  std::vector<int64_t> tokens, positions, cu_seqlens{0}, slots, rows, row_start, row_count;
  for (const auto& part : parts) {
    auto start = static_cast<int64_t>(rows.size()), end = part.position + static_cast<int64_t>(part.tokens.size());
    check(end <= static_cast<int64_t>(part.blocks.size()) * Cache::block, "a sequence's blocks do not reach its end");
    for (int64_t p = 0; p < end; ++p)
      rows.push_back(part.blocks[static_cast<size_t>(p / Cache::block)] * Cache::block + p % Cache::block);
    for (int64_t p = part.position; p < end; ++p) {
      positions.push_back(p);
      slots.push_back(rows[static_cast<size_t>(start + p)]);
      row_start.push_back(start);
      row_count.push_back(p + 1);
    }
    tokens.insert(tokens.end(), part.tokens.begin(), part.tokens.end());
    cu_seqlens.push_back(static_cast<int64_t>(tokens.size()));
    batch.positions_end = std::max(batch.positions_end, end);
  }
  batch.tokens_T = integers(tokens, device);
  batch.positions_T = integers(positions, device);
  batch.cu_seqlens_S1 = integers(cu_seqlens, at::kCPU);
  batch.cache = &cache;
  batch.slots_T = integers(slots, device);
  batch.rows = integers(rows, device);
  batch.row_start_T = integers(row_start, device);
  batch.row_count_T = integers(row_count, device);
  batch.keys = Batch::Keys::in_cache;
  return batch;
}

}  // namespace octet::model
