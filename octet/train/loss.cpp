#include "octet/train/loss.h"

#include <ATen/core/grad_mode.h>

#include "octet/train/balance.h"

namespace octet::train {

namespace {

double share(int64_t count) { return 1.0 / static_cast<double>(std::max<int64_t>(count, 1)); }

at::Tensor summed(const model::Transformer& model, const at::Tensor& hidden_TD, const at::Tensor& targets_T) {
  return ops::cross_entropy(hidden_TD, model.head_VD, targets_T).sum();
}

}  // namespace

TargetCounts count_targets(const std::vector<TrainBatch>& micro_batches) {
  TargetCounts counts;
  for (const auto& batch : micro_batches) {
    counts.main += batch.targets;
    counts.mtp.resize(batch.mtp_targets.size());
    for (size_t k = 0; k < batch.mtp_targets.size(); ++k) counts.mtp[k] += batch.mtp_targets[k];
    ++counts.micro_batches;
  }
  return counts;
}

Loss compute_loss(const model::Transformer& model, const TrainBatch& batch, const TargetCounts& counts,
                  const LossWeights& weights) {
  Loss loss;
  model::Forward main = model.forward(batch.batch);
  loss.routing = std::move(main.routing);
  loss.total = summed(model, main.hidden_TD, batch.targets_T) * share(counts.main);
  loss.main = loss.total.item<double>();
  at::Tensor hidden = main.hidden_TD;
  double modules = static_cast<double>(model.mtp.size());
  for (size_t k = 0; k < model.mtp.size() && weights.mtp > 0; ++k) {
    model::Forward next = model.forward_mtp(k, hidden, batch.mtp_next_T[k], batch.batch);
    at::Tensor mtp = summed(model, next.hidden_TD, batch.mtp_targets_T[k]) * (share(counts.mtp[k]) / modules);
    loss.mtp += mtp.item<double>();
    loss.total = loss.total + weights.mtp * mtp;
    loss.routing.insert(loss.routing.end(), next.routing.begin(), next.routing.end());
    hidden = next.hidden_TD;
  }
  if (weights.sequence_balance > 0) {
    for (const auto& routing : loss.routing) {
      at::Tensor balance = sequence_balance(routing, weights.sequence_length) * share(counts.micro_batches);
      loss.balance += balance.item<double>();
      loss.total = loss.total + weights.sequence_balance * balance;
    }
  }
  return loss;
}

double mean_loss(const model::Transformer& model, const std::vector<TrainBatch>& batches) {
  at::NoGradGuard no_grad;
  double sum = 0;
  for (const auto& batch : batches)
    sum += summed(model, model.forward(batch.batch).hidden_TD, batch.targets_T).item<double>();
  return sum * share(count_targets(batches).main);
}

}  // namespace octet::train
