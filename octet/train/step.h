// One training step: batch -> forward -> loss -> backward -> clip -> update -> update_bias -> record.
#pragma once
#include "octet/train/loss.h"
#include "octet/train/optimizer.h"

namespace octet::train {

struct StepSettings {
  double rate = 1;  // of the peak learning rates
  LossWeights weights;
  double bias_update_speed = 0;  // gamma
};

struct StepRecord {
  double loss = 0, mtp_loss = 0, balance_loss = 0;  // means over the step's targets, unweighted
  double gradient_norm = 0;                         // before clipping
  double expert_load_max_over_mean = 1;             // mean over the routed layers
};

// Error{config} where the loss or its gradient is not finite; then nothing has been updated.
StepRecord train_step(model::Transformer& model, Optimizer& optimizer, const std::vector<TrainBatch>& micro_batches,
                      const StepSettings& settings);

}  // namespace octet::train
