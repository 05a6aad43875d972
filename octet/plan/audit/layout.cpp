// Counts that cannot be: parallel degrees that do not divide the GPUs, experts that do not divide their ranks, nodes
// that do not hold the GPUs.
#include <cmath>

#include "octet/plan/audit/check.h"

namespace octet::plan {

namespace {

bool whole(double x) { return std::fabs(x - std::round(x)) < 1e-6; }

}  // namespace

void check_layout(const Claim& claim, const Context& context, Verdict& verdict) {
  auto add = [&](Weight weight, std::string sentence) {
    verdict.findings.push_back({"layout", std::move(sentence), weight});
  };
  auto gpus = context.find(claim, "gpus"), nodes = context.find(claim, "nodes"),
       per_node = context.find(claim, "gpus_per_node");
  if (gpus && per_node && !nodes && !whole(gpus->value / per_node->value))
    add(Weight::wrong, fmt::format("{:.0f} GPUs do not fill nodes of {:.0f}", gpus->value, per_node->value));
  if (claim.layout.empty()) return;
  auto degree = [&](const char* key) {
    auto it = claim.layout.find(key);
    return it == claim.layout.end() ? int64_t{1} : it->second;
  };
  int64_t tp = degree("tp"), pp = degree("pp"), cp = degree("cp"), ep = degree("ep");
  double replica = static_cast<double>(tp) * static_cast<double>(pp) * static_cast<double>(cp);
  if (gpus && !whole(gpus->value / replica))
    return add(Weight::wrong, fmt::format("tp {} x pp {} x cp {} = {:.0f} ranks do not divide {:.0f} GPUs", tp, pp, cp,
                                          replica, gpus->value));
  double dp = gpus ? gpus->value / replica : static_cast<double>(degree("dp"));
  if (gpus && claim.layout.contains("dp") && dp != static_cast<double>(degree("dp")))
    return add(Weight::wrong,
               fmt::format("tp {} x pp {} x cp {} x dp {} = {:.0f} ranks, but there are {:.0f} GPUs", tp, pp, cp,
                           degree("dp"), replica * static_cast<double>(degree("dp")), gpus->value));
  double expert_ranks = dp * static_cast<double>(tp) * static_cast<double>(cp);
  if ((gpus || claim.layout.contains("dp")) &&
      (static_cast<double>(ep) > expert_ranks || !whole(expert_ranks / static_cast<double>(ep))))
    return add(Weight::wrong,
               fmt::format("ep {} does not divide the {:.0f} ranks of a pipeline stage", ep, expert_ranks));
  auto experts = context.find(claim, "experts");
  if (!experts) experts = context.find(claim, "model.experts");
  if (experts && ep > 1 && !whole(experts->value / static_cast<double>(ep)))
    return add(Weight::wrong, fmt::format("{:.0f} experts do not divide over ep {}", experts->value, ep));
  auto heads = context.find(claim, "heads");
  if (!heads) heads = context.find(claim, "model.heads");
  if (heads && tp > 1 && !whole(heads->value / static_cast<double>(tp)))
    return add(Weight::wrong, fmt::format("{:.0f} attention heads do not divide over tp {}", heads->value, tp));
  add(Weight::note,
      fmt::format("the layout divides its GPUs: tp {} x pp {} x cp {} x dp {:.0f}, ep {} within {:.0f} ranks", tp, pp,
                  cp, dp, ep, expert_ranks));
}

}  // namespace octet::plan
