// What a model's layers compute and keep, a token, taken from the inventory: the planner's only view of a model.
#pragma once
#include <vector>

#include "octet/arch/config.h"
#include "octet/arch/inventory.h"
#include "octet/plan/machine/network.h"

namespace octet::plan {

// Matrix products of one part of a layer. flops, in and out are a token's (every chosen expert's counted); weights are
// all that exist.
struct Matrices {
  double flops = 0;        // forward
  double in = 0, out = 0;  // elements read and written
  double weights = 0;
  double kernels = 0;  // products, hence launches
};

struct LayerWork {
  Matrices attention, router, ffn, routed;  // ffn: dense or shared experts
  Matrices up;                              // of attention: MLA's up-projections, which selective recomputation repeats
  double per_key_flops = 0;                 // attention's inner products: a token and a key
  double small_weights = 0;                 // norms, biases
  double hidden = 0;
  double qkv = 0;      // elements of q, k and v as attention reads them
  double latents = 0;  // elements from which selective recomputation makes q, k, v again (GQA: q, k, v themselves)
  double attention_out = 0;  // elements
  double kv = 0;             // elements of k and v, which context parallel ranks pass around
  double gated = 0;          // intermediate elements: of the dense or shared FFN and of all chosen experts
  double dispatched = 0;     // elements that arrive for chosen experts: top_k * hidden
  bool experts = false;
  Routes routes;
  double weights() const { return attention.weights + router.weights + ffn.weights + routed.weights + small_weights; }
};

struct ModelWork {
  std::vector<LayerWork> kinds;  // each distinct layer once
  std::vector<int> layers;       // main layers, as indices into kinds
  std::vector<int> mtp_layers;   // those that are trained
  Matrices mtp_projection;       // one module's
  Matrices head;
  double embedding_weights = 0, hidden = 0, vocab = 0;
  double parameters = 0, mtp_parameters = 0;
  double linear_flops = 0, linear_flops_mtp = 0;    // forward, a token, all layers and the head
  double per_key_flops = 0, per_key_flops_mtp = 0;  // forward, a token and a key, all layers
};

// `mtp` modules are trained, at most as many as the config has.
ModelWork model_work(const arch::Config& config, int64_t mtp);

}  // namespace octet::plan
