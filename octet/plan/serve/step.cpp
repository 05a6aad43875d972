#include "octet/plan/serve/step.h"

#include <algorithm>
#include <optional>

#include "octet/plan/serve/layer.h"

namespace octet::plan {

namespace {

// Exchange kernels take processors from arithmetic where they run beside it (prefill); latency kernels take none.
double slowed(const ServePlan& plan) {
  if (plan.role == Role::decode || plan.gpu.sms <= plan.gpu.exchange_sms) return 1;
  return static_cast<double>(plan.gpu.sms) / static_cast<double>(plan.gpu.sms - plan.gpu.exchange_sms);
}

double one_after_another(const LayerTimes& t) {
  return t.attention + t.experts + t.dense + t.dispatch + t.combine + t.collective;
}

double overlapped(const LayerTimes& half, double slow) {
  double a = half.attention * slow + half.collective, m = half.experts * slow, d = half.dispatch, c = half.combine;
  return std::max(a, d) + std::max(m, d) + std::max(m, c) + std::max(a, c);
}

}  // namespace

ServeModel::ServeModel(const arch::Config& config) : config_(config), work_(model_work(config, 1)) {
  specs_.resize(work_.kinds.size());
  for (size_t i = 0; i < work_.layers.size(); ++i) specs_[static_cast<size_t>(work_.layers[i])] = config.layers[i];
  for (size_t i = 0; i < work_.mtp_layers.size(); ++i)
    specs_[static_cast<size_t>(work_.mtp_layers[i])] = config.mtp_layers[i];
}

namespace {

// One kind of layer, at whichever is faster: overlapped halves or one batch.
struct KindTimes {
  double seconds = 0;
  LayerTimes layer;
  double imbalance = 1, in_order = 1;
  enum class Way { whole, halves } way = Way::whole;
};

template <class At>  // (tokens, imbalance) → LayerTimes
KindTimes kind_times(const LayerWork& work, const ServePlan& plan, const ExpertSkew& skew, const ServeStep& step,
                     const At& at) {
  KindTimes out;
  if (!work.experts || plan.ep <= 1) {
    out.layer = at(step.tokens, 1);
    out.seconds = one_after_another(out.layer);
    return out;
  }
  ExpertLoad load{work.routes.experts, plan.redundant_experts, plan.ep, work.routes.top_k};
  load.sequences = plan.batch * static_cast<double>(plan.ep);
  load.tokens_per_sequence = step.tokens / plan.batch;
  Imbalance uneven = expert_imbalance(load, skew);
  out.imbalance = plan.imbalance.value_or(uneven.placed), out.in_order = uneven.in_order;
  LayerTimes whole = at(step.tokens, out.imbalance), half = at(step.tokens / 2, out.imbalance);
  double plain = one_after_another(whole), two = overlapped(half, slowed(plan));
  out.way = two < plain ? KindTimes::Way::halves : KindTimes::Way::whole;
  out.layer = two < plain ? half : whole;
  out.seconds = std::min(plain, two);
  return out;
}

}  // namespace

ServeStep ServeModel::step(const ServePlan& plan, const Assumptions& assumptions) const {
  ServeStep out;
  bool decode = plan.role == Role::decode, drafts = plan.mtp_accept && !work_.mtp_layers.empty();
  double queries = drafts ? 2 : 1;
  out.tokens = decode ? plan.batch * queries : plan.batch * (plan.context - plan.cached);
  out.produced = decode ? plan.batch * (1 + plan.mtp_accept.value_or(0)) : plan.batch * plan.context;
  auto times_of = [&](int kind) {
    auto k = static_cast<size_t>(kind);
    auto at = [&](double tokens, double imbalance) {
      return layer_times({work_.kinds[k], specs_[k], plan, assumptions, tokens, queries, imbalance});
    };
    return kind_times(work_.kinds[k], plan, assumptions.skew, out, at);
  };
  std::vector<std::optional<KindTimes>> known(work_.kinds.size());
  for (int kind : work_.layers) {
    auto k = static_cast<size_t>(kind);
    if (!known[k]) known[k] = times_of(kind);
    (work_.kinds[k].experts ? out.expert_layers : out.dense_layers) += known[k]->seconds;
  }
  const KindTimes& shown = *known[static_cast<size_t>(work_.layers.back())];  // where there are experts, they are here
  out.layer = shown.layer, out.imbalance = shown.imbalance, out.imbalance_in_order = shown.in_order;
  out.overlapped = shown.way == KindTimes::Way::halves;
  out.head = head_seconds(plan, assumptions, work_.head, decode ? out.tokens : plan.batch);
  if (drafts)
    out.draft = times_of(work_.mtp_layers.front()).seconds +
                head_seconds(plan, assumptions, work_.mtp_projection, out.tokens) + out.head;
  out.seconds = out.expert_layers + out.dense_layers + out.head + out.draft;
  return out;
}

}  // namespace octet::plan
