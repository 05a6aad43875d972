#include "octet/plan/serve/predict.h"

#include <algorithm>
#include <cmath>

#include "octet/base/error.h"
#include "octet/base/units.h"

namespace octet::plan {

namespace {

constexpr double node = 8;

// How far each assumption may be off: 10th and 90th percentile, from how far published figures of the same kind
// scatter.
std::vector<std::pair<std::string, std::pair<Assumptions, Assumptions>>> swings() {
  auto both = [](auto set, double low, double high) {
    Assumptions a, b;
    set(a) = low, set(b) = high;
    return std::pair(a, b);
  };
  return {
      {"rate of matrix products and attention, -12 % to +6 %: power limits and shapes against DeepGEMM's and "
       "FlashMLA's best",
       both([](Assumptions& a) -> double& { return a.products; }, 0.88, 1.06)},
      {"memory bandwidth, +-7 %: kernels against the best streaming rate",
       both([](Assumptions& a) -> double& { return a.memory; }, 0.93, 1.07)},
      {"network, +-10 %: scatter of DeepEP's published rates",
       both([](Assumptions& a) -> double& { return a.network; }, 0.90, 1.10)},
      {"time of a kernel besides its work, half to double: how far an engine fuses",
       both([](Assumptions& a) -> double& { return a.launches; }, 2.0, 0.5)},
      {"experts' popularity, log sigma 0.6 to 1.2: from what is asked",
       both([](Assumptions& a) -> double& { return a.skew.popularity; }, 1.2, 0.6)},
      {"its drift since experts were placed, 0.08 to 0.25",
       both([](Assumptions& a) -> double& { return a.skew.drift; }, 0.25, 0.08)},
      {"agreement of one prompt's tokens, 0.2 to 0.8",
       both([](Assumptions& a) -> double& { return a.skew.agreement; }, 0.8, 0.2)},
  };
}

void add_doubts(const ServeModel& model, ServePrediction& p) {
  double mid = p.step.seconds, below = 0, above = 0;
  for (auto& [words, ends] : swings()) {
    double slow = model.step(p.plan, ends.first).seconds, fast = model.step(p.plan, ends.second).seconds;
    double low = std::min({slow, fast, mid}), high = std::max({slow, fast, mid});
    if (high - low < 1e-4 * mid) continue;
    p.doubts.push_back({words, low, high});
    below += (mid - low) * (mid - low), above += (high - mid) * (high - mid);
  }
  std::stable_sort(p.doubts.begin(), p.doubts.end(),
                   [](const Doubt& a, const Doubt& b) { return a.high - a.low > b.high - b.low; });
  p.step_interval = {mid - std::sqrt(below), mid + std::sqrt(above)};
}

Json ends(double low, double high) { return {{"low", low}, {"high", high}}; }

}  // namespace

ServePrediction predict_serving(const ServeModel& model, const ServePlan& plan, Doubts doubts) {
  check_plan(plan);
  ServePrediction p;
  p.plan = plan;
  p.step = model.step(plan);
  p.memory = serve_memory(model.work(), plan);
  p.fits = p.memory.total() <= plan.gpu.hbm_usable;
  p.tokens_per_second_per_gpu = p.step.produced / p.step.seconds;
  p.tokens_per_second_per_node = p.tokens_per_second_per_gpu * node;
  if (plan.role == Role::prefill) {
    p.computed_per_second_per_node = p.step.tokens / p.step.seconds * node;
    p.seconds_to_first = p.step.seconds;
  } else {
    p.seconds_per_token = p.step.seconds / (1 + plan.mtp_accept.value_or(0));
  }
  Assumptions free;
  free.network = 1e9;
  p.bound_rate = p.step.produced / model.step(plan, free).seconds * node;
  if (doubts == Doubts::yes) add_doubts(model, p);
  return p;
}

ExchangeBound exchange_bound(const ExchangeLoad& load, double bandwidth) {
  ExchangeBound out;
  out.exchange = load.tokens * load.copies * load.hidden * load.bytes / bandwidth;
  out.step = 2 * out.exchange * load.layers;
  out.tokens_per_second = 1 / out.step;
  return out;
}

Json to_json(const ServePrediction& p) {
  const ServeStep& s = p.step;
  double low = s.produced / p.step_interval.high * node, high = s.produced / p.step_interval.low * node;
  bool decode = p.plan.role == Role::decode;
  double gib = 0x1p30, per = decode ? 1 + p.plan.mtp_accept.value_or(0) : 1;
  const char* time_key = decode ? "tpot_ms" : "ttft_ms";
  Json out = {{"model", p.plan.model},
              {"gpu", p.plan.gpu.name},
              {"gpus", p.plan.gpus},
              {"role", name(p.plan.role)},
              {"layout", {{"tp", p.plan.tp}, {"ep", p.plan.ep}, {"dp", p.plan.gpus / p.plan.tp}}},
              {"batch_per_gpu", p.plan.batch},
              {"context", p.plan.context},
              {"cached", p.plan.cached},
              {"precision", name(p.plan.precision)},
              {"redundant_experts", p.plan.redundant_experts},
              {"tokens_per_second_per_node", p.tokens_per_second_per_node},
              {"tokens_per_second_per_gpu", p.tokens_per_second_per_gpu},
              {"tokens_per_second", p.tokens_per_second_per_gpu * static_cast<double>(p.plan.gpus)},
              {time_key, s.seconds / per * 1e3},
              {"step_ms", s.seconds * 1e3},
              {"memory_gib_per_gpu", p.memory.total() / gib},
              {"memory_available_gib_per_gpu", p.plan.gpu.hbm_usable / gib},
              {"memory",
               {{"weights_gib", p.memory.weights / gib},
                {"cache_gib", p.memory.cache / gib},
                {"activations_gib", p.memory.activations / gib},
                {"buffers_gib", p.memory.buffers / gib}}},
              {"fits", p.fits}};
  if (!decode) out["computed_tokens_per_second_per_node"] = p.computed_per_second_per_node;
  out["interval"] = {{"tokens_per_second_per_node", ends(low, high)},
                     {time_key, ends(p.step_interval.low / per * 1e3, p.step_interval.high / per * 1e3)}};
  Json from = Json::array();
  for (const auto& d : p.doubts)
    from.push_back({{"assumption", d.assumption}, {"step_ms", ends(d.low * 1e3, d.high * 1e3)}});
  out["interval_from"] = from;
  auto us = [](double seconds) { return seconds * 1e6; };
  out["layer_us"] = {{"attention", us(s.layer.attention)},
                     {"attention_core", us(s.layer.attention_core)},
                     {"experts", us(s.layer.experts)},
                     {"dispatch", us(s.layer.dispatch)},
                     {"combine", us(s.layer.combine)},
                     {"collective", us(s.layer.collective)},
                     {"of", s.overlapped ? "half the batch" : "the batch"}};
  out["step_split_ms"] = {{"expert_layers", s.expert_layers * 1e3},
                          {"dense_layers", s.dense_layers * 1e3},
                          {"head", s.head * 1e3},
                          {"draft", s.draft * 1e3}};
  out["overlapped"] = s.overlapped;
  out["expert_imbalance"] = s.imbalance;
  out["expert_imbalance_unplaced"] = s.imbalance_in_order;
  out["bound_tokens_per_second_per_node"] = p.bound_rate;
  return out;
}

std::string report(const ServePrediction& p) {
  const ServeStep& s = p.step;
  bool decode = p.plan.role == Role::decode;
  double gib = 0x1p30, per = decode ? 1 + p.plan.mtp_accept.value_or(0) : 1;
  std::string out = fmt::format("{} {} on {} {}: tp {}, ep {}, {:g} {} a GPU of {:.0f} tokens, {}\n", p.plan.model,
                                name(p.plan.role), p.plan.gpus, p.plan.gpu.name, p.plan.tp, p.plan.ep, p.plan.batch,
                                decode ? "sequences" : "prompts", p.plan.context, name(p.plan.precision));
  auto whole = [](double x) { return format_thousands(std::llround(x)); };
  out += fmt::format("  {:>8} {} tokens/s a node of 8 (80 %: {} to {})\n", whole(p.tokens_per_second_per_node),
                     decode ? "output" : "input", whole(s.produced / p.step_interval.high * node),
                     whole(s.produced / p.step_interval.low * node));
  if (p.plan.cached > 0)
    out +=
        fmt::format("  {:>8} of them computed, the rest found in the cache\n", whole(p.computed_per_second_per_node));
  out += fmt::format("  {:>8.1f} ms {} (80 %: {:.1f} to {:.1f})\n", s.seconds / per * 1e3,
                     decode ? "a token (TPOT)" : "to the first token (TTFT), without waiting",
                     p.step_interval.low / per * 1e3, p.step_interval.high / per * 1e3);
  out +=
      fmt::format("  {:>8.1f} GiB a GPU of {:.1f}: weights {:.1f}, cache {:.1f}, activations {:.1f}, engine {:.1f}{}\n",
                  p.memory.total() / gib, p.plan.gpu.hbm_usable / gib, p.memory.weights / gib, p.memory.cache / gib,
                  p.memory.activations / gib, p.memory.buffers / gib, p.fits ? "" : "  DOES NOT FIT");
  out += fmt::format(
      "  a layer ({}): attention {:.0f} us (core {:.0f}), experts {:.0f}, dispatch {:.0f}, combine {:.0f}{}\n",
      s.overlapped ? "half the batch, overlapped with the other half" : "not overlapped", s.layer.attention * 1e6,
      s.layer.attention_core * 1e6, s.layer.experts * 1e6, s.layer.dispatch * 1e6, s.layer.combine * 1e6,
      s.layer.collective > 0 ? fmt::format(", collective {:.0f}", s.layer.collective * 1e6) : "");
  if (p.plan.ep > 1)
    out += fmt::format("  busiest expert rank {:.2f} times the mean (experts in order, without copies: {:.2f})\n",
                       s.imbalance, s.imbalance_in_order);
  return out;
}

}  // namespace octet::plan
