#include "octet/plan/simulate/topology.h"

namespace octet::plan {

Topology::Topology(const Fleet& fleet)
    : fabric_(fleet.gpu.network.fabric),
      domain_(fleet.gpu.nvlink_domain),
      nodes_per_leaf_(fleet.gpu.network.nodes_per_leaf),
      same_leaf_(fleet.gpu.network.latency_same_leaf),
      cross_leaf_(fleet.gpu.network.latency_cross_leaf) {
  // Ports below a leaf switch: one place of each node, or every place.
  double ports =
      static_cast<double>(nodes_per_leaf_) * (fabric_ == Fabric::fat_tree ? static_cast<double>(domain_) : 1);
  uplink_ = ports * fleet.gpu.nic * fleet.gpu.measured.nic / fleet.gpu.network.oversubscription;
}

int64_t Topology::leaf(int64_t gpu) const {
  int64_t block = node(gpu) / nodes_per_leaf_;
  return fabric_ == Fabric::fat_tree ? block : block * domain_ + place(gpu);
}

Way Topology::way(int64_t from, int64_t to) const {
  if (from == to) return Way::self;
  if (node(from) == node(to)) return Way::nvlink;
  return leaf(from) == leaf(to) ? Way::leaf : Way::spine;
}

double Topology::latency(Way way) const {
  switch (way) {
    case Way::leaf:
      return same_leaf_;
    case Way::spine:
      return cross_leaf_;
    default:
      return 0;
  }
}

}  // namespace octet::plan
