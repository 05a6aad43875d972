#include "octet/plan/serve/day.h"

#include <algorithm>
#include <cmath>

#include "octet/base/error.h"
#include "octet/base/units.h"

namespace octet::plan {

namespace {

constexpr double day_seconds = 86400;
constexpr double waiting = 0.9;  // of a batch, that nine prompts of ten wait at most
constexpr double most_batch = 4096;

int64_t experts_of(const arch::Config& config) {
  for (const auto& layer : config.layers)
    if (const auto* e = std::get_if<arch::Experts>(&layer.ffn)) return e->n_routed;
  return 0;
}

// Copies that fill every one of ep GPUs alike: about an eighth of the experts, none where a GPU holds more than 32.
int64_t copies_for(int64_t experts, int64_t ep) {
  int64_t wanted = experts / ep >= 32 ? 0 : experts / 8;
  int64_t slots = (experts + wanted + ep - 1) / ep * ep;
  return slots - experts;
}

ServePlan pool_plan(const DayPlan& day, Role role, int64_t ep) {
  ServePlan p;
  p.model = day.model, p.config = day.config, p.gpu = day.fleet.gpu;
  p.gpus = p.ep = ep;
  p.role = role;
  p.precision = day.precision;
  if (role == Role::decode) p.mtp_accept = day.mtp_accept;
  if (ep > 1) p.redundant_experts = day.redundant_experts.value_or(copies_for(experts_of(day.config), ep));
  if (ep == 1) p.gpus = std::min<int64_t>(8, day.fleet.gpus), p.tp = p.gpus;
  p.context = role == Role::prefill ? day.load.prompt : day.load.context;
  p.cached = role == Role::prefill ? day.load.prompt * day.load.hit : 0;
  p.batch = 1;
  return p;
}

// Seconds that the objective sees at this batch.
double latency(const DayPlan& day, const ServePrediction& at) {
  if (at.plan.role == Role::decode) return at.seconds_per_token;
  double cache = at.memory.cache / at.plan.batch;
  return (1 + waiting) * at.step.seconds + cache / (day.fleet.gpu.nic * day.fleet.gpu.measured.nic);
}

// The largest batch that meets the objective and fits, by doubling and bisection; none if even a small one does not.
std::optional<ServePrediction> operating_point(const DayPlan& day, const ServeModel& model, ServePlan plan,
                                               bool& fits) {
  double limit = plan.role == Role::decode ? day.objective.tpot : day.objective.ttft;
  auto tried = [&](double batch) {
    plan.batch = batch;
    return predict_serving(model, plan, Doubts::no);
  };
  auto good = [&](const ServePrediction& p) { return p.fits && latency(day, p) <= limit; };
  double least = plan.role == Role::decode ? 1 : 1.0 / 64;
  ServePrediction first = tried(least);
  fits = first.fits;
  if (!good(first)) return std::nullopt;
  double low = least, high = least * 2;
  while (high < most_batch && good(tried(high))) low = high, high *= 2;
  for (int i = 0; i < 12; ++i) {
    double middle = (low + high) / 2;
    (good(tried(middle)) ? low : high) = middle;
  }
  plan.batch = low;
  return predict_serving(model, plan);
}

void follow_load(const DayPlan& day, double tokens, Pool& pool) {
  int64_t sum = 0;
  for (size_t h = 0; h < 24; ++h) {
    double needed = tokens / day_seconds * day.load.curve[h] / pool.rate;
    pool.nodes[h] =
        static_cast<int64_t>(std::ceil(needed / static_cast<double>(pool.unit_nodes) - 1e-9)) * pool.unit_nodes;
    sum += pool.nodes[h];
    pool.peak_nodes = std::max(pool.peak_nodes, pool.nodes[h]);
  }
  pool.mean_nodes = static_cast<double>(sum) / 24;
}

std::vector<int64_t> candidates(const DayPlan& day, const std::optional<int64_t>& given) {
  if (given) return {*given};
  int64_t experts = experts_of(day.config);
  if (experts == 0) return {1};
  std::vector<int64_t> out;
  for (int64_t ep : {8, 16, 32, 64, 72, 96, 128, 144, 256, 320})
    if (ep <= day.fleet.gpus && ep <= experts + experts / 4) out.push_back(ep);
  return out.empty() ? std::vector<int64_t>{1} : out;
}

std::optional<Pool> best_pool(const DayPlan& day, const ServeModel& model, Role role, bool& fits) {
  std::optional<Pool> best;
  fits = false;
  for (int64_t ep : candidates(day, role == Role::prefill ? day.prefill_ep : day.decode_ep)) {
    bool this_fits = true;
    auto point = operating_point(day, model, pool_plan(day, role, ep), this_fits);
    fits = fits || this_fits;
    if (!point) continue;
    Pool pool;
    pool.latency = latency(day, *point);
    // Units take whole nodes, or share one: what they leave of a node does no work.
    int64_t gpus = point->plan.gpus;
    pool.unit_nodes = (gpus + 7) / 8;
    int64_t busy = gpus >= 8 ? gpus : 8 / gpus * gpus;
    pool.busy = static_cast<double>(busy) / static_cast<double>(8 * pool.unit_nodes);
    pool.rate = point->tokens_per_second_per_node * day.headroom * pool.busy;
    pool.at = std::move(*point);
    follow_load(day, role == Role::prefill ? day.load.input : day.load.output, pool);
    if (!best || pool.mean_nodes < best->mean_nodes) best = std::move(pool);
  }
  return best;
}

// The part of prefill's time that attending to cached tokens takes.
double hit_share(const ServeModel& model, const Pool& pool) {
  ServePlan without = pool.at.plan;
  without.context -= without.cached, without.cached = 0;
  without.imbalance = pool.at.step.imbalance;
  return std::max(0.0, 1 - model.step(without).seconds / pool.at.step.seconds);
}

void add_money(const ServeModel& model, Day& day) {
  double node_day = 8 * 24 * day.plan.price, million = 1e6;
  double prefill = day.prefill->mean_nodes * node_day, decode = day.decode->mean_nodes * node_day;
  day.dollars = prefill + decode;
  day.hit_share = day.plan.load.hit > 0 ? hit_share(model, *day.prefill) : 0;
  double hits = day.plan.load.input * day.plan.load.hit, misses = day.plan.load.input - hits;
  day.dollars_miss = prefill * (1 - day.hit_share) / misses * million;
  day.dollars_hit = hits > 0 ? prefill * day.hit_share / hits * million : 0;
  day.dollars_output = decode / day.plan.load.output * million;
}

Json pool_json(const Pool& pool) {
  Json out = to_json(pool.at);
  out["nodes_mean"] = pool.mean_nodes, out["nodes_peak"] = pool.peak_nodes, out["nodes_per_unit"] = pool.unit_nodes;
  out["rate_per_node"] = pool.rate, out["latency_ms"] = pool.latency * 1e3, out["nodes_by_hour"] = pool.nodes;
  return out;
}

}  // namespace

Day plan_day(const DayPlan& plan) {
  Day day;
  day.plan = plan;
  if (!(plan.price >= 0))
    throw Error(ErrorKind::usage, fmt::format("--price: expected dollars from 0, found {}", plan.price));
  ServeModel model(plan.config);
  bool prefill_fits = true, decode_fits = true;
  day.prefill = best_pool(plan, model, Role::prefill, prefill_fits);
  day.decode = best_pool(plan, model, Role::decode, decode_fits);
  day.fits = prefill_fits && decode_fits;
  if (!day.prefill || !day.decode) {
    day.missed = !day.fits      ? "the model does not fit these GPUs at any layout tried"
                 : !day.prefill ? "no batch reaches the first token in time"
                                : "no batch makes tokens in time";
    return day;
  }
  day.mean_nodes = day.prefill->mean_nodes + day.decode->mean_nodes;
  for (size_t h = 0; h < 24; ++h)
    day.peak_nodes = std::max(day.peak_nodes, day.prefill->nodes[h] + day.decode->nodes[h]);
  add_money(model, day);
  for (const Pool* pool : {&*day.prefill, &*day.decode}) {
    day.nodes_interval.low += pool->mean_nodes * pool->at.step_interval.low / pool->at.step.seconds;
    day.nodes_interval.high += pool->mean_nodes * pool->at.step_interval.high / pool->at.step.seconds;
  }
  day.meets = day.peak_nodes * 8 <= plan.fleet.gpus;
  if (!day.meets)
    day.missed =
        fmt::format("the peak hour needs {} nodes of 8, and the fleet has {} GPUs", day.peak_nodes, plan.fleet.gpus);
  return day;
}

Json to_json(const Day& day) {
  Json out = {{"model", day.plan.model},
              {"gpu", day.plan.fleet.gpu.name},
              {"gpus", day.plan.fleet.gpus},
              {"slo", {{"ttft_ms", day.plan.objective.ttft * 1e3}, {"tpot_ms", day.plan.objective.tpot * 1e3}}},
              {"fits", day.fits},
              {"meets", day.meets}};
  if (!day.missed.empty()) out["missed"] = day.missed;
  if (!day.prefill || !day.decode) return out;
  out["nodes"] = day.mean_nodes, out["nodes_peak"] = day.peak_nodes;
  out["dollars_per_day"] = day.dollars;
  out["dollars_per_million"] = {{"input", day.dollars_miss}, {"hit", day.dollars_hit}, {"output", day.dollars_output}};
  out["ttft_ms"] = day.prefill->latency * 1e3, out["tpot_ms"] = day.decode->latency * 1e3;
  out["interval"] = {{"nodes", {{"low", day.nodes_interval.low}, {"high", day.nodes_interval.high}}},
                     {"dollars_per_day",
                      {{"low", day.nodes_interval.low * 192 * day.plan.price},
                       {"high", day.nodes_interval.high * 192 * day.plan.price}}}};
  out["prefill"] = pool_json(*day.prefill), out["decode"] = pool_json(*day.decode);
  return out;
}

std::string report(const Day& day) {
  std::string out;
  if (day.prefill && day.decode) {
    auto pool = [&](const char* what, const Pool& p, const char* time) {
      return fmt::format(
          "  {:<8} {:>7.1f} nodes on average, {} at the peak, in units of {}: {} tokens/s each, ep {}, {:.3g} {} a "
          "GPU, {} {:.0f} ms\n",
          what, p.mean_nodes, p.peak_nodes, p.unit_nodes, format_thousands(std::llround(p.rate)), p.at.plan.ep,
          p.at.plan.batch, p.at.plan.role == Role::decode ? "sequences" : "prompts at once", time, p.latency * 1e3);
    };
    out += fmt::format("A day of {} on {}: {} tokens in ({:.1f} % cached), {} out\n", day.plan.model,
                       day.plan.fleet.gpu.name, format_count(day.plan.load.input), day.plan.load.hit * 100,
                       format_count(day.plan.load.output));
    out += pool("prefill", *day.prefill, "TTFT (90 %)") + pool("decode", *day.decode, "TPOT");
    out +=
        fmt::format("  together {:.1f} nodes (80 %: {:.0f} to {:.0f}), {} at the peak; ${} a day at ${:g} a GPU hour\n",
                    day.mean_nodes, day.nodes_interval.low, day.nodes_interval.high, day.peak_nodes,
                    format_thousands(std::llround(day.dollars)), day.plan.price);
    out += fmt::format("  a million tokens: input ${:.3f}, cached input ${:.4f}, output ${:.3f}\n", day.dollars_miss,
                       day.dollars_hit, day.dollars_output);
  }
  if (!day.missed.empty()) out += fmt::format("  objective missed: {}\n", day.missed);
  return out;
}

}  // namespace octet::plan
