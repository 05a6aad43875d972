// What a step trains on: a packed batch as tensors, with the targets of the main model and of each MTP module.
#pragma once
#include <vector>

#include "octet/data/packing.h"
#include "octet/model/batch.h"

namespace octet::train {

struct TrainBatch {
  model::Batch batch;
  at::Tensor targets_T;                   // int64: t_{i+1}, or -1: no loss
  std::vector<at::Tensor> mtp_next_T;     // for module k (from 0): the token t_{i+1+k} that it is given
  std::vector<at::Tensor> mtp_targets_T;  // for module k: t_{i+2+k}, or -1
  int64_t targets = 0;                    // how many are not -1
  std::vector<int64_t> mtp_targets;
  double keys_per_token = 0;  // mean length of the piece that a token lies in, for counting FLOPs
};

// `mtp_modules`: how many MTP modules the model has.
TrainBatch make_train_batch(const data::PackedBatch& packed, size_t mtp_modules, at::Device device = at::kCPU);

}  // namespace octet::train
