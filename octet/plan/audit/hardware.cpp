// What the hardware allows: MFU against the peak that was meant, throughput below the roof, memory that is there.
#include <cmath>

#include "octet/plan/audit/check.h"

namespace octet::plan {

namespace {

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
    if (auto p = value(context, claim, {"peak_flops"}))
      peaks.emplace_back(claim.peak.empty() ? "stated" : claim.peak, *p);
  std::vector<Convention> out;
  for (const auto& [peak, rate] : peaks) {
    auto direct = value(context, claim, {"flops_per_gpu"}), given = value(context, claim, {"flops_per_token"});
    if (direct || given) {
      if (auto done = achieved(claim, context, given)) out.push_back({peak, "", *done / rate});
      continue;
    }
    for (auto [counting, key] : {std::pair{"causal", "model.flops_per_token"},
                                 {"non-causal", "model.flops_per_token_non_causal"},
                                 {"causal with MTP", "model.flops_per_token_mtp"}})
      if (auto done = achieved(claim, context, value(context, claim, {key})))
        out.push_back({peak, counting, *done / rate});
  }
  return out;
}

std::string words(const Convention& c) {
  std::string out =
      c.peak == "stated" ? "the stated peak" : fmt::format("the {} peak", c.peak == "bf16" ? "BF16" : "FP8");
  return c.counting.empty() ? out : fmt::format("{}, {}", out, c.counting);
}

bool standard(const Claim& claim, const Convention& c) {
  if (!claim.peak.empty() && c.peak != claim.peak && c.peak != "stated") return false;
  if (!claim.convention.empty() && !c.counting.empty() && c.counting != claim.convention) return false;
  if (claim.peak.empty() && c.peak == "fp8" && claim.precision != "fp8") return false;
  return true;
}

}  // namespace

void check_utilisation(const Claim& claim, const Context& context, Verdict& verdict) {
  auto add = [&](const char* kind, Weight weight, std::string sentence) {
    verdict.findings.push_back({kind, std::move(sentence), weight});
  };
  const Figure* peak = claim.find("peak_flops");
  if (peak && !claim.gpu.empty()) {
    std::string key = claim.peak.empty() ? "bf16" : claim.peak;
    if (auto known = value(context, claim, {key == "fp8" ? "gpu.peak_fp8" : "gpu.peak_bf16"})) {
      double ratio = peak->written.quantity.value / *known;
      if (ratio > 1.02)
        add("peak", Weight::wrong,
            fmt::format("a peak of {} is {:.2f} times the dense {} peak of {}{}", peak->written.text, ratio, key,
                        claim.gpu,
                        std::fabs(ratio - 2) < 0.05 ? ": it is the sparse one, or that of half the width" : ""));
    }
  }
  const Figure* mfu = claim.find("mfu");
  if (!mfu) return;
  double said = mfu->written.quantity.value;
  // FP8 products counted against the BF16 peak may pass it, up to the FP8 peak.
  double most = 1;
  if (claim.precision == "fp8" && claim.peak == "bf16") {
    auto bf16 = value(context, claim, {"gpu.peak_bf16"}), fp8 = value(context, claim, {"gpu.peak_fp8"});
    most = bf16 && fp8 ? *fp8 / *bf16 : 2;
  }
  if (said > most)
    add("hardware", Weight::wrong, fmt::format("an MFU of {} is more than the hardware can do", mfu->written.text));
  auto all = conventions(claim, context);
  if (all.empty()) return;
  double allowed = std::max(std::min(mfu->written.half_digit, 0.1 * said), 0.012 * said);
  const Convention *meant = nullptr, *other = nullptr;
  for (const auto& c : all) {
    if (std::fabs(c.mfu - said) > allowed) continue;
    const Convention*& slot = standard(claim, c) ? meant : other;
    if (!slot) slot = &c;
  }
  if (meant)
    return add("mfu", Weight::note, fmt::format("an MFU of {} follows against {}", mfu->written.text, words(*meant)));
  const Convention* expected = nullptr;
  for (const auto& c : all)
    if (standard(claim, c)) {
      expected = &c;
      break;
    }
  std::string should =
      expected ? fmt::format(": against {} it is {:.1f} %", words(*expected), expected->mfu * 100) : "";
  if (other)
    return add("peak", claim.peak.empty() && claim.convention.empty() ? Weight::misleading : Weight::wrong,
               fmt::format("an MFU of {} holds only against {}{}", mfu->written.text, words(*other), should));
  add("mfu", Weight::wrong, fmt::format("an MFU of {} does not follow{}", mfu->written.text, should));
}

namespace {

struct Fault {
  Verdict& verdict;
  void operator()(Weight weight, std::string sentence) const {
    verdict.findings.push_back({"hardware", std::move(sentence), weight});
  }
};

// Bandwidths that are claimed of a GPU, against what it has.
void check_bandwidths(const Claim& claim, const Context& context, const Fault& add) {
  for (auto [name, key] : {std::pair{"memory_bandwidth", "gpu.bandwidth"},
                           {"nvlink_bandwidth", "gpu.nvlink"},
                           {"network_bandwidth", "gpu.nic"}}) {
    const Figure* said = claim.find(name);
    auto has = value(context, claim, {key});
    if (!said || !has) continue;
    double ratio = said->written.quantity.value / *has;
    if (ratio > 1.005)
      add(Weight::wrong,
          fmt::format("{} is said to be {}, and {} has {:.0f} GB/s{}", name, said->written.text, claim.gpu, *has / 1e9,
                      std::fabs(ratio - 2) < 0.02 ? " in one direction: both were added" : ""));
    else
      add(Weight::note,
          fmt::format("{} of {} is {:.0f} % of what {} has", name, said->written.text, ratio * 100, claim.gpu));
  }
}

std::optional<double> gpus_of(const Claim& claim, const Context& context) {
  if (auto gpus = value(context, claim, {"gpus"})) return gpus;
  auto nodes = value(context, claim, {"nodes"});
  if (!nodes) return std::nullopt;
  return *nodes * value(context, claim, {"gpus_per_node"}).value_or(8);
}

std::optional<double> rate_of(const Claim& claim, const Context& context) {
  if (auto rate = value(context, claim, {"tokens_per_second_per_gpu"})) return rate;
  auto all = value(context, claim, {"tokens_per_second"}), gpus = gpus_of(claim, context);
  if (all && gpus) return *all / *gpus;
  if (auto node = value(context, claim, {"tokens_per_second_per_node"})) return *node / 8;
  return std::nullopt;
}

// Arithmetic a second and GPU. Where the precision is not said the faster peak is granted: only what no reading allows
// is refused.
void check_arithmetic(const Claim& claim, const Context& context, const Fault& add) {
  auto bf16 = value(context, claim, {"gpu.peak_bf16"}), fp8 = value(context, claim, {"gpu.peak_fp8"});
  double peak = claim.precision == "bf16" || !fp8 ? *bf16 : *fp8;
  bool serving = claim.phase == "prefill" || claim.phase == "decode";
  auto flops = serving ? value(context, claim, {"active_parameters", "model.active_parameters"})
                       : value(context, claim, {"flops_per_token", "model.flops_per_token"});
  if (flops && serving) *flops *= 2;
  auto rate = rate_of(claim, context);
  std::optional<double> done = rate && flops ? std::optional(*rate * *flops)
                               : serving     ? std::nullopt
                                             : achieved(claim, context, flops);
  if (!done) return;
  if (*done > peak)
    add(Weight::wrong, fmt::format("{:.0f} TFLOP/s a GPU would be needed, and {} has {:.0f} at most", *done / 1e12,
                                   claim.gpu, peak / 1e12));
  else
    add(Weight::note, fmt::format("{:.0f} TFLOP/s a GPU are {:.0f} % of what {} can do at most", *done / 1e12,
                                  *done / peak * 100, claim.gpu));
}

// Decode reads each sequence's cache for each token, and the active weights for each step.
void check_reading(const Claim& claim, const Context& context, const Fault& add) {
  double bandwidth = *value(context, claim, {"gpu.bandwidth"});
  auto length = value(context, claim, {"context"}),
       cache = value(context, claim, {"cache_per_token", "model.cache_per_token"}), rate = rate_of(claim, context);
  if (claim.phase == "decode" && rate && length && cache && *rate * *length * *cache > bandwidth)
    add(Weight::wrong,
        fmt::format(
            "reading {:.0f} tokens of cache for each of {:.0f} tokens a second needs {:.1f} TB/s, and {} has {:.2f}",
            *length, *rate, *rate * *length * *cache / 1e12, claim.gpu, bandwidth / 1e12));
  auto user = value(context, claim, {"tokens_per_second_per_user"}),
       active = value(context, claim, {"active_parameters", "model.active_parameters"}), gpus = gpus_of(claim, context);
  if (!user || !active || !gpus) return;
  double bytes = value(context, claim, {"bytes_per_parameter"}).value_or(claim.precision == "bf16" ? 2 : 1);
  double bound = 2 * bandwidth * *gpus / (*active * bytes);  // a step may yield two tokens, one of them drafted
  if (*user > bound)
    add(Weight::wrong, fmt::format("{:.0f} tokens/s for one user mean reading {:.0f} GB of weights for every two at "
                                   "most, and {:.0f} {} allow {:.0f}",
                                   *user, *active * bytes / 1e9, *gpus, claim.gpu, bound));
  else
    add(Weight::note, fmt::format("{:.0f} tokens/s for one user are {:.0f} % of what reading the weights allows", *user,
                                  *user / bound * 100));
}

}  // namespace

void check_throughput(const Claim& claim, const Context& context, Verdict& verdict) {
  if (!value(context, claim, {"gpu.peak_bf16"})) return;
  Fault add{verdict};
  check_bandwidths(claim, context, add);
  check_arithmetic(claim, context, add);
  check_reading(claim, context, add);
}

void check_memory(const Claim& claim, const Context& context, Verdict& verdict) {
  auto memory = value(context, claim, {"gpu.memory"}), gpus = value(context, claim, {"gpus"});
  if (!memory) return;
  auto add = [&](Weight weight, std::string sentence) {
    verdict.findings.push_back({"hardware", std::move(sentence), weight});
  };
  if (const Figure* said = claim.find("memory_per_gpu"); said && said->written.quantity.value > *memory * 1.001)
    add(Weight::wrong,
        fmt::format("{} a GPU are said, and {} has {:.0f} GB", said->written.text, claim.gpu, *memory / 1e9));
  std::optional<double> weights = value(context, claim, {"weights"});
  auto parameters = value(context, claim, {"parameters", "model.parameters"});
  auto bytes = value(context, claim, {"bytes_per_parameter"});
  if (!weights && parameters && bytes) weights = *parameters * *bytes;
  double cache = value(context, claim, {"cache"}).value_or(0);
  if (weights && gpus && claim.kind == ClaimKind::memory) {
    if (*weights + cache > *gpus * *memory)
      add(Weight::wrong, fmt::format("{:.0f} GB do not fit into the {:.0f} GB of {:.0f} {}", (*weights + cache) / 1e9,
                                     *gpus * *memory / 1e9, *gpus, claim.gpu));
    else
      add(Weight::note, fmt::format("{:.0f} GB fit into the {:.0f} GB of {:.0f} {}", (*weights + cache) / 1e9,
                                    *gpus * *memory / 1e9, *gpus, claim.gpu));
  }
}

}  // namespace octet::plan
