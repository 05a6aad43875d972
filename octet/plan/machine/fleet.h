// How many GPUs of which kind, and the network between them.
#pragma once
#include <cstdint>
#include <string>

#include "octet/plan/machine/gpu.h"

namespace octet::plan {

struct Fleet {
  Gpu gpu;
  int64_t gpus = 0;
  double gpu_mtbf_hours = 50000;   // mean time between failures that stop the run, of one GPU (Llama 3 report: 419
                                   // interruptions in 54 days of 16384 GPUs)
  double restart_seconds = 600;    // from a failure to the first step after it
  double checkpoint_seconds = 30;  // that training stands still for one checkpoint
};

// "h800x2048", or a TOML file:
//   gpu = "h800"   gpus = 2048   [gpu_values] … (overrides, as in gpus.toml)   [network] … [failures] …
// Error{usage} or Error{config}.
Fleet read_fleet(const std::string& text);
Fleet fleet_of(const Gpu& gpu, int64_t gpus);

}  // namespace octet::plan
