// One dispatch (or combine, its mirror) of an expert layer, token by token: who sends how much to whom, and how long
// the busiest port takes.
#pragma once
#include <vector>

#include "octet/base/random.h"
#include "octet/plan/explained.h"
#include "octet/plan/machine/network.h"
#include "octet/plan/simulate/topology.h"

namespace octet::plan {

enum class Kernel {
  throughput,  // one copy a node over the network to the sender's place there, then one copy a rank over NVLink
  latency,     // one message an expert, straight to its rank
};

struct ExchangeQuery {
  const Fleet& fleet;
  Routes routes;
  int64_t ranks = 1;  // consecutive GPUs; rank r holds experts r*E/ranks ...
  int64_t first_gpu = 0;
  int64_t tokens = 0;  // of each rank
  double bytes = 0;    // a token
  Kernel kernel = Kernel::throughput;
  double popularity = 0;  // standard deviation of the logarithm of an expert's popularity
  uint64_t seed = 0;
};

struct Port {
  double sent = 0, received = 0;
};

struct ExchangeOutcome {
  double seconds = 0;                   // until the last rank has everything
  double mean_seconds = 0;              // mean over ranks of the time on their own clocks, as benchmarks report it
  std::vector<Port> network, nvlink;    // bytes of each rank
  std::vector<double> tokens_computed;  // token-expert pairs that land on each rank
  double imbalance = 1;                 // busiest rank's pairs over the mean
  double sent() const;
  double received() const;
};

// The experts of one token: groups by the sum of their two best scores, then the best of those groups (V3
// report, 2.1.2).
std::vector<int> route(const Routes& routes, const std::vector<double>& log_popularity, Random& random);

// At most 256 tokens a rank are drawn and stand for the rest. Error{usage} if the experts do not divide.
ExchangeOutcome simulate_exchange(const ExchangeQuery& query);

std::vector<Explained> explain(const ExchangeQuery& query, const ExchangeOutcome& dispatch,
                               const ExchangeOutcome& combine);

}  // namespace octet::plan
