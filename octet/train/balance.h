// Keeping the experts evenly used: without an auxiliary loss by moving the router's bias (V3 report, section 2.1.2),
// and within a sequence by a weak loss (eq. 17-20).
//
// Suffixes: T tokens, E experts, K chosen, S sequences, L length of a sequence.
#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "octet/model/router.h"

namespace octet::train {

// How often each expert was chosen: float32 [E] from indices [T, K].
at::Tensor expert_counts(const at::Tensor& indices_TK, int64_t experts);

// bias += speed for experts with less than the mean load, -= speed for those with more; then the mean is taken off,
// for a common shift changes no choice and would only grow.
void update_bias(at::Tensor bias_E, const at::Tensor& counts_E, double speed);

// Largest load over mean load: 1 is even.
double max_over_mean(const at::Tensor& counts_E);

// The sequence-wise loss of one layer without its factor alpha: sum over i of f_i P_i, mean over the sequences.
// The batch is `T / length` sequences of `length` tokens as packed, whatever documents they hold.
at::Tensor sequence_balance(const model::Routing& routing, int64_t length);

// The counts of every routed layer, summed over the micro-batches of a step.
class LoadMeter {
 public:
  void add(const std::vector<model::Routing>& routing);
  const std::vector<at::Tensor>& counts() const { return counts_; }  // in the order of add's routing
  double max_over_mean() const;                                      // the mean over the layers; 1 where there are none
  void clear() { counts_.clear(); }

 private:
  std::vector<at::Tensor> counts_;
};

}  // namespace octet::train
