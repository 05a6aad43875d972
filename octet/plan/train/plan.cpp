#include "octet/plan/train/plan.h"

#include <charconv>

#include "octet/plan/refuse.h"
#include "octet/plan/schedule/schedule.h"

namespace octet::plan {

const char* name(Precision precision) { return precision == Precision::fp8 ? "fp8" : "bf16"; }

const char* name(Recompute recompute) {
  switch (recompute) {
    case Recompute::automatic:
      return "auto";
    case Recompute::none:
      return "none";
    case Recompute::selective:
      return "selective";
    case Recompute::full:
      return "full";
  }
  return "";
}

namespace {

int64_t degree(const char* flag, const std::string& key, const std::string& text) {
  int64_t value = 0;
  auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || stop != text.data() + text.size() || value < 1 || value > 1'000'000)
    refuse(fmt::format("{}: {}: expected an integer from 1 to 1000000, found '{}'", flag, key, printable(text)));
  return value;
}

bool has_experts(const arch::Config& config) {
  for (const auto& layer : config.layers)
    if (std::holds_alternative<arch::Experts>(layer.ffn)) return true;
  return false;
}

void check_experts(const TrainPlan& plan) {
  const Layout& l = plan.layout;
  if (l.ep == 1) return;
  if (!has_experts(plan.config))
    refuse(fmt::format("--layout: ep={} needs experts, and {} has none", l.ep, plan.model), "leave ep out");
  int64_t ranks = l.tp * l.cp * l.dp;
  if (l.ep > ranks)
    refuse(fmt::format("--layout: ep={} exceeds the {} ranks of a pipeline stage (tp {} x cp {} x dp {})", l.ep, ranks,
                       l.tp, l.cp, l.dp));
  if (ranks % l.ep)
    refuse(fmt::format("--layout: ep={} does not divide the {} ranks of a pipeline stage (tp {} x cp {} x dp {})", l.ep,
                       ranks, l.tp, l.cp, l.dp));
  for (const auto& layer : plan.config.layers)
    if (const auto* experts = std::get_if<arch::Experts>(&layer.ffn); experts && experts->n_routed % l.ep)
      refuse(fmt::format("--layout: ep={} does not divide the {} routed experts of a layer", l.ep, experts->n_routed));
}

int64_t heads_of(const arch::Config& config) {
  const auto& attention = config.layers.front().attention;
  if (const auto* mla = std::get_if<arch::Mla>(&attention)) return mla->heads;
  return std::get<arch::Gqa>(attention).heads;
}

void check_ranks(TrainPlan& plan) {
  Layout& l = plan.layout;
  int64_t gpus = plan.fleet.gpus;
  // Each factor is at most a million and is divided out in turn, so that no product can overflow.
  int64_t left = gpus;
  for (auto [key, value] : {std::pair("tp", l.tp), {"pp", l.pp}, {"cp", l.cp}}) {
    if (left % value)
      refuse(fmt::format("--layout: tp {} x pp {} x cp {} does not divide {} GPUs", l.tp, l.pp, l.cp, gpus),
             fmt::format("{}={} is what does not fit", key, value));
    left /= value;
  }
  if (l.dp && l.dp != left)
    refuse(fmt::format("--layout: dp={} contradicts {} GPUs / (tp {} x pp {} x cp {}) = {}", l.dp, gpus, l.tp, l.pp,
                       l.cp, left));
  l.dp = left;
  if (heads_of(plan.config) % l.tp)
    refuse(fmt::format("--layout: tp={} does not divide the {} attention heads", l.tp, heads_of(plan.config)));
  if (l.cp > plan.seq) refuse(fmt::format("--layout: cp={} exceeds the {} tokens of a sequence", l.cp, plan.seq));
}

}  // namespace

Layout parse_layout(const std::string& text, const char* flag) {
  Layout out;
  const std::vector<std::string> known = {"tp", "pp", "vp", "ep", "cp", "dp"};
  int64_t* fields[] = {&out.tp, &out.pp, &out.vp, &out.ep, &out.cp, &out.dp};
  std::vector<std::string> given;
  for (size_t at = 0; at < text.size();) {
    size_t comma = std::min(text.find(',', at), text.size());
    std::string item = text.substr(at, comma - at);
    at = comma + 1;
    size_t equals = item.find('=');
    std::string key = item.substr(0, equals);
    auto found = std::find(known.begin(), known.end(), key);
    if (equals == std::string::npos || found == known.end())
      refuse(fmt::format("{}: expected key=number with a key of tp, pp, vp, ep, cp, dp, found '{}'", flag,
                         printable(item)),
             "write for example pp=16,ep=64");
    if (std::find(given.begin(), given.end(), key) != given.end())
      refuse(fmt::format("{}: {} is given twice", flag, key));
    given.push_back(key);
    *fields[found - known.begin()] = degree(flag, key, item.substr(equals + 1));
  }
  return out;
}

std::string to_string(const Layout& l) {
  return fmt::format("tp={},pp={},vp={},ep={},cp={},dp={}", l.tp, l.pp, l.vp, l.ep, l.cp, l.dp);
}

TrainPlan complete(TrainPlan plan) {
  complete_in_place(plan);
  return plan;
}

void complete_in_place(TrainPlan& plan) {
  check(!plan.config.layers.empty() && plan.fleet.gpus >= 1, "a plan needs a model and GPUs");
  constexpr int64_t most = 100'000'000;
  auto within = [](const char* flag, int64_t value, int64_t high) {
    if (value < 1 || value > high)
      refuse(fmt::format("{}: expected an integer from 1 to {}, found {}", flag, high, value));
  };
  within("--batch", plan.batch, most);
  within("--seq", plan.seq, most);
  within("--micro-batch", plan.micro_batch, most);
  check_ranks(plan);
  check_experts(plan);
  // A few empty stages are allowed (and cost a bubble); many are a slip.
  int64_t pieces = plan.config.n_layers() + 2, stages = plan.layout.pp * plan.layout.vp;
  if (stages > 2 * pieces)
    refuse(fmt::format("--layout: pp {} x vp {} = {} stages for {} layers, embedding and head", plan.layout.pp,
                       plan.layout.vp, stages, plan.config.n_layers()));
  if (plan.precision == Precision::fp8 && plan.fleet.gpu.fp8 <= 0)
    refuse(fmt::format("--precision fp8: {} has no FP8 arithmetic", plan.fleet.gpu.name), "take --precision bf16");
  if (plan.schedule.empty()) plan.schedule = plan.layout.vp > 1 ? "interleaved" : "1f1b";
  int64_t modules = static_cast<int64_t>(plan.config.mtp_layers.size());
  if (plan.mtp < 0) plan.mtp = modules;
  if (plan.mtp > modules) refuse(fmt::format("--mtp: {} has {} MTP modules, found {}", plan.model, modules, plan.mtp));
  if (!(plan.price >= 0 && plan.price < 1e9))
    refuse(fmt::format("--price: expected dollars from 0, found {:g}", plan.price));
  // One rank that gets every token has ep times the mean.
  double most_imbalance = static_cast<double>(plan.layout.ep);
  if (!(plan.expert_imbalance >= 1 && plan.expert_imbalance <= most_imbalance))
    refuse(fmt::format("--expert-imbalance: expected 1 to {} with ep={}, found {:g}", most_imbalance, plan.layout.ep,
                       plan.expert_imbalance));
  double step = static_cast<double>(plan.batch) * static_cast<double>(plan.seq);
  if (plan.tokens <= 0) plan.tokens = step;
  if (!(plan.tokens <= 1e18))
    refuse(fmt::format("--tokens: expected at most 1e18 tokens of a run, found {:g}", plan.tokens));
  make_schedule(plan.schedule, static_cast<int>(plan.layout.pp), static_cast<int>(plan.layout.vp), 1);
}

int64_t micro_batches(const TrainPlan& plan) {
  int64_t dp = plan.layout.dp, per_rank = (plan.batch + dp - 1) / dp;
  return (per_rank + plan.micro_batch - 1) / plan.micro_batch;
}

}  // namespace octet::plan
