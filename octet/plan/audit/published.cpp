#include "octet/plan/audit/published.h"

#include "octet/arch/inventory.h"
#include "octet/plan/cost/views.h"
#include "octet/plan/rl/rl.h"
#include "octet/plan/serve/day.h"
#include "octet/plan/train/predict.h"

namespace octet::plan {

namespace {

using Cases = std::vector<Case>;

void exact(Cases& out, const char* what, const char* unit, double published, double octet, const char* source,
           double allowed = 0.005) {
  out.push_back({what, source, unit, Basis::exact, published, octet, octet, octet, allowed});
}

void add_model(Cases& out) {
  arch::Summary s = arch::summarise(arch::preset("deepseek-v3"), 4096);
  const char* source = "DeepSeek-V3 report; Insights into DeepSeek-V3 (ISCA 2025)";
  exact(out, "V3 parameters", "", 671.03e9, static_cast<double>(s.parameters), source);
  exact(out, "V3 cache a token", "bytes", 70272, static_cast<double>(s.cache_bytes_per_token), source);
  exact(out, "V3 training FLOPs a token, causal", "FLOP", 250.4e9, s.training_flops_per_token, source);
  exact(out, "the same with MTP", "FLOP", 260.6e9, s.training_flops_per_token_mtp, source);
  exact(out, "V3 tokens a step", "tokens", 62'914'560, 15360.0 * 4096, source);
}

void add_money(Cases& out, const std::filesystem::path& home) {
  auto book = [&](const char* name) { return find_book(name, home / "prices"); };
  Sheet v3 = rental_view(book("deepseek-v3-run")), r1 = r1_view(book("deepseek-r1-run")),
        hour = tco_view(book("h200-tco")), day = serving_day_view(book("serving-day"));
  exact(out, "V3's run at $2 an hour", "$", 5.576e6, v3.in_unit("dollars"), "DeepSeek-V3 report, table 1");
  exact(out, "R1's GPU hours", "GPU-hours", 147e3, r1.in_unit("gpu_hours"), "DeepSeek-R1, Nature 2025, supplement");
  exact(out, "R1 at $2 an hour", "$", 294e3, r1.in_unit("dollars"), "DeepSeek-R1, Nature 2025, supplement");
  exact(out, "capital of an H200 hour", "$", 1.154, hour.in_unit("capital_hour"), "SemiAnalysis AI TCO model");
  exact(out, "operation of an H200 hour", "$", 0.438, hour.in_unit("operating_hour"), "SemiAnalysis AI TCO model");
  exact(out, "the serving day's GPUs", "$", 87072, day.in_unit("cost"), "DeepSeek, open-infra, day 6");
  exact(out, "the serving day's revenue, from rounded counts", "$", 562027, day.in_unit("revenue"),
        "DeepSeek, open-infra, day 6");
}

void add_bounds(Cases& out) {
  const char* source = "Insights into DeepSeek-V3 (ISCA 2025), section 2.3.2";
  ExchangeLoad load{32, 9, 7000, 3, 61};
  ExchangeBound ib = exchange_bound(load, 50e9), nvl = exchange_bound(load, 900e9);
  exact(out, "expert exchange at 50 GB/s", "us", 120.96, ib.exchange * 1e6, source);
  exact(out, "decode bound by it", "ms", 14.76, ib.step * 1e3, source);
  exact(out, "its tokens a second, published as a whole number", "tokens/s", 67, ib.tokens_per_second, source,
        1.0 / 67);
  exact(out, "expert exchange at 900 GB/s", "us", 6.72, nvl.exchange * 1e6, source);
  exact(out, "decode bound by it, 900 GB/s", "ms", 0.82, nvl.step * 1e3, source);
}

// DeepEP's latency kernels: 128 tokens of 7168, 8 of 256 experts; FP8 with scales out, BF16 back.
void add_exchanges(Cases& out) {
  struct Row {
    int64_t ep;
    double dispatch, combine;
  };
  Gpu h800 = gpu("h800");
  for (auto [ep, dispatch, combine] : {Row{8, 77, 114}, Row{16, 118, 195}, Row{32, 155, 273}, Row{64, 173, 314}}) {
    Group group = group_of(h800, ep, 1);
    Routes routes{256, 8, 8, 4};
    auto add = [&](const char* way, double published, double bytes) {
      double us = low_latency_exchange_seconds(h800, group, routes, 128, bytes) * 1e6;
      out.push_back({fmt::format("DeepEP {} over EP{}, 128 tokens", way, ep), "DeepEP README, latency kernels", "us",
                     Basis::calibrated, published, us, us, us, 0.12});
    };
    add("dispatch", dispatch, 7168 * (1 + 4.0 / 128));
    add("combine", combine, 7168 * 2);
  }
}

TrainPlan train_plan(const char* model, const char* fleet, const char* layout, int64_t batch, int64_t seq) {
  TrainPlan plan;
  plan.model = model, plan.config = arch::preset(model);
  plan.fleet = read_fleet(fleet);
  plan.layout = parse_layout(layout);
  plan.batch = batch, plan.seq = seq;
  return plan;
}

void training(Cases& out, const char* what, const char* unit, Basis basis, double published, double octet,
              const Interval& range, double allowed, const char* source) {
  out.push_back({what, source, unit, basis, published, octet, range.low, range.high, allowed});
}

void add_training(Cases& out) {
  TrainPlan v3 = train_plan("deepseek-v3", "h800x2048", "pp=16,ep=64", 15360, 4096);
  v3.schedule = "dualpipe", v3.precision = Precision::fp8, v3.tokens = 14.8e12;
  Prediction p = predict(v3);
  double step = p.step.step();
  training(out, "V3's training step", "s", Basis::calibrated, 19.926, step, p.interval(step), 0.03,
           "Insights into DeepSeek-V3 (ISCA 2025), table 4");
  training(out, "V3's pretraining", "GPU-hours", Basis::predicted, 2664e3, p.gpu_hours, p.interval(p.gpu_hours), 0.05,
           "DeepSeek-V3 report, table 1");
  double days = p.gpu_hours / 14.8 / 2048 / 24;
  training(out, "V3's days a trillion tokens", "days", Basis::predicted, 3.7, days, p.interval(days), 0.05,
           "DeepSeek-V3 report, section 1");
  // A rate falls as the step's time grows: its ends change places.
  auto rate = [](const Prediction& q, double value) {
    Interval time = q.interval(1);
    return Interval{value / time.high, value / time.low};
  };
  Prediction llama = predict(train_plan("llama-3.1-405b", "h100x8192", "tp=8,pp=16,vp=8", 2048, 8192));
  double tflops = llama.model_tflops_per_gpu;
  training(out, "Llama 3.1 405B, 8192 H100", "TFLOP/s", Basis::predicted, 430, tflops, rate(llama, tflops), 0.15,
           "Llama 3 report, table 4");
  TrainPlan gb = train_plan("deepseek-v3", "gb200x256", "pp=8,ep=32,vp=4", 2048, 4096);
  gb.precision = Precision::fp8, gb.mtp = 0;
  Prediction g = predict(gb);
  double tokens = g.tokens_per_second_per_gpu;
  training(out, "V3 on 256 GB200, a GPU", "tokens/s", Basis::predicted, 4018, tokens, rate(g, tokens), 0.20,
           "Megatron-Core");
}

ServePlan pool(const char* gpu_name, Role role, int64_t ep, double batch, double context) {
  ServePlan p;
  p.model = "deepseek-v3", p.config = arch::preset("deepseek-v3"), p.gpu = gpu(gpu_name);
  p.gpus = p.ep = ep, p.role = role, p.batch = batch, p.context = context, p.redundant_experts = 32;
  return p;
}

void add_pools(Cases& out) {
  ServeModel model(arch::preset("deepseek-v3"));
  auto add = [&](const char* what, double published, const ServePlan& plan, double allowed, const char* source) {
    ServePrediction p = predict_serving(model, plan);
    double rate = p.tokens_per_second_per_node, time = p.step.seconds;
    out.push_back({what, source, "tokens/s", Basis::predicted, published, rate, rate * time / p.step_interval.high,
                   rate * time / p.step_interval.low, allowed});
  };
  const char* sglang = "SGLang on 96 H100, May 2025";
  add("SGLang prefill, EP32, 16 prompts of 1K a GPU, a node", 57674, pool("h100", Role::prefill, 32, 16, 1024), 0.15,
      sglang);
  add("SGLang decode, EP72, 256 sequences of 2K a GPU, a node", 22282, pool("h100", Role::decode, 72, 256, 2000), 0.15,
      sglang);
  // 14.8k tokens/s a node at 21 tokens/s a user are 88 sequences a GPU.
  add("day 6 decode, EP144, 88 sequences of 5K a GPU, a node", 14800, pool("h800", Role::decode, 144, 88, 4989), 0.10,
      "DeepSeek, open-infra, day 6");
}

void add_day(Cases& out) {
  DayPlan plan;
  plan.model = "deepseek-v3", plan.config = arch::preset("deepseek-v3"), plan.fleet = read_fleet("h800x4000");
  plan.load = read_load("input=608B,output=168B,hit=56.25%,context=4989,peak=1.226");
  plan.prefill_ep = 32, plan.decode_ep = 144, plan.redundant_experts = 32;
  auto add = [&](const char* what) {
    Day day = plan_day(plan);
    out.push_back({what, "DeepSeek, open-infra, day 6", "nodes", Basis::predicted, 226.75, day.mean_nodes,
                   day.nodes_interval.low, day.nodes_interval.high, 0.10});
  };
  add("day 6 fleet, without speculation");
  plan.mtp_accept = 0.85;
  add("day 6 fleet, second token accepted 85 %");
}

// 10,400 updates, 16 a round of 8,192 answers (DeepSeek-R1, Nature 2025, supplement); how long answers are is assumed.
void add_rl(Cases& out) {
  RlPlan plan;
  plan.model = "deepseek-v3", plan.config = arch::preset("deepseek-v3"), plan.fleet = read_fleet("h800x512");
  plan.rounds = 650, plan.redundant_experts = 32;
  plan.train_layout = parse_layout("pp=16,ep=32"), plan.schedule = "dualpipe";
  RlPrediction p = predict_rl(plan);
  double scale = p.gpu_hours / p.round();
  training(out, "R1-Zero, lengths of answers assumed", "GPU-hours", Basis::predicted, 512 * 198, p.gpu_hours,
           {p.round_interval.low * scale, p.round_interval.high * scale}, 0.15, "DeepSeek-R1, Nature 2025, supplement");
}

}  // namespace

std::vector<Case> published_cases(const std::filesystem::path& home) {
  Cases out;
  add_model(out);
  add_money(out, home);
  add_bounds(out);
  add_exchanges(out);
  add_training(out);
  add_pools(out);
  add_day(out);
  add_rl(out);
  return out;
}

}  // namespace octet::plan
