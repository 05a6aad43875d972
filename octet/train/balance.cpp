#include "octet/train/balance.h"

#include <ATen/core/grad_mode.h>

#include "octet/base/error.h"

namespace octet::train {

at::Tensor expert_counts(const at::Tensor& indices_TK, int64_t experts) {
  return at::bincount(indices_TK.flatten(), {}, experts).to(at::kFloat);
}

void update_bias(at::Tensor bias_E, const at::Tensor& counts_E, double speed) {
  at::NoGradGuard no_grad;
  bias_E.add_((counts_E.mean() - counts_E).sign().to(bias_E.scalar_type()), speed);
  bias_E.sub_(bias_E.mean());
}

double max_over_mean(const at::Tensor& counts_E) {
  double mean = counts_E.mean().item<double>();
  return mean > 0 ? counts_E.max().item<double>() / mean : 1;
}

at::Tensor sequence_balance(const model::Routing& routing, int64_t length) {
  int64_t experts = routing.scores_TE.size(1), chosen = routing.indices_TK.size(1);
  int64_t sequences = routing.scores_TE.size(0) / length;
  check(sequences * length == routing.scores_TE.size(0), "a batch that is no multiple of its sequences");
  // f_i = N / (K L) times how often i was chosen (eq. 18), a constant for the gradient.
  at::Tensor row = at::arange(sequences, routing.indices_TK.options()).repeat_interleave(length * chosen);
  at::Tensor f_SE = at::bincount(row * experts + routing.indices_TK.flatten(), {}, sequences * experts)
                        .view({sequences, experts})
                        .to(at::kFloat)
                        .mul_(static_cast<double>(experts) / static_cast<double>(chosen * length));
  // s' = s / sum s (eq. 19); P_i = its mean over the sequence (eq. 20).
  at::Tensor share_TE = routing.scores_TE / routing.scores_TE.sum(1, true);
  at::Tensor p_SE = share_TE.view({sequences, length, experts}).mean(1);
  return (f_SE * p_SE).sum() / sequences;
}

void LoadMeter::add(const std::vector<model::Routing>& routing) {
  bool first = counts_.empty();
  check(first || counts_.size() == routing.size(), "routing of another model");
  for (size_t i = 0; i < routing.size(); ++i) {
    at::Tensor counts = expert_counts(routing[i].indices_TK, routing[i].scores_TE.size(1));
    if (first)
      counts_.push_back(counts);
    else
      counts_[i].add_(counts);
  }
}

double LoadMeter::max_over_mean() const {
  if (counts_.empty()) return 1;
  double sum = 0;
  for (const auto& counts : counts_) sum += train::max_over_mean(counts);
  return sum / static_cast<double>(counts_.size());
}

}  // namespace octet::train
