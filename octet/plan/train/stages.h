// Which layers each pipeline stage holds. Embedding, MTP modules and head are work like any layer, so the ends hold
// fewer layers; sizes differ where the layers do not divide.
#pragma once
#include <string>
#include <vector>

#include "octet/plan/train/layer_cost.h"

namespace octet::plan {

struct Item {  // what cannot be cut between stages
  enum class What { embedding, layer, mtp, head } what;
  int kind = -1;  // of ModelWork::kinds, for layer and mtp
  Seconds seconds;
  double kept = 0;                                // bytes of activations a micro-batch, from forward to backward
  double shared_weights = 0, expert_weights = 0;  // on one rank: cut over tp, over ep
  double fp8_weights = 0;                         // of them, multiplied in FP8
};

struct Stage {
  std::vector<int> items;  // in order, indices into Stages::items; may be empty
  Seconds seconds;
  double kept = 0, shared_weights = 0, expert_weights = 0, fp8_weights = 0;
  int64_t layers = 0;
};

struct Stages {
  std::vector<Item> items;
  std::vector<Stage> stages;
  std::string describe() const;  // "E+4 4 4 ... 3+M+H": layers a stage, with embedding, MTP and head where they are
};

// Contiguous, minimising the sum of the stages' times to the eighth power: the slowest stage first, evenness second.
Stages split_into_stages(const ModelWork& model, const Share& share, int64_t stages);

}  // namespace octet::plan
