// What a forward pass is about. Training, prefill, chunked prefill, batched decoding and the verification of drafts are
// the same call with different batches: tokens are flattened to [T], and the batch says which sequence each belongs to
// and where its latent is kept.
#pragma once
#include <ATen/ATen.h>

#include <span>
#include <vector>

#include "octet/model/cache.h"

namespace octet::model {

struct Batch {
  at::Tensor tokens_T;       // int64, on the model's device
  at::Tensor positions_T;    // int64: from 0 in each sequence
  at::Tensor cu_seqlens_S1;  // int64 on the CPU: sequence s is tokens cu_seqlens[s] .. cu_seqlens[s+1]-1

  // Only with a cache: the row of the cache that takes each token's latent, and the rows that each token attends to,
  // its own among them: rows[row_start[t] .. row_start[t] + row_count[t]).
  Cache* cache = nullptr;
  at::Tensor slots_T, rows, row_start_T, row_count_T;  // int64
  // Every sequence begins here, so that all keys are in the batch itself and attention can take the expanded form.
  enum class Keys { in_batch, in_cache };
  Keys keys = Keys::in_batch;

  int64_t size() const { return tokens_T.size(0); }
  int64_t positions_end = 0;  // one beyond the greatest of positions_T, for who knows it; 0: read off them
  int64_t end() const;
};

// A batch without a cache: whole sequences one after another, positions from 0.
Batch make_batch(const std::vector<std::vector<int64_t>>& sequences, at::Device device = at::kCPU);

// One part of a batch on a cache: these tokens go on after what `timeline` already holds. Appends them to it.
struct Continuation {
  Timeline* timeline;
  std::vector<int64_t> tokens;
};
// Error{resources} if the cache has no room; then no timeline has changed.
Batch make_batch(Cache& cache, std::span<const Continuation> parts, at::Device device = at::kCPU);

// The same for who keeps account of the cache's blocks himself: tokens from `position` on, of a sequence whose position
// p lies in block blocks[p / Cache::block]. Keys are always read from the cache, so that a token is computed the same
// way in whichever step its sequence reaches it.
struct Placed {
  std::span<const int64_t> tokens;
  int64_t position = 0;
  std::span<const int64_t> blocks;
};
Batch make_batch(Cache& cache, std::span<const Placed> parts, at::Device device = at::kCPU);

}  // namespace octet::model
