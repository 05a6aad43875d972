// The held-out loss: of every source apart, and their mean as the training mixture weighs them.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "octet/data/dataset.h"
#include "octet/model/transformer.h"
#include "octet/train/batch.h"
#include "octet/train/recipe.h"

namespace octet::train {

struct HeldOut {
  std::string source;
  double weight = 1;  // of its tokens in the mixture
  std::vector<TrainBatch> batches;
};

// `validation.batches` micro-batches of each source that has something held out; the same ones at every call.
std::vector<HeldOut> held_out(const Recipe& recipe, const data::Dataset& dataset, at::Device device);

struct ValidationLoss {
  double mean = 0;  // expected over the mixture's targets: sources weigh by their tokens and targets per token
  std::map<std::string, double> by_source;
};
ValidationLoss validation_loss(const model::Transformer& model, const std::vector<HeldOut>& sources);

}  // namespace octet::train
