// A serving pool as asked for: one model on one kind of GPU, in one role. Checked once, then plain values.
//
// Parallelism: attention is data parallel over groups of `tp` GPUs; routed experts are spread over `ep` GPUs (1: each
// tensor parallel group holds them all, cut like the rest). Weights apart from routed experts are held by every group.
#pragma once
#include <optional>
#include <string>

#include "octet/arch/config.h"
#include "octet/plan/machine/gpu.h"
#include "octet/plan/train/plan.h"

namespace octet::plan {

enum class Role { prefill, decode };
const char* name(Role role);

struct ServePlan {
  std::string model;
  arch::Config config;
  Gpu gpu;
  int64_t gpus = 0;
  Role role = Role::decode;
  int64_t tp = 1, ep = 1;
  double batch = 0;    // sequences a GPU; prefill: prompts in one forward pass
  double context = 0;  // prefill: tokens a prompt; decode: tokens that each sequence holds
  double cached = 0;   // prefill: tokens of each prompt found in the prefix cache
  Precision precision = Precision::fp8;
  std::optional<double> mtp_accept;  // chance that the second token is accepted; none: no speculation
  int64_t redundant_experts = 0;
  std::optional<double> imbalance;  // busiest over mean expert rank; none: estimated (imbalance.h)
};

// Error{usage}, one sentence: ranks that do not divide, experts that do not divide ep, a precision the GPU lacks, MTP
// that the model lacks, a batch or context out of range.
void check_plan(const ServePlan& plan);

}  // namespace octet::plan
