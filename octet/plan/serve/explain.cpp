// Where the numbers of a serving pool and of a day come from.
#include "octet/base/units.h"
#include "octet/plan/serve/day.h"

namespace octet::plan {

namespace {

const std::string step_file = "octet/plan/serve/step.h", layer_file = "octet/plan/serve/layer.cpp";

using Lines = std::vector<Explained>;

void add_rates(const ServePrediction& p, Lines& out) {
  const Gpu& g = p.plan.gpu;
  for (const auto& fact : gpu_facts())
    if (fact.gpu == g.name)
      out.push_back({fact.gpu + "." + fact.key, fmt::format("{:g}", fact.value), "stated", fact.source});
  const Calibration& c = g.measured;
  const std::string from = "calibration.toml, fitted by octet calibrate-hardware to H800 and H100 figures";
  for (auto [name, share, of] : {std::tuple{"products in bf16", c.gemm_bf16, "the bf16 peak"},
                                 {"products in fp8", c.gemm_fp8, "the fp8 peak"},
                                 {"attention", c.attention, "the bf16 peak"},
                                 {"memory", c.hbm, "the memory bandwidth"},
                                 {"network", c.nic, "the port's bandwidth"},
                                 {"NVLink", c.nvlink, "its bandwidth"}})
    out.push_back({name, fmt::format("{:.1f} %", 100 * share), fmt::format("share of {}", of), from});
}

void add_times(const ServePrediction& p, Lines& out) {
  const ServeStep& s = p.step;
  auto us = [](double seconds) { return fmt::format("{:.1f} us", seconds * 1e6); };
  auto ms = [](double seconds) { return fmt::format("{:.2f} ms", seconds * 1e3); };
  std::string of = s.overlapped ? "half the batch" : "the batch";
  out.push_back({"attention of a layer", us(s.layer.attention),
                 "projections, norms and shared experts: flops / rate + bytes / bandwidth; and the core", layer_file});
  out.push_back({"its core", us(s.layer.attention_core),
                 p.plan.role == Role::decode
                     ? "absorbed: max(2 H (2 C + R) FLOPs / rate, 2 (C + R) bytes / bandwidth) a token and cached token"
                     : "causal: inner products / rate",
                 "DeepSeek-V2 report, section 2.1.2"});
  out.push_back({"experts of a layer", us(s.layer.experts),
                 "the busiest rank's products, and the weights that the batch touches", layer_file});
  out.push_back({"dispatch", us(s.layer.dispatch), "bytes / (port x share), of the busiest path", "DeepEP's kernels"});
  out.push_back({"combine", us(s.layer.combine), "the same back, in bf16", "DeepEP's kernels"});
  out.push_back({"busiest expert rank", fmt::format("{:.3f}", s.imbalance), "tokens over the mean, placed by load",
                 p.plan.imbalance ? "--imbalance" : "octet/plan/serve/imbalance.h"});
  out.push_back({"expert layers", ms(s.expert_layers),
                 s.overlapped ? "layers x (max(a, d) + max(m, d) + max(m, c) + max(a, c)) of " + of
                              : "layers x the sum of their parts",
                 step_file});
  out.push_back({"dense layers", ms(s.dense_layers), "layers x the sum of their parts", step_file});
  out.push_back({"head", ms(s.head), "vocabulary x hidden, in bf16", layer_file});
  if (s.draft > 0) out.push_back({"draft", ms(s.draft), "the MTP module's layer, projection and head", step_file});
  out.push_back({"step", ms(s.seconds), "expert layers + dense layers + head + draft", step_file});
}

void add_memory(const ServePrediction& p, Lines& out) {
  const ServeMemory& m = p.memory;
  const std::string file = "octet/plan/serve/memory.cpp";
  for (auto [name, bytes, formula] :
       {std::tuple{"weights", m.weights, "this GPU's matrices, experts / ep with their copies, embedding and head"},
        {"cache", m.cache, "(C + R) x 2 bytes x layers x tokens held"},
        {"activations", m.activations, "the widest moment of a layer, and the logits"},
        {"engine", m.buffers, "framework, driver, buffers, captured graphs: an assumption"}})
    out.push_back({name, fmt::format("{:.2f} GiB", bytes / gib), formula, file});
}

}  // namespace

std::vector<Explained> explain(const ServePrediction& p) {
  Lines out;
  add_rates(p, out);
  add_times(p, out);
  add_memory(p, out);
  out.push_back({"tokens a second a node", fmt::format("{:.0f}", p.tokens_per_second_per_node),
                 fmt::format("{:.4g} tokens a GPU / step x 8", p.step.produced), step_file});
  out.push_back(
      {"its bound", fmt::format("{:.0f}", p.bound_rate), "the same with an exchange that takes no time", step_file});
  for (const auto& d : p.doubts)
    out.push_back({"doubt of the step", fmt::format("{:.1f} to {:.1f} ms", d.low * 1e3, d.high * 1e3),
                   "one assumption swung alone: " + d.assumption, "octet/plan/serve/predict.cpp"});
  out.push_back({"80 % interval of the step",
                 fmt::format("{:.1f} to {:.1f} ms", p.step_interval.low * 1e3, p.step_interval.high * 1e3),
                 "root of the squares of the doubts, below and above apart", "octet/plan/serve/predict.cpp"});
  return out;
}

std::vector<Explained> explain(const Day& day) {
  Lines out;
  if (!day.prefill || !day.decode) return out;
  const DayPlan& plan = day.plan;
  const std::string file = "octet/plan/serve/day.h";
  for (auto [name, pool] : {std::pair{"prefill", &*day.prefill}, {"decode", &*day.decode}}) {
    out.push_back(
        {fmt::format("{}: tokens a second a node", name), fmt::format("{:.0f}", pool->rate),
         fmt::format("{:.0f} at the largest batch within the objective, less {:.0f} % for load within the hour{}",
                     pool->at.tokens_per_second_per_node, 100 * (1 - plan.headroom),
                     pool->busy < 1 ? fmt::format(", on {:.1f} % of the nodes' GPUs", 100 * pool->busy) : ""),
         file});
    out.push_back({fmt::format("{}: nodes", name), fmt::format("{:.1f}", pool->mean_nodes),
                   fmt::format("mean over 24 hours of the load / rate, in whole units of {}", pool->unit_nodes), file});
  }
  out.push_back({"dollars a day", fmt::format("{:.0f}", day.dollars),
                 fmt::format("{:.1f} nodes x 8 GPUs x 24 h x ${:g}", day.mean_nodes, plan.price), "--price"});
  out.push_back({"a million tokens of input", fmt::format("${:.4f}", day.dollars_miss),
                 fmt::format("prefill's dollars x {:.4f} / tokens not cached", 1 - day.hit_share), file});
  out.push_back({"a million tokens of cached input", fmt::format("${:.4f}", day.dollars_hit),
                 fmt::format("prefill's dollars x {:.4f}, the time of attending to what is cached / tokens cached",
                             day.hit_share),
                 file});
  out.push_back({"a million tokens of output", fmt::format("${:.4f}", day.dollars_output),
                 "decode's dollars / output tokens", file});
  out.push_back({"80 % interval of the nodes",
                 fmt::format("{:.1f} to {:.1f}", day.nodes_interval.low, day.nodes_interval.high),
                 "nodes x the step's interval / step, both pools together", "octet/plan/serve/day.cpp"});
  for (auto [name, pool] : {std::pair{"prefill", &*day.prefill}, {"decode", &*day.decode}})
    for (Explained line : explain(pool->at)) {
      line.name = fmt::format("{}: {}", name, line.name);
      out.push_back(std::move(line));
    }
  return out;
}

}  // namespace octet::plan
