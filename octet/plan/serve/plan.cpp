#include "octet/plan/serve/plan.h"

#include <cmath>

#include "octet/base/error.h"
#include "octet/plan/refuse.h"

namespace octet::plan {

const char* name(Role role) { return role == Role::prefill ? "prefill" : "decode"; }

namespace {

int64_t heads_of(const arch::LayerSpec& layer) {
  if (const auto* mla = std::get_if<arch::Mla>(&layer.attention)) return mla->heads;
  return std::get<arch::Gqa>(layer.attention).heads;
}

void check_experts(const ServePlan& p) {
  int64_t experts = 0;
  for (const auto& layer : p.config.layers)
    if (const auto* e = std::get_if<arch::Experts>(&layer.ffn)) experts = e->n_routed;
  if (experts == 0 && (p.ep > 1 || p.redundant_experts > 0))
    refuse(fmt::format("--layout: ep={} and redundant experts need experts, and {} has none", p.ep, p.model),
           "leave them out");
  if (p.ep == 1) {
    if (p.redundant_experts > 0)
      refuse("--redundant-experts needs ep of 2 or more, so that a copy can stand elsewhere");
    return;
  }
  if (p.ep % p.tp) refuse(fmt::format("--layout: tp={} does not divide ep={}", p.tp, p.ep));
  if (int64_t slots = experts + p.redundant_experts; slots % p.ep) {
    int64_t wanted = (experts + p.ep - 1) / p.ep * p.ep - experts;
    refuse(fmt::format("--layout: ep={} does not divide {} experts and {} redundant ones", p.ep, experts,
                       p.redundant_experts),
           fmt::format("--redundant-experts {} fills every GPU alike", wanted));
  }
}

}  // namespace

void check_plan(const ServePlan& p) {
  check(!p.config.layers.empty(), "a pool needs a model");
  if (p.gpus < 1 || p.gpus > 10'000'000)
    refuse(fmt::format("--gpus: expected a number from 1 to 10000000, found {}", p.gpus));
  if (p.gpus % p.tp) refuse(fmt::format("--layout: tp={} does not divide {} GPUs", p.tp, p.gpus));
  if (p.ep > p.gpus) refuse(fmt::format("--layout: ep={} exceeds the {} GPUs", p.ep, p.gpus));
  if (p.gpus % p.ep) refuse(fmt::format("--layout: ep={} does not divide {} GPUs", p.ep, p.gpus));
  int64_t heads = heads_of(p.config.layers.front());
  if (heads % p.tp) refuse(fmt::format("--layout: tp={} does not divide the {} attention heads", p.tp, heads));
  check_experts(p);
  if (p.precision == Precision::fp8 && p.gpu.fp8 <= 0)
    refuse(fmt::format("--precision fp8: {} has no FP8 arithmetic", p.gpu.name), "use --precision bf16");
  if (!(p.batch > 0 && p.batch <= 1e6))
    refuse(fmt::format("--batch-per-gpu: expected a number above 0 and up to 1000000, found {}", p.batch));
  if (!(p.context >= 1 && p.context <= 1e8))
    refuse(fmt::format("--context: expected 1 to 100000000 tokens, found {}", p.context));
  if (p.cached < 0 || p.cached >= p.context)
    refuse(fmt::format("--cached: {} cached tokens leave nothing of a prompt of {}", p.cached, p.context));
  if (p.cached > 0 && p.role == Role::decode)
    refuse("--cached: decoding computes no prompt", "leave it out, or use --role prefill");
  if (p.mtp_accept) {
    if (!(*p.mtp_accept >= 0 && *p.mtp_accept <= 1))
      refuse(fmt::format("--mtp-accept: expected a share from 0 to 1, found {}", *p.mtp_accept), "85 % is 0.85");
    if (p.config.mtp_layers.empty()) refuse(fmt::format("--mtp-accept: {} has no MTP layer", p.model), "leave it out");
    if (p.role == Role::prefill) refuse("--mtp-accept: prefill makes no drafts", "leave it out, or use --role decode");
  }
  // One rank that gets every token has ep times the mean.
  if (p.imbalance && !(*p.imbalance >= 1 && *p.imbalance <= static_cast<double>(p.ep)))
    refuse(fmt::format("--imbalance: expected the busiest over the mean, 1 to {} with ep={}, found {}", p.ep, p.ep,
                       *p.imbalance));
}

}  // namespace octet::plan
