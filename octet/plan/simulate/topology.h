// Who reaches whom through what. GPUs are numbered node by node; `place` is a GPU's number within its node.
//
//   multi_plane  a network for every place: a GPU reaches only GPUs of its place, others by NVLink from there
//   rails        one network whose leaf switches each serve one place of many nodes; other places over the spine
//   fat_tree     one network, leaf switches serve whole nodes
#pragma once
#include "octet/plan/machine/fleet.h"

namespace octet::plan {

enum class Way { self, nvlink, leaf, spine };

class Topology {
 public:
  explicit Topology(const Fleet& fleet);

  int64_t node(int64_t gpu) const { return gpu / domain_; }
  int64_t place(int64_t gpu) const { return gpu % domain_; }
  int64_t leaf(int64_t gpu) const;  // the leaf switch that serves a GPU's port
  Way way(int64_t from, int64_t to) const;
  double latency(Way way) const;                  // seconds, of the network; NVLink's is within a kernel's own cost
  double leaf_uplink() const { return uplink_; }  // bytes a second out of a leaf switch, one direction

 private:
  Fabric fabric_;
  int64_t domain_, nodes_per_leaf_;
  double same_leaf_, cross_leaf_, uplink_;
};

}  // namespace octet::plan
