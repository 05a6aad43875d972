#include "octet/plan/train/layer_cost.h"

#include "octet/plan/bytes.h"

namespace octet::plan {

namespace {

// Backward of attention's inner products: five products where the forward has two, at four fifths of its rate
// (FlashAttention-3 paper, figures 5 and 6).
constexpr double attention_backward = 2.5 / 0.8;
// Softmax and cross entropy in fp32, bytes a logit besides the product's own output (an assumption: passes unfused).
// Forward: widened (2 + 4), read for the maximum (4), exponentials (4 + 4), their sum (4); backward: the gradient
// (4 + 4) and its rounding (4 + 2).
constexpr double loss_forward = 22, loss_backward = 14;

// Seconds of arithmetic and of everything.
struct Spent {
  double arithmetic = 0, all = 0;
  Spent& operator+=(const Spent& o) {
    arithmetic += o.arithmetic, all += o.all;
    return *this;
  }
};

class Clock {
 public:
  explicit Clock(const Share& share) : s_(share), hbm_(share.gpu.hbm_bandwidth * share.gpu.measured.hbm) {}

  Spent moved(double bytes) const { return {0, bytes / hbm_}; }
  Spent launched(double kernels) const { return {0, kernels * s_.gpu.measured.kernel_seconds}; }
  Spent attention(double flops) const {
    double seconds = flops / (s_.gpu.bf16 * s_.gpu.measured.attention);
    return {seconds, seconds};
  }

  enum class Pass { forward, input, weight };
  enum class Cut { tensor, expert };
  Spent product(const Matrices& m, Pass pass, bool fp8, Cut cut) const {
    if (m.flops <= 0) return {};
    const Calibration& c = s_.gpu.measured;
    double rate =
        fp8 ? s_.gpu.fp8 * (pass == Pass::weight ? c.gemm_fp8_weight : c.gemm_fp8) : s_.gpu.bf16 * c.gemm_bf16;
    double operand = fp8 ? 1 : bf16_bytes, load = cut == Cut::expert ? s_.imbalance : 1;
    // Of a product cut over tp, one of input and output is whole and the other cut; an expert's tokens are all cut.
    double cut_share = cut == Cut::expert ? 1 / s_.tp : (1 + 1 / s_.tp) / 2;
    double weights = m.weights / (cut == Cut::expert ? s_.ep : s_.tp);
    double values = 0, stored = 0;  // bytes a token, bytes of weights or their gradients
    switch (pass) {
      case Pass::forward:
        values = m.in * operand + m.out * bf16_bytes, stored = weights * operand;
        break;
      case Pass::input:
        values = m.out * operand + m.in * bf16_bytes, stored = weights * operand;
        break;
      // The gradient is added up in fp32: within the product in bf16, by a pass of its own after FP8's.
      case Pass::weight:
        values = (m.in + m.out) * operand, stored = weights * (fp8 ? 4 : 2) * fp32_bytes;
        break;
    }
    double arithmetic = m.flops * s_.tokens / s_.tp * load / rate;
    Spent out{arithmetic, arithmetic};
    out += moved(values * s_.tokens * cut_share * load + stored);
    out += launched(m.kernels);
    return out;
  }

 private:
  const Share& s_;
  double hbm_;
};

using Pass = Clock::Pass;
using Cut = Clock::Cut;

Spent products(const LayerWork& work, const Share& share, Pass pass) {
  Clock clock(share);
  Spent out = clock.product(work.attention, pass, share.fp8, Cut::tensor);
  out += clock.product(work.ffn, pass, share.fp8, Cut::tensor);
  out += clock.product(work.router, pass, false, Cut::tensor);
  out += clock.product(work.routed, pass, share.fp8, Cut::expert);
  return out;
}

// Bytes a token that passes between products: norms and residuals, rotation, quantisation, SwiGLU, sorting by expert.
double between(const LayerWork& work, const Share& share) {
  double inputs = work.attention.in + work.ffn.in + work.routed.in;
  double sum = 16 * work.hidden;     // twice: read stream and addend, write stream and normed
  sum += 4 * work.qkv;               // rotated and put together: read and written
  sum += 6 * work.gated;             // read gate and up, write the product
  if (share.fp8) sum += 4 * inputs;  // read bf16, write fp8 and its transpose for the weights' product
  double sent = share.fp8 ? 1 : bf16_bytes;
  sum += (2 * sent + bf16_bytes) * work.dispatched;  // sorted on arrival, summed on return
  return sum;
}

double small_kernels(const LayerWork& work, const Share& share) {
  double quantised = share.fp8 ? work.attention.kernels + work.ffn.kernels + work.routed.kernels : 0;
  return 8 + (work.experts ? 17 : 3) + quantised;
}

Spent attention_forward(const LayerWork& work, const Share& share) {
  return Clock(share).attention(work.per_key_flops * share.seq / 2 * share.tokens / share.tp);
}

double exchange(const LayerWork& work, const Share& share) {
  if (!work.experts || share.expert.ranks <= 1) return 0;
  double tokens = share.tokens / share.tp * share.imbalance;
  Reach spread = reach(work.routes, share.expert);
  double sent = share.fp8 ? work.hidden * (1 + 4.0 / 128) : work.hidden * bf16_bytes;  // a scale for 128 numbers
  return exchange_seconds(share.gpu, share.expert, spread, tokens, sent) +
         exchange_seconds(share.gpu, share.expert, spread, tokens, work.hidden * bf16_bytes);
}

// Sequence parallel tensor parallelism gathers before attention and FFN and scatters after (Korthikanti et al. 2022);
// context parallel ranks gather keys and values.
double collectives(const LayerWork& work, const Share& share) {
  double whole = share.tokens * work.hidden * bf16_bytes;
  double times = work.experts ? 2 : 4;  // routed experts take their own share of tokens
  if (work.experts && work.ffn.flops > 0) times = 4;
  double sum = times * gather_seconds(share.gpu, share.tensor, whole);
  double keys = share.tokens * share.cp * work.kv / share.tp * bf16_bytes;
  double hidden_behind = attention_forward(work, share).all;
  return sum + std::max(0.0, gather_seconds(share.gpu, share.context, keys) - hidden_behind);
}

Spent recomputed(const LayerWork& work, const Share& share, const Spent& forward) {
  if (share.recompute == Recompute::full) return forward;
  if (share.recompute != Recompute::selective) return {};
  Clock clock(share);
  Spent out = clock.product(work.up, Pass::forward, share.fp8, Cut::tensor);
  double bytes = 8 * work.hidden + 6 * work.gated + (work.up.flops > 0 ? 4 * work.qkv : 0);
  out += clock.moved(bytes * share.tokens / share.tp);
  out += clock.launched(4);
  return out;
}

void set(Seconds& out, const Spent& forward, const Spent& backward, const Spent& weight) {
  out.forward = forward.all, out.arithmetic_forward = forward.arithmetic;
  out.backward_input = backward.all, out.arithmetic_backward = backward.arithmetic;
  out.weight = weight.all, out.arithmetic_weight = weight.arithmetic;
}

}  // namespace

Seconds& Seconds::operator+=(const Seconds& o) {
  forward += o.forward, backward_input += o.backward_input, weight += o.weight;
  arithmetic_forward += o.arithmetic_forward, arithmetic_backward += o.arithmetic_backward;
  arithmetic_weight += o.arithmetic_weight;
  exchange_forward += o.exchange_forward, exchange_backward += o.exchange_backward;
  collective_forward += o.collective_forward, collective_backward += o.collective_backward;
  return *this;
}

Share share_of(const TrainPlan& plan, Recompute recompute) {
  const Layout& l = plan.layout;
  Share s;
  s.gpu = plan.fleet.gpu;
  s.seq = static_cast<double>(plan.seq);
  s.tokens = static_cast<double>(plan.micro_batch) * s.seq / static_cast<double>(l.cp);
  s.tp = static_cast<double>(l.tp), s.cp = static_cast<double>(l.cp), s.ep = static_cast<double>(l.ep);
  s.tensor = group_of(s.gpu, l.tp, 1);
  s.context = group_of(s.gpu, l.cp, l.tp);
  s.expert = group_of(s.gpu, l.ep, 1);
  s.fp8 = plan.precision == Precision::fp8;
  s.recompute = recompute;
  s.imbalance = plan.expert_imbalance;
  return s;
}

Seconds layer_seconds(const LayerWork& work, const Share& share) {
  Clock clock(share);
  double tokens = share.tokens / share.tp, kernels = small_kernels(work, share);
  Spent attention = attention_forward(work, share);
  Spent passing = clock.moved(between(work, share) * tokens);
  passing += clock.launched(kernels);
  Spent forward = products(work, share, Pass::forward);
  forward += passing, forward += attention;
  Spent backward = products(work, share, Pass::input);
  backward += passing, backward += passing;
  backward += {attention.arithmetic * attention_backward, attention.all * attention_backward};
  backward += recomputed(work, share, forward);
  Spent weight = products(work, share, Pass::weight);
  if (share.fp8) {  // both operands once more, transposed: inputs 1 byte read and written, gradients from bf16
    double in = work.attention.in + work.ffn.in + work.routed.in,
           outs = work.attention.out + work.ffn.out + work.routed.out;
    weight += clock.moved((2 * in + 3 * outs) * tokens);
    weight += clock.launched(kernels / 2);
  }
  Seconds out;
  set(out, forward, backward, weight);
  out.exchange_forward = out.exchange_backward = exchange(work, share);
  out.collective_forward = collectives(work, share);
  out.collective_backward = 1.5 * out.collective_forward;  // inputs are gathered again for the weights' products
  if (share.recompute == Recompute::full) {
    out.exchange_backward += out.exchange_forward;
    out.collective_backward += out.collective_forward;
  }
  return out;
}

Seconds embedding_seconds(const ModelWork& model, const Share& share) {
  Clock clock(share);
  double values = model.hidden * share.tokens / share.tp;
  Spent forward = clock.moved(values * 2 * bf16_bytes), weight = clock.moved(values * (bf16_bytes + 2 * fp32_bytes));
  forward += clock.launched(1), weight += clock.launched(1);
  Seconds out;
  set(out, forward, {}, weight);
  return out;
}

Seconds head_seconds(const ModelWork& model, const Share& share) {
  Clock clock(share);
  double logits = model.vocab * share.tokens / share.tp;
  Matrices head = model.head;
  head.weights = model.vocab * model.hidden;  // tied or not, it is read
  Spent forward = clock.product(head, Pass::forward, false, Cut::tensor);
  forward += clock.moved(logits * loss_forward), forward += clock.launched(4);
  Spent backward = clock.product(head, Pass::input, false, Cut::tensor);
  backward += clock.moved(logits * loss_backward), backward += clock.launched(2);
  Seconds out;
  set(out, forward, backward, clock.product(head, Pass::weight, false, Cut::tensor));
  return out;
}

Seconds mtp_seconds(const ModelWork& model, const LayerWork& layer, const Share& share) {
  Clock clock(share);
  Seconds projection, out = layer_seconds(layer, share);
  auto pass = [&](Pass which) { return clock.product(model.mtp_projection, which, share.fp8, Cut::tensor); };
  set(projection, pass(Pass::forward), pass(Pass::input), pass(Pass::weight));
  out += projection;
  out += head_seconds(model, share);
  return out;
}

}  // namespace octet::plan
