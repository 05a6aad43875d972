#include "octet/plan/simulate/exchange.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace octet::plan {

namespace {

constexpr int64_t most_drawn = 256;

double gumbel(Random& random) { return -std::log(-std::log(random.uniform() * (1 - 1e-12) + 5e-13)); }

// Bytes that one drawn token stands for, booked port by port.
class Ledger {
 public:
  Ledger(const ExchangeQuery& query, const Topology& topology, ExchangeOutcome& out)
      : q_(query), topology_(topology), out_(out) {}

  void carry(int64_t from, int64_t to, double bytes) {
    Way way = topology_.way(gpu(from), gpu(to));
    if (way == Way::self) return;
    auto& ports = way == Way::nvlink ? out_.nvlink : out_.network;
    ports[static_cast<size_t>(from)].sent += bytes;
    ports[static_cast<size_t>(to)].received += bytes;
    if (way == Way::spine) uplinks_[topology_.leaf(gpu(from))] += bytes;
    if (way != Way::nvlink) latency_ = std::max(latency_, topology_.latency(way));
  }

  // To the rank at the sender's place in the target's node, and from there by NVLink.
  int64_t landing(int64_t from, int64_t to) const {
    int64_t target = gpu(to) - topology_.place(gpu(to)) + topology_.place(gpu(from)) - q_.first_gpu;
    return target >= 0 && target < q_.ranks ? target : to;
  }
  bool same_node(int64_t a, int64_t b) const { return topology_.node(gpu(a)) == topology_.node(gpu(b)); }
  int64_t node(int64_t rank) const { return topology_.node(gpu(rank)); }

  // Each rank by its own ports, all by the busiest switch.
  void finish() const {
    const Gpu& gpu = q_.fleet.gpu;
    double uplink = 0, sum = 0;
    for (const auto& [leaf, bytes] : uplinks_) uplink = std::max(uplink, bytes / topology_.leaf_uplink());
    double besides = latency_ + gpu.measured.exchange_seconds();
    for (size_t rank = 0; rank < out_.network.size(); ++rank) {
      const Port &network = out_.network[rank], &nvlink = out_.nvlink[rank];
      double own = std::max({std::max(network.sent, network.received) / (gpu.nic * gpu.measured.nic),
                             std::max(nvlink.sent, nvlink.received) / (gpu.nvlink * gpu.measured.nvlink), uplink});
      sum += own + besides;
      out_.seconds = std::max(out_.seconds, own + besides);
    }
    out_.mean_seconds = sum / static_cast<double>(out_.network.size());
  }

 private:
  const ExchangeQuery& q_;
  const Topology& topology_;
  ExchangeOutcome& out_;
  std::map<int64_t, double> uplinks_;
  double latency_ = 0;
  int64_t gpu(int64_t rank) const { return q_.first_gpu + rank; }
};

void deduplicated(Ledger& ledger, int64_t from, std::vector<int64_t>& targets, double bytes) {
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  int64_t last_node = -1;
  for (int64_t to : targets) {
    if (ledger.same_node(from, to)) {
      ledger.carry(from, to, bytes);
      continue;
    }
    int64_t via = ledger.landing(from, to);
    if (ledger.node(to) != last_node) ledger.carry(from, via, bytes), last_node = ledger.node(to);
    ledger.carry(via, to, bytes);
  }
}

}  // namespace

double ExchangeOutcome::sent() const {
  double sum = 0;
  for (const auto* ports : {&network, &nvlink})
    for (const Port& port : *ports) sum += port.sent;
  return sum;
}

double ExchangeOutcome::received() const {
  double sum = 0;
  for (const auto* ports : {&network, &nvlink})
    for (const Port& port : *ports) sum += port.received;
  return sum;
}

std::vector<int> route(const Routes& routes, const std::vector<double>& log_popularity, Random& random) {
  auto experts = static_cast<size_t>(routes.experts), groups = static_cast<size_t>(routes.n_group);
  size_t size = experts / groups;
  std::vector<double> score(experts);
  for (size_t e = 0; e < experts; ++e) score[e] = log_popularity[e] + gumbel(random);
  std::vector<size_t> order(groups);
  std::iota(order.begin(), order.end(), size_t{0});
  std::vector<double> merit(groups);
  for (size_t g = 0; g < groups; ++g) {
    double first = -1e300, second = -1e300;
    for (size_t e = g * size; e < (g + 1) * size; ++e) {
      if (score[e] > first)
        second = first, first = score[e];
      else
        second = std::max(second, score[e]);
    }
    merit[g] = size > 1 ? first + second : first;
  }
  auto chosen = std::min(groups, static_cast<size_t>(routes.topk_group));
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(chosen), order.end(),
                    [&](size_t a, size_t b) { return merit[a] > merit[b]; });
  std::vector<int> pool;
  for (size_t i = 0; i < chosen; ++i)
    for (size_t e = order[i] * size; e < (order[i] + 1) * size; ++e) pool.push_back(static_cast<int>(e));
  auto k = std::min(pool.size(), static_cast<size_t>(routes.top_k));
  std::partial_sort(pool.begin(), pool.begin() + static_cast<std::ptrdiff_t>(k), pool.end(),
                    [&](int a, int b) { return score[static_cast<size_t>(a)] > score[static_cast<size_t>(b)]; });
  pool.resize(k);
  return pool;
}

ExchangeOutcome simulate_exchange(const ExchangeQuery& q) {
  if (q.ranks < 1 || q.routes.experts % q.ranks || q.routes.experts % q.routes.n_group)
    throw Error(ErrorKind::usage, fmt::format("{} experts do not divide over {} ranks and {} groups", q.routes.experts,
                                              q.ranks, q.routes.n_group));
  auto ranks = static_cast<size_t>(q.ranks);
  ExchangeOutcome out;
  out.network.resize(ranks), out.nvlink.resize(ranks), out.tokens_computed.assign(ranks, 0);
  std::vector<double> popularity(static_cast<size_t>(q.routes.experts), 0);
  Random liking = Random::named(q.seed, "popularity");
  for (double& p : popularity) p = q.popularity * liking.normal();
  Topology topology(q.fleet);
  Ledger ledger(q, topology, out);
  int64_t drawn = std::min(q.tokens, most_drawn), held = q.routes.experts / q.ranks;
  double scale = drawn > 0 ? static_cast<double>(q.tokens) / static_cast<double>(drawn) : 0;
  for (int64_t from = 0; from < q.ranks; ++from) {
    Random random = Random::named(q.seed, "route", static_cast<uint64_t>(from));
    for (int64_t token = 0; token < drawn; ++token) {
      std::vector<int64_t> targets;
      for (int expert : route(q.routes, popularity, random)) targets.push_back(expert / held);
      for (int64_t to : targets) out.tokens_computed[static_cast<size_t>(to)] += scale;
      if (q.kernel == Kernel::throughput)
        deduplicated(ledger, from, targets, q.bytes * scale);
      else
        for (int64_t to : targets) ledger.carry(from, to, q.bytes * scale);
    }
  }
  ledger.finish();
  double sum = std::accumulate(out.tokens_computed.begin(), out.tokens_computed.end(), 0.0);
  if (sum > 0)
    out.imbalance =
        *std::max_element(out.tokens_computed.begin(), out.tokens_computed.end()) * static_cast<double>(ranks) / sum;
  return out;
}

}  // namespace octet::plan
