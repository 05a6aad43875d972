// The loss of one micro-batch: main + weight x MTP + alpha x balance. V3 report, eq. 17 and 24-25.
#pragma once
#include "octet/model/transformer.h"
#include "octet/train/batch.h"

namespace octet::train {

struct LossWeights {
  double mtp = 0.3;             // lambda, of the mean over the modules
  double sequence_balance = 0;  // alpha
  int64_t sequence_length = 0;  // of the balance loss
};

// How many targets the whole step has, over all its micro-batches: what the losses are divided by, so that cutting a
// step into micro-batches changes nothing.
struct TargetCounts {
  int64_t main = 0;
  std::vector<int64_t> mtp;
  int64_t micro_batches = 0;
};
TargetCounts count_targets(const std::vector<TrainBatch>& micro_batches);

struct Loss {
  at::Tensor total;                       // what backward() starts from
  double main = 0, mtp = 0, balance = 0;  // this micro-batch's share of the step's means, unweighted
  std::vector<model::Routing> routing;    // the main model's layers, then the MTP modules'
};
Loss compute_loss(const model::Transformer& model, const TrainBatch& batch, const TargetCounts& counts,
                  const LossWeights& weights);

// Mean cross entropy of the main model over batches, without gradients: the validation loss.
double mean_loss(const model::Transformer& model, const std::vector<TrainBatch>& batches);

}  // namespace octet::train
