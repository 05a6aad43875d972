#include "octet/plan/machine/fleet.h"

#include <charconv>

namespace octet::plan {

Fleet fleet_of(const Gpu& gpu, int64_t gpus) {
  Fleet out;
  out.gpu = gpu;
  out.gpus = gpus;
  return out;
}

namespace {

constexpr int64_t most_gpus = 10'000'000;

Fleet read_short(const std::string& text) {
  size_t cross = text.rfind('x');
  if (cross == std::string::npos || cross == 0 || cross + 1 == text.size())
    throw Error(ErrorKind::usage,
                fmt::format("--fleet: expected NAMExCOUNT or a TOML file, found '{}'", printable(text)),
                "write for example h800x2048");
  int64_t count = 0;
  const char *begin = text.data() + cross + 1, *end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(begin, end, count);
  if (failure != std::errc() || stop != end || count < 1 || count > most_gpus)
    throw Error(ErrorKind::usage,
                fmt::format("--fleet: expected a number of GPUs from 1 to {} after 'x', found '{}'", most_gpus,
                            printable(text)),
                "write for example h800x2048");
  return fleet_of(gpu(text.substr(0, cross)), count);
}

void read_network(const Fields& fields, Network& out) {
  std::string fabric = fields.one_of_or("fabric", {"multi_plane", "fat_tree", "rails"}, "multi_plane");
  out.fabric = fabric == "rails" ? Fabric::rails : fabric == "fat_tree" ? Fabric::fat_tree : Fabric::multi_plane;
  out.nodes_per_leaf = fields.integer_or("nodes_per_leaf", 1, 100000, out.nodes_per_leaf);
  out.oversubscription = fields.number_or("oversubscription", 1, 1000, out.oversubscription);
  out.latency_same_leaf = fields.number_or("latency_same_leaf_us", 0, 1e6, 1e6 * out.latency_same_leaf) * 1e-6;
  out.latency_cross_leaf = fields.number_or("latency_cross_leaf_us", 0, 1e6, 1e6 * out.latency_cross_leaf) * 1e-6;
  fields.finish();
}

void read_failures(const Fields& failures, Fleet& fleet) {
  fleet.gpu_mtbf_hours = failures.number_or("gpu_mtbf_hours", 1, 1e12, fleet.gpu_mtbf_hours);
  fleet.restart_seconds = failures.number_or("restart_seconds", 0, 1e7, fleet.restart_seconds);
  fleet.checkpoint_seconds = failures.number_or("checkpoint_seconds", 0, 1e6, fleet.checkpoint_seconds);
  failures.finish();
}

Fleet read_table(const std::string& path) {
  Json json = read_toml(path);
  Fields file(json, path);
  std::string name = file.string("gpu");
  const Json* values = file.find("gpu_values");
  Gpu which = values ? read_gpu(name, *values, path + ": gpu_values") : gpu(name);
  Fleet out = fleet_of(which, file.integer("gpus", 1, most_gpus));
  if (auto network = file.object_or_none("network")) read_network(*network, out.gpu.network);
  if (auto failures = file.object_or_none("failures")) read_failures(*failures, out);
  file.finish();
  return out;
}

}  // namespace

Fleet read_fleet(const std::string& text) { return text.ends_with(".toml") ? read_table(text) : read_short(text); }

}  // namespace octet::plan
