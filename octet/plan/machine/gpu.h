// A GPU as the planner knows it: what its maker states, and at most eight constants fitted to measurements.
//
// Rates are dense and per GPU; bandwidths are bytes a second in one direction.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "octet/base/json.h"

namespace octet::plan {

// What measured kernels reach of the stated rates. Fitted by `octet calibrate-hardware` from
// octet/plan/machine/microbenchmarks.toml (H800 and H100 figures and one measured training step); other GPUs take the
// same fractions, which is an assumption and is said where it is used.
struct Calibration {
  double gemm_bf16 = 0;        // of the bf16 peak, by large products
  double gemm_fp8 = 0;         // of the fp8 peak
  double gemm_fp8_weight = 0;  // of the fp8 peak, by products for weights' gradients, both operands scaled by rows
  double attention = 0;        // of the bf16 peak, by attention's inner products in training, forward
  double hbm = 0;              // of the memory bandwidth
  double nvlink = 0;           // of the stated NVLink bandwidth
  double nic = 0;              // of the stated network bandwidth
  double kernel_seconds = 0;   // what a kernel costs besides its work: launch, ramp and tail
  // An all-to-all is two kernels, one that sends and one that receives, besides its bytes.
  double exchange_seconds() const { return 2 * kernel_seconds; }
  bool operator==(const Calibration&) const = default;
};

enum class Fabric { multi_plane, fat_tree, rails };
const char* name(Fabric fabric);

// What lies behind the GPUs' network ports. The latencies are those of the InfiniBand network that the calibration's
// exchanges were measured on: only what a network has beyond them is added to times.
struct Network {
  Fabric fabric = Fabric::multi_plane;
  int64_t nodes_per_leaf = 32;  // servers below one leaf switch
  double oversubscription = 1;  // leaf to spine: bandwidth below over bandwidth above
  static constexpr double measured_same_leaf = 2.8e-6, measured_cross_leaf = 3.7e-6;
  double latency_same_leaf = measured_same_leaf, latency_cross_leaf = measured_cross_leaf;  // seconds
};

struct Gpu {
  std::string name;
  double bf16 = 0, fp8 = 0;  // FLOP/s; fp8 is 0 where there is none
  double hbm_sold = 0;       // bytes, as sold
  double hbm_usable = 0;     // bytes that the driver offers to a program
  double hbm_bandwidth = 0;
  double nvlink = 0;
  int64_t nvlink_domain = 8;  // GPUs that reach each other over NVLink
  double nic = 0;             // network, a GPU
  int64_t sms = 0;            // streaming multiprocessors
  int64_t exchange_sms = 0;   // of them, lent to communication while it runs beside arithmetic
  double watts = 0;           // the board's limit
  Calibration measured;
  Network network;

  double peak(bool use_fp8) const { return use_fp8 ? fp8 : bf16; }
};

// One line of the table: what is claimed of which GPU, and who says so.
struct GpuFact {
  std::string gpu, key;
  double value;
  std::string source;
};

Gpu gpu(const std::string& name);      // Error{usage} for an unknown name, listing the known
std::vector<std::string> gpu_names();  // in the table's order
std::vector<GpuFact> gpu_facts();
std::string gpu_table_date();

// Reads [name] from a table of the same form; `where` names it in errors.
Gpu read_gpu(const std::string& name, const Json& table, const std::string& where);

}  // namespace octet::plan
