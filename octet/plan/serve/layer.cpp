#include "octet/plan/serve/layer.h"

#include <algorithm>
#include <cmath>

#include "octet/plan/bytes.h"

namespace octet::plan {

namespace {

constexpr double scale_share = 4.0 / 128;  // a float32 scale for 128 FP8 numbers
// Decode replays a captured graph: a kernel costs its ramp and tail, about 1.5 us, and no launch.
constexpr double graph_share = 0.15;

// Calibration's fractions were measured on Hopper's full chip. What keeps a kernel from its peak there is work outside
// the tensor cores, which takes the same time on any processor of the same clock: it weighs less where the tensor cores
// are slower (H20, 1.9 TFLOP/s a processor against 7.5) and more where they are faster (Blackwell, 15 to 17).
constexpr double hopper_processors = 132, hopper_bf16 = 989e12, hopper_fp8 = 1979e12;

double reached(double fraction, double peak, int64_t processors, double hopper_peak) {
  if (processors <= 0) return fraction;
  double faster = peak / static_cast<double>(processors) / (hopper_peak / hopper_processors);
  return 1 / (1 + (1 / fraction - 1) * faster);
}

class Rates {
 public:
  explicit Rates(const LayerQuery& q) : plan_(q.plan), assume_(q.assumptions) {}
  double moved(double bytes) const {
    return bytes / (plan_.gpu.hbm_bandwidth * plan_.gpu.measured.hbm * assume_.memory);
  }
  double launched(double kernels) const {
    double share = plan_.role == Role::decode ? graph_share : 1;
    return kernels * plan_.gpu.measured.kernel_seconds * share * assume_.launches;
  }
  double computed(double flops, bool fp8) const {
    const Gpu& g = plan_.gpu;
    double share = fp8 ? reached(g.measured.gemm_fp8, g.fp8, g.sms, hopper_fp8)
                       : reached(g.measured.gemm_bf16, g.bf16, g.sms, hopper_bf16);
    return flops / (g.peak(fp8) * share * assume_.products);
  }
  double attended(double flops) const {
    const Gpu& g = plan_.gpu;
    return flops / (g.bf16 * reached(g.measured.attention, g.bf16, g.sms, hopper_bf16) * assume_.products);
  }
  bool fp8() const { return plan_.precision == Precision::fp8; }
  double operand(bool fp8) const { return fp8 ? 1 : bf16_bytes; }

 private:
  const ServePlan& plan_;
  const Assumptions& assume_;
};

// A part's products: `rows` tokens, of the weights the share that this GPU reads.
double product(const Rates& r, const Matrices& m, double rows, double weights, double cut, bool fp8) {
  if (m.flops <= 0) return 0;
  double values = (m.in * r.operand(fp8) + m.out * bf16_bytes) * rows * cut;
  return r.computed(m.flops * rows, fp8) + r.moved(values + weights * r.operand(fp8)) +
         r.launched(m.kernels * (fp8 ? 2 : 1));
}

double core_prefill(const LayerQuery& q, const Rates& r) {
  // The prompt's new tokens see what was cached and, on average, half of themselves.
  double keys = q.plan.cached + (q.plan.context - q.plan.cached) / 2;
  return r.attended(q.work.per_key_flops * keys * q.tokens);
}

double core_decode(const LayerQuery& q, const Rates& r) {
  const ServePlan& p = q.plan;
  double sequences = q.tokens / q.queries, tp = static_cast<double>(p.tp);
  if (const auto* mla = std::get_if<arch::Mla>(&q.spec.attention)) {
    double c = static_cast<double>(mla->kv_lora_rank), rope = static_cast<double>(mla->qk_rope_head_dim);
    double flops = 2 * static_cast<double>(mla->heads) * (2 * c + rope) * p.context * q.tokens;
    // The latent is shared by all heads: each of a tensor parallel group reads all of its sequences' latents.
    double bytes = (c + rope) * bf16_bytes * p.context * sequences * tp;
    return std::max(r.computed(flops, false), r.moved(bytes));
  }
  const auto& gqa = std::get<arch::Gqa>(q.spec.attention);
  double held = std::max(1.0, static_cast<double>(gqa.kv_heads) / tp);  // key heads a GPU
  double bytes = 2 * held * static_cast<double>(gqa.head_dim) * bf16_bytes * p.context * sequences * tp;
  return std::max(r.computed(q.work.per_key_flops * p.context * q.tokens, false), r.moved(bytes));
}

double attention_time(const LayerQuery& q, const Rates& r, double core) {
  double tp = static_cast<double>(q.plan.tp), cut = (1 + tp) / 2;  // of a GPU's own tokens: the group's, cut or whole
  Matrices all = q.work.attention;
  const auto* mla = std::get_if<arch::Mla>(&q.spec.attention);
  double time = 0, rotated = q.work.qkv;
  if (mla && q.plan.role == Role::decode) {
    // kv_b is taken apart: keys' part into the queries, values' part after the sum. Same weights and FLOPs, in BF16.
    double heads = static_cast<double>(mla->heads), c = static_cast<double>(mla->kv_lora_rank);
    double nope = static_cast<double>(mla->qk_nope_head_dim), v = static_cast<double>(mla->v_head_dim);
    Matrices up{2 * heads * (nope + v) * c, heads * (nope + c), heads * (c + v), heads * (nope + v) * c, 2};
    all.flops -= up.flops, all.weights -= up.weights, all.in -= c, all.out -= heads * (nope + v), all.kernels -= 1;
    time += product(r, up, q.tokens, up.weights / tp, 1, false);
    rotated = heads * (c + static_cast<double>(mla->qk_rope_head_dim));
  }
  time += product(r, all, q.tokens, all.weights / tp, cut, r.fp8());
  double quantised = r.fp8() ? 3 * all.in : 0;  // read in BF16, write in FP8
  return time + core + r.moved((16 * q.work.hidden + 4 * rotated + quantised) * q.tokens) + r.launched(8);
}

double shared_time(const LayerQuery& q, const Rates& r) {
  double gated = q.work.ffn.out > 0 ? (q.work.ffn.out - q.work.hidden) / 2 : 0, tp = static_cast<double>(q.plan.tp);
  double quantised = r.fp8() ? 3 * q.work.ffn.in : 0;
  return product(r, q.work.ffn, q.tokens, q.work.ffn.weights / tp, (1 + tp) / 2, r.fp8()) +
         r.moved((6 * gated + quantised) * q.tokens) + r.launched(3);
}

// Experts that this GPU holds and at least one of the tokens chooses.
double touched(const LayerQuery& q, double group_tokens) {
  const Routes& routes = q.work.routes;
  double slots = static_cast<double>(routes.experts + q.plan.redundant_experts) / static_cast<double>(q.plan.ep);
  double missed = std::pow(1 - static_cast<double>(routes.top_k) / static_cast<double>(routes.experts), group_tokens);
  return slots * (1 - missed);
}

double experts_time(const LayerQuery& q, const Rates& r) {
  const Routes& routes = q.work.routes;
  double ep = static_cast<double>(q.plan.ep), tp = static_cast<double>(q.plan.tp);
  bool spread = q.plan.ep > 1;
  double one = q.work.routed.weights / static_cast<double>(routes.experts);
  double weights = one * touched(q, q.tokens * (spread ? ep : tp)) / (spread ? 1 : tp);
  double rows = q.tokens * (spread ? q.imbalance : 1), cut = spread ? 1 : tp;
  double gated = q.work.gated - (q.work.ffn.out > 0 ? (q.work.ffn.out - q.work.hidden) / 2 : 0);
  double time = product(r, q.work.routed, rows, weights, cut, r.fp8());
  time += product(r, q.work.router, q.tokens, q.work.router.weights, 1, false);
  // SwiGLU; on arrival tokens are sorted by expert, on return summed by token.
  double sent = r.operand(r.fp8());
  double sorting = q.plan.role == Role::prefill ? 2 * sent + bf16_bytes : bf16_bytes;
  return time + r.moved((6 * gated + sorting * q.work.dispatched) * rows) + r.launched(17);
}

// Bytes that the exchange's own kernels move through memory, a token. Throughput kernels: the sender reads a token and
// stages a copy a node; each node reads it and writes a copy a rank over NVLink; each rank moves it from its buffer.
// Latency kernels: a copy an expert arrives and is moved out of its buffer, and is staged before it returns.
double staged(const LayerQuery& q, const Group& group, const Reach& spread, double bytes) {
  if (q.plan.role == Role::decode) return 4 * static_cast<double>(q.work.routes.top_k) * bytes;
  double across = group.nodes() > 1 ? 3 * spread.nodes : 0;
  return (1 + across + 3 * spread.ranks) * bytes;
}

void exchange_times(const LayerQuery& q, const Rates& r, LayerTimes& out) {
  const ServePlan& p = q.plan;
  if (p.ep <= 1) return;
  Gpu gpu = p.gpu;
  gpu.nic *= q.assumptions.network, gpu.nvlink *= q.assumptions.network;
  Group group = group_of(gpu, p.ep, 1);
  Reach spread = reach(q.work.routes, group);
  double sent = r.fp8() ? q.work.hidden * (1 + scale_share) : q.work.hidden * bf16_bytes,
         returned = q.work.hidden * bf16_bytes;
  double tokens = q.tokens * q.imbalance;
  auto time = [&](double bytes) {
    return p.role == Role::decode ? low_latency_exchange_seconds(gpu, group, q.work.routes, tokens, bytes)
                                  : exchange_seconds(gpu, group, spread, tokens, bytes);
  };
  out.dispatch = time(sent), out.combine = time(returned);
  double beside = r.moved(staged(q, group, spread, sent + returned) * tokens) / 2;
  out.attention += beside, out.experts += beside;
}

// Tensor parallel attention gathers its group's tokens before and scatters them after.
double collective_time(const LayerQuery& q) {
  if (q.plan.tp <= 1) return 0;
  Gpu gpu = q.plan.gpu;
  gpu.nvlink *= q.assumptions.network, gpu.nic *= q.assumptions.network;
  double whole = q.tokens * static_cast<double>(q.plan.tp) * q.work.hidden * bf16_bytes;
  double times = q.work.experts && q.plan.ep > 1 ? 2 : 4;
  return times * gather_seconds(gpu, group_of(gpu, q.plan.tp, 1), whole);
}

}  // namespace

LayerTimes layer_times(const LayerQuery& q) {
  Rates r(q);
  LayerTimes out;
  out.attention_core = q.plan.role == Role::prefill ? core_prefill(q, r) : core_decode(q, r);
  out.attention = attention_time(q, r, out.attention_core);
  out.collective = collective_time(q);
  if (!q.work.experts) {
    out.dense = shared_time(q, r);
    return out;
  }
  out.attention += shared_time(q, r);
  out.experts = experts_time(q, r);
  exchange_times(q, r, out);
  return out;
}

double head_seconds(const ServePlan& plan, const Assumptions& assumptions, const Matrices& head, double rows) {
  const Calibration& c = plan.gpu.measured;
  double tp = static_cast<double>(plan.tp), table = head.flops / 2;
  double flops = head.flops * rows / (plan.gpu.bf16 * c.gemm_bf16 * assumptions.products);
  return flops + (table / tp + head.out * rows) * bf16_bytes / (plan.gpu.hbm_bandwidth * c.hbm * assumptions.memory);
}

}  // namespace octet::plan
