// What the hardware allows: MFU against the peak that was meant, throughput below the roof, memory that is there.
#include <cmath>

#include "octet/arch/inventory.h"
#include "octet/base/error.h"
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
  d["model.flops_per_token_non_causal"] = in(2 * s.training_flops_per_token - arch::summarise(config, 0).training_flops_per_token, "FLOP/token");
  d["model.layers"] = in(static_cast<double>(config.n_layers()), "layers");
  for (const auto& layer : config.layers) {
    if (auto* experts = std::get_if<arch::Experts>(&layer.ffn)) d["model.experts"] = in(static_cast<double>(experts->n_routed), "experts");
    if (auto* mla = std::get_if<arch::Mla>(&layer.attention)) d["model.heads"] = in(static_cast<double>(mla->heads), "heads");
    if (auto* gqa = std::get_if<arch::Gqa>(&layer.attention)) d["model.heads"] = in(static_cast<double>(gqa->heads), "heads");
  }
}

void derive_gpu(const Claim& claim, Context& out) {
  Gpu g = gpu(claim.gpu);
  auto& d = out.derived;
  d["gpu.peak_bf16"] = in(g.bf16, "FLOP/s/GPU");
  if (g.fp8 > 0) d["gpu.peak_fp8"] = in(g.fp8, "FLOP/s/GPU");
  d["gpu.memory"] = in(g.hbm_sold, "bytes/GPU");
  d["gpu.bandwidth"] = in(g.hbm_bandwidth, "bytes/s/GPU");
  d["gpu.nvlink"] = in(g.nvlink, "bytes/s/GPU");
  d["gpu.nic"] = in(g.nic, "bytes/s/GPU");
}

std::optional<double> value(const Context& context, const Claim& claim, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (auto q = context.find(claim, name)) return q->value;
  return std::nullopt;
}

// FLOP a second and GPU that the claim says were done, for `flops_per_token` of some convention.
std::optional<double> achieved(const Claim& claim, const Context& context, std::optional<double> flops_per_token) {
  if (auto direct = value(context, claim, {"flops_per_gpu"})) return direct;
  if (!flops_per_token) return std::nullopt;
  if (auto rate = value(context, claim, {"tokens_per_second_per_gpu"})) return *rate * *flops_per_token;
  auto gpus = value(context, claim, {"gpus"}), rate = value(context, claim, {"tokens_per_second"});
  if (gpus && rate) return *rate * *flops_per_token / *gpus;
  auto tokens = value(context, claim, {"tokens"}), hours = value(context, claim, {"gpu_hours"});
  if (tokens && hours) return *tokens / *hours * *flops_per_token;
  auto time = value(context, claim, {"duration"});
  if (tokens && time && gpus) return *tokens / *time / *gpus * *flops_per_token;
  return std::nullopt;
}

struct Convention {
  std::string peak, counting;
  double mfu;
};

// MFU in every convention that people use.
std::vector<Convention> conventions(const Claim& claim, const Context& context) {
  std::vector<std::pair<std::string, double>> peaks;
  if (auto p = value(context, claim, {"gpu.peak_bf16"})) peaks.emplace_back("bf16", *p);
  if (auto p = value(context, claim, {"gpu.peak_fp8"})) peaks.emplace_back("fp8", *p);
  if (peaks.empty())
    if (auto p = value(context, claim, {"peak_flops"})) peaks.emplace_back(claim.peak.empty() ? "stated" : claim.peak, *p);
  std::vector<Convention> out;
  for (const auto& [peak, rate] : peaks) {
    auto direct = value(context, claim, {"flops_per_gpu"}), given = value(context, claim, {"flops_per_token"});
    if (direct || given) {
      if (auto done = achieved(claim, context, given)) out.push_back({peak, "", *done / rate});
      continue;
    }
    for (auto [counting, key] : {std::pair{"causal", "model.flops_per_token"}, {"non-causal", "model.flops_per_token_non_causal"}, {"causal with MTP", "model.flops_per_token_mtp"}})
      if (auto done = achieved(claim, context, value(context, claim, {key}))) out.push_back({peak, counting, *done / rate});
  }
  return out;
}

std::string words(const Convention& c) {
  std::string out = c.peak == "stated" ? "the stated peak" : fmt::format("the {} peak", c.peak == "bf16" ? "BF16" : "FP8");
  return c.counting.empty() ? out : fmt::format("{}, {}", out, c.counting);
}

bool standard(const Claim& claim, const Convention& c) {
  if (!claim.peak.empty() && c.peak != claim.peak && c.peak != "stated") return false;
  if (!claim.convention.empty() && !c.counting.empty() && c.counting != claim.convention) return false;
  if (claim.peak.empty() && c.peak == "fp8" && claim.precision != "fp8") return false;
  return true;
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

void check_utilisation(const Claim& claim, const Context& context, Verdict& verdict) {
  auto add = [&](const char* kind, Weight weight, std::string sentence) { verdict.findings.push_back({kind, std::move(sentence), weight}); };
  const Figure* peak = claim.find("peak_flops");
  if (peak && !claim.gpu.empty()) {
    std::string key = claim.peak.empty() ? "bf16" : claim.peak;
    if (auto known = value(context, claim, {key == "fp8" ? "gpu.peak_fp8" : "gpu.peak_bf16"})) {
      double ratio = peak->written.quantity.value / *known;
      if (ratio > 1.02)
        add("peak", Weight::wrong, fmt::format("a peak of {} is {:.2f} times the dense {} peak of {}{}", peak->written.text, ratio, key, claim.gpu,
                                               std::fabs(ratio - 2) < 0.05 ? ": it is the sparse one, or that of half the width" : ""));
    }
  }
  const Figure* mfu = claim.find("mfu");
  if (!mfu) return;
  double said = mfu->written.quantity.value;
  if (said > 1) add("hardware", Weight::wrong, fmt::format("an MFU of {} is more than the hardware can do", mfu->written.text));
  auto all = conventions(claim, context);
  if (all.empty()) return;
  double allowed = std::max(std::min(mfu->written.half_digit, 0.1 * said), 0.012 * said);
  const Convention *meant = nullptr, *other = nullptr;
  for (const auto& c : all) {
    if (std::fabs(c.mfu - said) > allowed) continue;
    const Convention*& slot = standard(claim, c) ? meant : other;
    if (!slot) slot = &c;
  }
  if (meant) return add("mfu", Weight::note, fmt::format("an MFU of {} follows against {}", mfu->written.text, words(*meant)));
  const Convention* expected = nullptr;
  for (const auto& c : all)
    if (standard(claim, c)) { expected = &c; break; }
  std::string should = expected ? fmt::format(": against {} it is {:.1f} %", words(*expected), expected->mfu * 100) : "";
  if (other)
    return add("peak", claim.peak.empty() && claim.convention.empty() ? Weight::misleading : Weight::wrong,
               fmt::format("an MFU of {} holds only against {}{}", mfu->written.text, words(*other), should));
  add("mfu", Weight::wrong, fmt::format("an MFU of {} does not follow{}", mfu->written.text, should));
}

void check_throughput(const Claim& claim, const Context& context, Verdict& verdict) {
  auto add = [&](Weight weight, std::string sentence) { verdict.findings.push_back({"hardware", std::move(sentence), weight}); };
  auto peak_bf16 = value(context, claim, {"gpu.peak_bf16"}), peak_fp8 = value(context, claim, {"gpu.peak_fp8"}), bandwidth = value(context, claim, {"gpu.bandwidth"});
  if (!peak_bf16) return;
  // Where the precision is not said the faster peak is granted: only what no reading allows is refused.
  double peak = claim.precision == "bf16" || !peak_fp8 ? *peak_bf16 : *peak_fp8;
  bool serving = claim.phase == "prefill" || claim.phase == "decode";
  auto gpus = value(context, claim, {"gpus"});
  if (auto nodes = value(context, claim, {"nodes"}); !gpus && nodes) gpus = *nodes * value(context, claim, {"gpus_per_node"}).value_or(8);
  auto rate = value(context, claim, {"tokens_per_second_per_gpu"});
  if (auto all = value(context, claim, {"tokens_per_second"}); !rate && all && gpus) rate = *all / *gpus;
  if (auto a_node = value(context, claim, {"tokens_per_second_per_node"}); !rate && a_node) rate = *a_node / 8;
  std::optional<double> flops = serving ? std::nullopt : value(context, claim, {"flops_per_token", "model.flops_per_token"});
  if (auto active = value(context, claim, {"active_parameters", "model.active_parameters"}); active && serving) flops = 2 * *active;
  std::optional<double> done = rate && flops ? std::optional(*rate * *flops) : achieved(claim, context, flops);
  if (done && !serving) {
    if (*done > peak) add(Weight::wrong, fmt::format("{:.0f} TFLOP/s a GPU would be needed, and {} has {:.0f} at most", *done / 1e12, claim.gpu, peak / 1e12));
    else add(Weight::note, fmt::format("{:.0f} TFLOP/s a GPU are {:.0f} % of what {} can do at most", *done / 1e12, *done / peak * 100, claim.gpu));
  } else if (done) {
    if (*done > peak) add(Weight::wrong, fmt::format("{} needs {:.0f} TFLOP/s a GPU, and {} has {:.0f} at most", claim.phase, *done / 1e12, claim.gpu, peak / 1e12));
    else add(Weight::note, fmt::format("{} needs {:.0f} TFLOP/s a GPU of {:.0f}", claim.phase, *done / 1e12, peak / 1e12));
  }
  auto context_length = value(context, claim, {"context"}), cache = value(context, claim, {"cache_per_token", "model.cache_per_token"});
  if (claim.phase == "decode" && rate && context_length && cache && bandwidth && *rate * *context_length * *cache > *bandwidth)
    add(Weight::wrong, fmt::format("reading {:.0f} tokens of cache for each of {:.0f} tokens a second needs {:.1f} TB/s, and {} has {:.2f}", *context_length, *rate,
                                   *rate * *context_length * *cache / 1e12, claim.gpu, *bandwidth / 1e12));
  auto user = value(context, claim, {"tokens_per_second_per_user"}), active = value(context, claim, {"active_parameters", "model.active_parameters"});
  if (user && active && bandwidth && gpus) {
    double bytes = value(context, claim, {"bytes_per_parameter"}).value_or(claim.precision == "bf16" ? 2 : 1);
    double bound = *bandwidth * *gpus / (*active * bytes);
    if (*user > bound)
      add(Weight::wrong, fmt::format("{:.0f} tokens/s for one user mean reading {:.0f} GB of weights each time, which {:.0f} {} can do {:.0f} times a second at most", *user,
                                     *active * bytes / 1e9, *gpus, claim.gpu, bound));
  }
}

void check_memory(const Claim& claim, const Context& context, Verdict& verdict) {
  auto memory = value(context, claim, {"gpu.memory"}), gpus = value(context, claim, {"gpus"});
  if (!memory) return;
  auto add = [&](Weight weight, std::string sentence) { verdict.findings.push_back({"hardware", std::move(sentence), weight}); };
  if (const Figure* said = claim.find("memory_per_gpu"); said && said->written.quantity.value > *memory * 1.001)
    add(Weight::wrong, fmt::format("{} a GPU are said, and {} has {:.0f} GB", said->written.text, claim.gpu, *memory / 1e9));
  std::optional<double> weights = value(context, claim, {"weights"});
  auto parameters = value(context, claim, {"parameters", "model.parameters"});
  auto bytes = value(context, claim, {"bytes_per_parameter"});
  if (!weights && parameters && bytes) weights = *parameters * *bytes;
  double cache = value(context, claim, {"cache"}).value_or(0);
  if (weights && gpus && claim.kind == ClaimKind::memory) {
    if (*weights + cache > *gpus * *memory)
      add(Weight::wrong, fmt::format("{:.0f} GB do not fit into the {:.0f} GB of {:.0f} {}", (*weights + cache) / 1e9, *gpus * *memory / 1e9, *gpus, claim.gpu));
    else add(Weight::note, fmt::format("{:.0f} GB fit into the {:.0f} GB of {:.0f} {}", (*weights + cache) / 1e9, *gpus * *memory / 1e9, *gpus, claim.gpu));
  }
}

}  // namespace octet::plan
