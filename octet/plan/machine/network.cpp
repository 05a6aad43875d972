#include "octet/plan/machine/network.h"

#include <algorithm>
#include <cmath>

namespace octet::plan {

namespace {

double log_choose(double n, double k) { return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1); }

// Chance that none of k draws without replacement from `all` falls on `marked` of them.
double missed(double all, double marked, double k) {
  if (marked <= 0) return 1;
  if (all - marked < k) return 0;
  return std::exp(log_choose(all - marked, k) - log_choose(all, k));
}

// Chance that a token uses a unit (a rank or a domain) that holds `held` consecutive experts.
double used(const Routes& routes, double held) {
  double experts = static_cast<double>(routes.experts), k = static_cast<double>(routes.top_k);
  double groups = static_cast<double>(routes.n_group), chosen = static_cast<double>(routes.topk_group);
  double size = experts / groups;
  if (groups <= 1 || chosen >= groups) return 1 - missed(experts, held, k);
  if (held <= size) return chosen / groups * (1 - missed(chosen * size, held, k));
  double whole = std::round(held / size), sum = 0;
  for (double j = std::max(0.0, chosen - (groups - whole)); j <= std::min(whole, chosen); ++j) {
    double p = std::exp(log_choose(whole, j) + log_choose(groups - whole, chosen - j) - log_choose(groups, chosen));
    sum += p * (1 - missed(chosen * size, j * size, k));
  }
  return sum;
}

double outside(int64_t n) { return n > 1 ? 1.0 - 1.0 / static_cast<double>(n) : 0.0; }

}  // namespace

Group group_of(const Gpu& gpu, int64_t ranks, int64_t stride) {
  int64_t fit = std::max<int64_t>(1, gpu.nvlink_domain / std::max<int64_t>(1, stride));
  return {ranks, std::min(ranks, fit)};
}

Reach reach(const Routes& routes, const Group& group) {
  auto expected = [&](int64_t units) {
    double n = static_cast<double>(units);
    return n * used(routes, static_cast<double>(routes.experts) / n);
  };
  return {expected(group.nodes()), expected(group.ranks)};
}

double exchange_seconds(const Gpu& gpu, const Group& group, const Reach& reach, double tokens, double bytes) {
  if (group.ranks <= 1) return 0;
  double network = tokens * bytes * reach.nodes * outside(group.nodes()) / (gpu.nic * gpu.measured.nic);
  double nvlink =
      group.per_node > 1 ? tokens * bytes * reach.ranks * outside(group.ranks) / (gpu.nvlink * gpu.measured.nvlink) : 0;
  return std::max(network, nvlink) + gpu.measured.exchange_seconds();
}

double low_latency_exchange_seconds(const Gpu& gpu, const Group& group, const Routes& routes, double tokens,
                                    double bytes) {
  if (group.ranks <= 1) return 0;
  double total = tokens * bytes * static_cast<double>(routes.top_k);
  double far = outside(group.nodes());
  double network = total * far / (gpu.nic * gpu.measured.nic);
  double near = outside(group.ranks) - far;  // neither the own rank's nor another domain's
  double nvlink = group.per_node > 1 ? total * near / (gpu.nvlink * gpu.measured.nvlink) : 0;
  return std::max(network, nvlink) + gpu.measured.exchange_seconds();
}

double gather_seconds(const Gpu& gpu, const Group& group, double bytes) {
  if (group.ranks <= 1 || bytes <= 0) return 0;
  // Each of a domain's members carries its share of the whole over its own network port.
  double network = bytes * outside(group.nodes()) / static_cast<double>(group.per_node) / (gpu.nic * gpu.measured.nic);
  double nvlink = bytes * outside(group.per_node) / (gpu.nvlink * gpu.measured.nvlink);
  return std::max(network, nvlink) + gpu.measured.exchange_seconds();
}

double send_seconds(const Gpu& gpu, Hop hop, double bytes) {
  switch (hop) {
    case Hop::local:
      return 0;
    case Hop::nvlink:
      return bytes / (gpu.nvlink * gpu.measured.nvlink);
    case Hop::network:
      return bytes / (gpu.nic * gpu.measured.nic);
  }
  return 0;
}

}  // namespace octet::plan
