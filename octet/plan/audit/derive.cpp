// What octet knows of the model and the GPU that a claim names.
#include <algorithm>
#include <cmath>

#include "octet/arch/inventory.h"
#include "octet/plan/audit/check.h"
#include "octet/plan/machine/gpu.h"

namespace octet::plan {

namespace {

Quantity in(double value, const char* unit) {
  Unit u = parse_unit(unit, unit);
  return {value * u.scale, u.dimension};
}

void derive_model(const Claim& claim, const std::filesystem::path& home, Context& out) {
  arch::Config config = arch::config_of(claim.model, home);
  const Figure* length = claim.find("sequence_length");
  int64_t seq = length ? std::llround(length->written.quantity.value) : 4096;
  arch::Summary s = arch::summarise(config, std::max<int64_t>(seq, 1));
  auto& d = out.derived;
  d["model.parameters"] = in(static_cast<double>(s.parameters), "parameters");
  d["model.active_parameters"] = in(static_cast<double>(s.active_parameters), "parameters");
  d["model.cache_per_token"] = in(static_cast<double>(s.cache_bytes_per_token), "bytes/token");
  d["model.flops_per_token"] = in(s.training_flops_per_token, "FLOP/token");
  d["model.flops_per_token_mtp"] = in(s.training_flops_per_token_mtp, "FLOP/token");
  // Non-causal counting takes every key for every query: twice the inner products' part.
  d["model.flops_per_token_non_causal"] =
      in(2 * s.training_flops_per_token - arch::summarise(config, 0).training_flops_per_token, "FLOP/token");
  d["model.layers"] = in(static_cast<double>(config.n_layers()), "layers");
  for (const auto& layer : config.layers) {
    if (auto* experts = std::get_if<arch::Experts>(&layer.ffn))
      d["model.experts"] = in(static_cast<double>(experts->n_routed), "experts");
    if (auto* mla = std::get_if<arch::Mla>(&layer.attention))
      d["model.heads"] = in(static_cast<double>(mla->heads), "heads");
    if (auto* gqa = std::get_if<arch::Gqa>(&layer.attention))
      d["model.heads"] = in(static_cast<double>(gqa->heads), "heads");
  }
}

void derive_gpu(const Claim& claim, Context& out) {
  std::string name = claim.gpu;  // "H800" is as good as "h800"
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  Gpu g = gpu(name);
  auto& d = out.derived;
  d["gpu.peak_bf16"] = in(g.bf16, "FLOP/s/GPU");
  if (g.fp8 > 0) d["gpu.peak_fp8"] = in(g.fp8, "FLOP/s/GPU");
  d["gpu.memory"] = in(g.hbm_sold, "bytes/GPU");
  d["gpu.bandwidth"] = in(g.hbm_bandwidth, "bytes/s/GPU");
  d["gpu.nvlink"] = in(g.nvlink, "bytes/s/GPU");
  d["gpu.nic"] = in(g.nic, "bytes/s/GPU");
}

}  // namespace

std::optional<Quantity> Context::find(const Claim& claim, const std::string& name) const {
  if (const Figure* figure = claim.find(name)) return figure->written.quantity;
  auto it = derived.find(name);
  if (it == derived.end()) return std::nullopt;
  return it->second;
}

Context derive(const Claim& claim, const std::filesystem::path& home) {
  Context out;
  if (!claim.model.empty()) derive_model(claim, home, out);
  if (!claim.gpu.empty()) derive_gpu(claim, out);
  return out;
}

}  // namespace octet::plan
