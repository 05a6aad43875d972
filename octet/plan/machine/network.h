// What moving bytes costs: formulas on plain numbers, shared by training, serving and the simulator.
//
// A group of n ranks has `per_node` members in each NVLink domain and n / per_node domains. Bytes are per rank.
#pragma once
#include <cstdint>

#include "octet/plan/machine/gpu.h"

namespace octet::plan {

// Its domains lie `apart` nodes from each other, and so perhaps below several leaf switches.
struct Group {
  int64_t ranks = 1, per_node = 1, apart = 1;
  int64_t nodes() const { return (ranks + per_node - 1) / per_node; }
};

// Ranks are numbered so that `stride` of them lie between two members of the group.
Group group_of(const Gpu& gpu, int64_t ranks, int64_t stride);

// How an expert layer spreads a token: K experts of E, in at most `topk_group` of `n_group` groups.
struct Routes {
  int64_t experts = 0, top_k = 0, n_group = 1, topk_group = 1;
};

// Expected number of distinct domains and ranks that hold a token's experts, its own included, with experts chosen
// uniformly within uniformly chosen groups.
struct Reach {
  double nodes = 1, ranks = 1;
};
Reach reach(const Routes& routes, const Group& group);

// Dispatch or combine with token-deduplicated copies (one a domain over the network, then one a rank over NVLink), as
// the throughput kernels of DeepEP do. `tokens` a rank, `bytes` a token.
double exchange_seconds(const Gpu& gpu, const Group& group, const Reach& reach, double tokens, double bytes);

// The same by kernels for latency: one message an expert, no deduplication, straight to its rank.
double low_latency_exchange_seconds(const Gpu& gpu, const Group& group, const Routes& routes, double tokens,
                                    double bytes);

// Reduce-scatter or all-gather whose whole is `bytes` on each rank (half an all-reduce).
double gather_seconds(const Gpu& gpu, const Group& group, double bytes);

// Share of a group's traffic between domains, spread evenly over them, that leaves its leaf switch.
double across_leaves(const Gpu& gpu, const Group& group);

// One message to another pipeline rank: within a domain, below one leaf switch, or perhaps over the spine.
enum class Hop { local, nvlink, leaf, spine };
double send_seconds(const Gpu& gpu, Hop hop, double bytes);

}  // namespace octet::plan
