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

// Bytes a second that a port carries when `across` of its traffic, and of its neighbours', leaves the leaf switch.
double port_rate(const Gpu& gpu, double across) {
  return gpu.nic * gpu.measured.nic / std::max(1.0, across * gpu.network.oversubscription);
}

// Seconds that a message takes beyond those which the calibration's kernels hold already; less where it is faster.
double latency_beyond(const Gpu& gpu, bool across) {
  const Network& n = gpu.network;
  return across ? n.latency_cross_leaf - Network::measured_cross_leaf
                : n.latency_same_leaf - Network::measured_same_leaf;
}

// An exchange over the network: its two kernels and, one after the other, `rounds` messages.
double exchange_overhead(const Gpu& gpu, const Group& group, double rounds = 1) {
  double beyond = group.nodes() > 1 ? rounds * latency_beyond(gpu, across_leaves(gpu, group) > 0) : 0;
  return std::max(0.0, gpu.measured.exchange_seconds() + beyond);
}

}  // namespace

Group group_of(const Gpu& gpu, int64_t ranks, int64_t stride) {
  int64_t fit = std::max<int64_t>(1, gpu.nvlink_domain / std::max<int64_t>(1, stride));
  return {ranks, std::min(ranks, fit), std::max<int64_t>(1, stride / gpu.nvlink_domain)};
}

double across_leaves(const Gpu& gpu, const Group& group) {
  double below_one = std::max(1.0, static_cast<double>(gpu.network.nodes_per_leaf / group.apart));
  return group.nodes() > 1 ? std::max(0.0, 1 - below_one / static_cast<double>(group.nodes())) : 0;
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
  double network = tokens * bytes * reach.nodes * outside(group.nodes()) / port_rate(gpu, across_leaves(gpu, group));
  double nvlink =
      group.per_node > 1 ? tokens * bytes * reach.ranks * outside(group.ranks) / (gpu.nvlink * gpu.measured.nvlink) : 0;
  return std::max(network, nvlink) + exchange_overhead(gpu, group);
}

double low_latency_exchange_seconds(const Gpu& gpu, const Group& group, const Routes& routes, double tokens,
                                    double bytes) {
  if (group.ranks <= 1) return 0;
  double total = tokens * bytes * static_cast<double>(routes.top_k);
  double far = outside(group.nodes());
  // Rails are joined by the spine alone, and a message goes straight to its expert's place.
  double across = across_leaves(gpu, group);
  if (gpu.network.fabric == Fabric::rails) across = 1 - (1 - across) / static_cast<double>(group.per_node);
  double network = total * far / port_rate(gpu, across);
  double near = outside(group.ranks) - far;  // neither the own rank's nor another domain's
  double nvlink = group.per_node > 1 ? total * near / (gpu.nvlink * gpu.measured.nvlink) : 0;
  return std::max(network, nvlink) + exchange_overhead(gpu, group);
}

double gather_seconds(const Gpu& gpu, const Group& group, double bytes) {
  if (group.ranks <= 1 || bytes <= 0) return 0;
  // Each of a domain's members carries its share of the whole over its own network port.
  double network =
      bytes * outside(group.nodes()) / static_cast<double>(group.per_node) / port_rate(gpu, across_leaves(gpu, group));
  double nvlink = bytes * outside(group.per_node) / (gpu.nvlink * gpu.measured.nvlink);
  return std::max(network, nvlink) + exchange_overhead(gpu, group, std::ceil(std::log2(group.nodes())));
}

double send_seconds(const Gpu& gpu, Hop hop, double bytes) {
  switch (hop) {
    case Hop::local:
      return 0;
    case Hop::nvlink:
      return bytes / (gpu.nvlink * gpu.measured.nvlink);
    case Hop::leaf:
      return bytes / port_rate(gpu, 0) + std::max(0.0, latency_beyond(gpu, false));
    case Hop::spine:
      return bytes / port_rate(gpu, 1) + std::max(0.0, latency_beyond(gpu, true));
  }
  return 0;
}

}  // namespace octet::plan
