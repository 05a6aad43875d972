#include "octet/train/validation.h"

#include "octet/train/loss.h"
#include "octet/train/setup.h"

namespace octet::train {

std::vector<HeldOut> held_out(const Recipe& recipe, const data::Dataset& dataset, at::Device device) {
  std::vector<HeldOut> out;
  if (recipe.validation.batches == 0) return out;
  // Names are checked against the training sources: one of them may have nothing held out.
  for (const auto& trained : weighted(dataset.train, recipe.data)) {
    auto kept = std::find_if(dataset.validation.begin(), dataset.validation.end(),
                             [&](const auto& source) { return source.name == trained.name; });
    if (kept == dataset.validation.end()) continue;
    HeldOut held{trained.name, trained.weight, {}};
    data::PackedStream stream({*kept}, {recipe.batch.micro_batch, recipe.batch.sequence_length, recipe.seed});
    for (int64_t i = 0; i < recipe.validation.batches; ++i)
      held.batches.push_back(make_train_batch(stream.next(), 0, device));
    out.push_back(std::move(held));
  }
  return out;
}

ValidationLoss validation_loss(const model::Transformer& model, const std::vector<HeldOut>& sources) {
  ValidationLoss loss;
  double weights = 0;
  for (const auto& held : sources) {
    double here = mean_loss(model, held.batches);
    double targets = static_cast<double>(count_targets(held.batches).main);
    double weight = held.weight * targets / static_cast<double>(held.batches.size());
    loss.by_source[held.source] = here;
    loss.mean += weight * here;
    weights += weight;
  }
  if (weights > 0) loss.mean /= weights;
  return loss;
}

}  // namespace octet::train
