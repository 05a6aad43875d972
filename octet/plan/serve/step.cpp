#include "octet/plan/serve/step.h"

#include <algorithm>

#include "octet/plan/serve/layer.h"

namespace octet::plan {

namespace {

// Exchange kernels take processors from arithmetic where they run beside it (prefill); latency kernels take none.
double slowed(const ServePlan& plan) {
  if (plan.role == Role::decode || plan.gpu.sms <= plan.gpu.exchange_sms) return 1;
  return static_cast<double>(plan.gpu.sms) / static_cast<double>(plan.gpu.sms - plan.gpu.exchange_sms);
}

double one_after_another(const LayerTimes& t) { return t.attention + t.experts + t.dense + t.dispatch + t.combine + t.collective; }

double overlapped(const LayerTimes& half, double slow) {
  double a = half.attention * slow + half.collective, m = half.experts * slow, d = half.dispatch, c = half.combine;
  return std::max(a, d) + std::max(m, d) + std::max(m, c) + std::max(a, c);
}

}  // namespace

ServeModel::ServeModel(const arch::Config& config) : config_(config), work_(model_work(config, 1)) {
  specs_.resize(work_.kinds.size());
  for (size_t i = 0; i < work_.layers.size(); ++i) specs_[static_cast<size_t>(work_.layers[i])] = config.layers[i];
  for (size_t i = 0; i < work_.mtp_layers.size(); ++i) specs_[static_cast<size_t>(work_.mtp_layers[i])] = config.mtp_layers[i];
}

ServeStep ServeModel::step(const ServePlan& plan, const Assumptions& assumptions) const {
  ServeStep out;
  bool decode = plan.role == Role::decode;
  double queries = plan.mtp_accept ? 2 : 1;
  out.tokens = decode ? plan.batch * queries : plan.batch * (plan.context - plan.cached);
  out.produced = decode ? plan.batch * (1 + plan.mtp_accept.value_or(0)) : plan.batch * plan.context;
  double groups = static_cast<double>(plan.ep);
  auto at = [&](size_t kind, double tokens, double imbalance) {
    return layer_times({work_.kinds[kind], specs_[kind], plan, assumptions, tokens, queries, imbalance});
  };
  auto kind_seconds = [&](size_t kind, bool record) {
    const LayerWork& work = work_.kinds[kind];
    if (!work.experts || plan.ep <= 1) {
      LayerTimes whole = at(kind, out.tokens, 1);
      if (record) out.layer = whole;
      return one_after_another(whole);
    }
    ExpertLoad load{work.routes.experts, plan.redundant_experts, plan.ep, work.routes.top_k, plan.batch * groups,
                    decode ? queries : plan.context - plan.cached};
    Imbalance uneven = expert_imbalance(load, assumptions.skew);
    double imbalance = plan.imbalance.value_or(uneven.placed);
    LayerTimes whole = at(kind, out.tokens, imbalance), half = at(kind, out.tokens / 2, imbalance);
    double plain = one_after_another(whole), two = overlapped(half, slowed(plan));
    if (record) {
      out.imbalance = imbalance, out.imbalance_in_order = uneven.in_order;
      out.overlapped = two < plain;
      out.layer = out.overlapped ? half : whole;
    }
    return std::min(plain, two);
  };
  std::vector<double> seconds(work_.kinds.size());
  for (size_t k = 0; k < seconds.size(); ++k) seconds[k] = kind_seconds(k, k + 1 == seconds.size() || work_.kinds[k].experts);
  for (int kind : work_.layers) {
    auto k = static_cast<size_t>(kind);
    (work_.kinds[k].experts ? out.expert_layers : out.dense_layers) += seconds[k];
  }
  double heads = decode ? out.tokens : plan.batch;
  out.head = head_seconds(plan, assumptions, work_.head, heads);
  if (plan.mtp_accept && !work_.mtp_layers.empty())
    out.draft = seconds[static_cast<size_t>(work_.mtp_layers.front())] + head_seconds(plan, assumptions, work_.mtp_projection, out.tokens) + out.head;
  out.seconds = out.expert_layers + out.dense_layers + out.head + out.draft;
  return out;
}

}  // namespace octet::plan
