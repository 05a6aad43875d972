// The activations of a layer, byte by byte: what its backward needs of its forward.
#include "octet/plan/bytes.h"
#include "octet/plan/train/layer_cost.h"

namespace octet::plan {

double working_bytes(const LayerWork& work, const Share& share) {
  double operand = share.fp8 ? 1 : bf16_bytes;
  double tokens = share.tokens / share.tp;
  double elements = 2 * work.hidden + work.latents + work.attention_out;  // stream twice, latents, attention's output
  double rebuilt = work.up.flops > 0 ? work.qkv : 0;                      // with GQA the latents are q, k and v
  double operands = 2 * work.hidden + work.dispatched + work.gated;       // normed twice, dispatched, SwiGLU's output
  return tokens * (bf16_bytes * (elements + rebuilt + 2 * work.gated) + operand * operands);
}

double kept_bytes(const LayerWork& work, const Share& share) {
  double operand = share.fp8 ? 1 : bf16_bytes;
  double tokens = share.tokens / share.tp;
  switch (share.recompute) {
    case Recompute::full:
      return tokens * bf16_bytes * work.hidden;
    case Recompute::selective:
      return tokens * (bf16_bytes * (2 * work.hidden + work.latents + work.attention_out) +
                       operand * (work.dispatched + 2 * work.gated));
    default:
      return working_bytes(work, share);
  }
}

}  // namespace octet::plan
