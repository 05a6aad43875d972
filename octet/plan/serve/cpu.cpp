#include "octet/plan/serve/cpu.h"

#include <algorithm>
#include <cmath>

#include "octet/base/error.h"
#include "octet/base/units.h"
#include "octet/plan/train/work.h"

namespace octet::plan {

namespace {

// Standard deviation of the logarithm of a predicted time: what octet-mini and other small models were off by.
constexpr double cpu_sigma = 0.2;

struct CpuPass {  // what one pass reads and computes
  double read = 0, flops = 0, attention_flops = 0;
  double dense_layers = 0, expert_layers = 0;
  double besides(const CpuSpeeds& s) const {
    return s.pass + dense_layers * s.dense_layer + expert_layers * s.expert_layer;
  }
  double seconds(const CpuSpeeds& s, const CpuRates& rates, double products) const {
    return besides(s) + read / rates.reading + flops / products + attention_flops / rates.attending;
  }
};

double share_touched(const Routes& routes, double tokens) {
  double chosen = static_cast<double>(routes.top_k) / static_cast<double>(routes.experts);
  return 1 - std::pow(1 - chosen, tokens);
}

// `tokens` in all, each of which attends to `keys`; logits are made for `rows` of them.
CpuPass cpu_pass(const CpuServePlan& p, const ModelWork& work, double tokens, double keys, double rows) {
  CpuPass out;
  for (int kind : work.layers) {
    const LayerWork& layer = work.kinds[static_cast<size_t>(kind)];
    double once = layer.attention.weights + layer.router.weights + layer.ffn.weights;
    double experts = layer.experts ? layer.routed.weights * share_touched(layer.routes, tokens) : 0;
    out.read += (once + experts) * p.speeds.number_bytes;
    out.flops += (layer.attention.flops + layer.router.flops + layer.ffn.flops + layer.routed.flops) * tokens;
    (layer.experts ? out.expert_layers : out.dense_layers) += 1;
  }
  out.read += work.head.flops / 2 * p.speeds.number_bytes;
  out.flops += work.head.flops * rows;
  // Octet's server attends to the cache in the absorbed form: 2 H (2 C + R) FLOPs a token and cached token.
  for (const auto& spec : p.config.layers) {
    const auto& mla = std::get<arch::Mla>(spec.attention);
    out.attention_flops += 2 * static_cast<double>(mla.heads) *
                           static_cast<double>(2 * mla.kv_lora_rank + mla.qk_rope_head_dim) * keys * tokens;
  }
  return out;
}

double cache_bytes(const CpuServePlan& p) {
  double numbers = 0;
  for (const auto& spec : p.config.layers) {
    const auto& mla = std::get<arch::Mla>(spec.attention);
    numbers += static_cast<double>(mla.kv_lora_rank + mla.qk_rope_head_dim);
  }
  return numbers * p.speeds.number_bytes * (p.workload.context + 1) * p.workload.sequences;
}

void check_cpu(const CpuServePlan& p) {
  auto within = [](const char* flag, double value, double low, double high) {
    if (!(value >= low && value <= high))
      throw Error(ErrorKind::usage, fmt::format("{}: expected from {} to {}, found {}", flag, low, high, value));
  };
  within("--prompt", p.workload.prompt, 1, 1e7);
  within("--context", p.workload.context, 1, 1e7);
  within("--batch", p.workload.sequences, 1, 4096);
  within("--price", p.price, 0, 1e6);
  for (const auto& spec : p.config.layers)
    if (!std::holds_alternative<arch::Mla>(spec.attention))
      throw Error(
          ErrorKind::unsupported,
          fmt::format("--cpu: {} has grouped-query attention, which octet prices on GPUs but does not run", p.model),
          "take a model with latent attention, or --gpu");
}

}  // namespace

CpuServing predict_cpu_serving(const CpuServePlan& plan) {
  check_cpu(plan);
  CpuServing out;
  out.plan = plan;
  const CpuSpeeds& s = plan.speeds;
  const CpuWorkload& w = plan.workload;
  CpuRates rates = s.rates(static_cast<double>(plan.config.hidden));
  ModelWork work = model_work(plan.config, 0);
  CpuPass prompt = cpu_pass(plan, work, w.prompt, w.prompt / 2, 1);
  out.prompt_seconds = prompt.seconds(s, rates, rates.products);
  CpuPass step = cpu_pass(plan, work, w.sequences, w.context, w.sequences);
  out.cache = cache_bytes(plan);
  step.read += out.cache;
  out.step_seconds = step.seconds(s, rates, rates.few_products);
  out.prefill = w.prompt / out.prompt_seconds, out.decode = w.sequences / out.step_seconds;
  out.dollars_in = plan.price / 3600 / out.prefill * 1e6, out.dollars_out = plan.price / 3600 / out.decode * 1e6;
  ModelWork whole = model_work(plan.config, static_cast<int64_t>(plan.config.mtp_layers.size()));
  out.weights = (whole.parameters + whole.mtp_parameters) * s.number_bytes;
  out.fits = s.memory <= 0 || out.bytes() <= s.memory;
  out.factor = {std::exp(-1.2816 * cpu_sigma), std::exp(1.2816 * cpu_sigma)};
  out.interval_from = fmt::format(
      "sigma {:g} of the log of a time: what models measured beside their prediction were "
      "off by",
      cpu_sigma);
  for (const auto& m : s.measured)
    if (m.model == plan.model && m.prompt == w.prompt && m.context == w.context && m.sequences == w.sequences)
      out.measured = m;
  return out;
}

namespace {

// A model of V3's architecture. `experts` of them, 8 a token, follow `dense` layers.
arch::Config probe(int dense, int expert_layers, int64_t hidden, int64_t heads, int64_t latent, int64_t ffn,
                   int64_t expert_ffn) {
  Json json = {{"model_type", "deepseek_v3"},
               {"vocab_size", 1024},
               {"hidden_size", hidden},
               {"num_hidden_layers", dense + expert_layers},
               {"first_k_dense_replace", dense},
               {"num_nextn_predict_layers", 0},
               {"intermediate_size", ffn},
               {"num_attention_heads", heads},
               {"num_key_value_heads", heads},
               {"q_lora_rank", latent},
               {"kv_lora_rank", latent},
               {"qk_nope_head_dim", 32},
               {"qk_rope_head_dim", 16},
               {"v_head_dim", 32},
               {"n_routed_experts", 32},
               {"n_shared_experts", 1},
               {"num_experts_per_tok", 8},
               {"moe_intermediate_size", expert_ffn},
               {"scoring_func", "sigmoid"},
               {"topk_method", "noaux_tc"},
               {"n_group", 1},
               {"topk_group", 1},
               {"norm_topk_prob", true},
               {"routed_scaling_factor", 2.5},
               {"max_position_embeddings", 4096},
               {"rope_theta", 10000},
               {"rms_norm_eps", 1e-6},
               {"torch_dtype", "bfloat16"}};
  return arch::parse_config(json, "a model to time");
}

}  // namespace

namespace {

// Times of one width's models: prompts of 256, 512 and 1024 tokens on one with many heads; one with large matrices.
struct WidthTimes {
  arch::Config large;
  int64_t heads, latent;
  double prompts[3];
  CpuTimes alone, together;  // one sequence after a prompt of 256; eight
};
constexpr double shortest_prompt = 256;

WidthTimes time_width(const TimeModel& time, arch::Config large, int64_t heads, int64_t latent) {
  WidthTimes out{std::move(large), heads, latent, {}, {}, {}};
  arch::Config many = probe(1, 0, out.large.hidden, heads, latent, 64, 16);
  for (int i = 0; i < 3; ++i) out.prompts[i] = time(many, {shortest_prompt * (1 << i), 16, 1}).prompt_seconds;
  out.alone = time(out.large, {256, 16, 1}), out.together = time(out.large, {16, 16, 8});
  return out;
}

// What is left of a prompt's and of two decoding steps' times, besides their layers, is reading and products.
CpuRates rates_of(const WidthTimes& w, const CpuSpeeds& s) {
  // Of t(n) = a + b n + c n^2, t(4n) - t(2n) - 2 (t(2n) - t(n)) is 6 c n^2.
  const double* t = w.prompts;
  double squares = std::max((t[2] - t[1]) - 2 * (t[1] - t[0]), 1e-3 * t[2]);
  double attending =
      static_cast<double>(w.heads * (2 * w.latent + 16)) * 6 * shortest_prompt * shortest_prompt / squares;
  CpuServePlan p;
  p.config = w.large, p.speeds = s;
  ModelWork work = model_work(p.config, 0);
  CpuPass a = cpu_pass(p, work, 1, 16, 1), b = cpu_pass(p, work, 8, 16, 8), whole = cpu_pass(p, work, 256, 128, 1);
  double one = w.alone.step_seconds, eight = w.together.step_seconds, prompt = w.alone.prompt_seconds;
  double left_a = std::max(one - a.besides(s) - a.attention_flops / attending, 0.1 * one),
         left_b = std::max(eight - b.besides(s) - b.attention_flops / attending, left_a);
  double determinant = a.read * b.flops - b.read * a.flops;
  double slow_reading = (left_a * b.flops - left_b * a.flops) / determinant,
         slow_products = (a.read * left_b - b.read * left_a) / determinant;
  // Where eight take no longer than reading asks, arithmetic is free beside it; and the other way round.
  if (slow_products <= 0) slow_reading = left_a / a.read, slow_products = 1e-3 * left_a / a.flops;
  if (slow_reading <= 0) slow_products = left_a / a.flops, slow_reading = 1e-3 * left_a / a.read;
  double rest = prompt - whole.besides(s) - whole.read * slow_reading - whole.attention_flops / attending;
  return {whole.flops / std::max(rest, 1e-2 * prompt), 1 / slow_products, attending, 1 / slow_reading};
}

double between(double narrow, double wide, double t) {
  return std::exp(std::log(narrow) * (1 - t) + std::log(wide) * t);
}

}  // namespace

CpuRates CpuSpeeds::rates(double hidden) const {
  double t = std::clamp(std::log(hidden / narrow_width) / std::log(wide_width / narrow_width), 0.0, 1.0);
  return {between(narrow.products, wide.products, t), between(narrow.few_products, wide.few_products, t),
          between(narrow.attending, wide.attending, t), between(narrow.reading, wide.reading, t)};
}

CpuSpeeds measure_speeds(const TimeModel& time, double number_bytes) {
  CpuSpeeds s;
  s.number_bytes = number_bytes;
  const CpuWorkload little{16, 16, 1};
  const std::pair<int, int> shapes[] = {{1, 0}, {3, 0}, {1, 2}};  // dense layers, layers of experts
  arch::Config thin[3];
  double timed[3];
  for (int i = 0; i < 3; ++i) {
    thin[i] = probe(shapes[i].first, shapes[i].second, 64, 2, 32, 64, 16);
    timed[i] = time(thin[i], little).step_seconds;
  }
  WidthTimes narrow = time_width(time, probe(1, 2, 256, 4, 96, 1024, 64), 4, 64),
             wide = time_width(time, probe(1, 2, 1024, 8, 256, 8192, 1024), 16, 256);
  // The thin models do a little work, too: what it takes follows from the rates, and they from what layers take
  // besides.
  double work[3] = {};
  for (int round = 0; round < 4; ++round) {
    double besides[3];
    for (int i = 0; i < 3; ++i) besides[i] = std::max(0.0, timed[i] - work[i]);
    s.dense_layer = std::max(0.0, (besides[1] - besides[0]) / 2);
    s.expert_layer = std::max(0.0, (besides[2] - besides[0]) / 2);
    s.pass = std::max(0.0, besides[0] - s.dense_layer);
    s.narrow = rates_of(narrow, s), s.wide = rates_of(wide, s);
    CpuSpeeds bare = s;
    bare.dense_layer = bare.expert_layer = bare.pass = 0;
    for (int i = 0; i < 3; ++i) work[i] = predict_cpu_serving({"thin", thin[i], bare, little}).step_seconds;
  }
  return s;
}

double most_sequences(CpuServePlan plan, double tpot) {
  double best = 0;
  for (double n = 1; n <= 64; n = n < 4 ? n + 1 : n + std::floor(n / 4)) {
    plan.workload.sequences = n;
    CpuServing p = predict_cpu_serving(plan);
    if (p.step_seconds > tpot || !p.fits) break;
    best = n;
  }
  return best;
}

}  // namespace octet::plan
