#include "octet/model/router.h"

#include <ATen/core/grad_mode.h>

#include <limits>

namespace octet::model {

namespace {

// Leaves only the experts of the topk_group best groups; the others become -inf. (Zero would let them back in once a
// biased score is negative.)
at::Tensor limit_to_groups(const at::Tensor& choice_TE, const arch::Routing& rule) {
  int64_t T = choice_TE.size(0), E = choice_TE.size(1), G = rule.n_group;
  at::Tensor grouped = choice_TE.view({T, G, E / G});
  at::Tensor group_score_TG = rule.group_score == arch::GroupScore::top2_sum
                                  ? std::get<0>(grouped.topk(std::min<int64_t>(2, E / G), 2)).sum(2)
                                  : grouped.amax(2);
  at::Tensor kept = std::get<1>(group_score_TG.topk(rule.topk_group, 1));
  at::Tensor outside = at::ones({T, G}, choice_TE.options().dtype(at::kBool)).scatter_(1, kept, false);
  return grouped.masked_fill(outside.unsqueeze(2), -std::numeric_limits<double>::infinity()).view({T, E});
}

}  // namespace

Routing Router::operator()(const at::Tensor& x_TD, int64_t layer) const {
  at::Tensor logits_TE = ops::linear(x_TD.to(at::kFloat), {weight.data.to(at::kFloat)});
  at::Tensor scores_TE = rule.score == arch::Score::sigmoid ? ops::sigmoid(logits_TE) : logits_TE.softmax(1);  // eq. 15
  at::Tensor indices_TK;
  {
    at::NoGradGuard choosing_has_no_gradient;
    at::Tensor choice = bias_E.defined() ? scores_TE + bias_E : scores_TE;  // eq. 16
    if (rule.group_score != arch::GroupScore::none) choice = limit_to_groups(choice, rule);
    indices_TK = std::get<1>(choice.topk(top_k, 1));
  }
  at::Tensor weights_TK = scores_TE.gather(1, indices_TK);                // eq. 14: without the bias
  if (rule.normalise) weights_TK = weights_TK / weights_TK.sum(1, true);  // eq. 13
  if (rule.scale != 1.0) weights_TK = weights_TK * rule.scale;
  return {layer, indices_TK, weights_TK, scores_TE};
}

}  // namespace octet::model
