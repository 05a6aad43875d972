// Every tensor of a model and every product it computes, derived from the Config alone.
//
// The loader checks files against it, the optimizer and the planner walk it, `octet inspect` prints it: what is priced
// and what is run cannot drift apart.
#pragma once
#include <string>
#include <vector>

#include "octet/arch/config.h"

namespace octet::arch {

enum class Part { embedding, head, attention, router, dense_ffn, shared_expert, routed_expert, norm, mtp_projection };

struct TensorSpec {
  std::string name;            // as published: model.layers.3.self_attn.kv_b_proj.weight
  std::vector<int64_t> shape;  // [out, in] for matrices
  Part part;
  int64_t layer = -1;  // index in the checkpoint; -1 for embedding, final norm and head
  int64_t expert = -1;
  bool mtp = false;      // belongs to an MTP module
  bool copy = false;     // MTP's own embedding and head: copies of the main model's, may be absent
  bool fp8 = false;      // stored as F8_E4M3 with weight_scale_inv when the config says fp8
  bool float32 = false;  // stored as F32 whatever the config's dtype (e_score_correction_bias)
  int64_t elements() const;
};

// In the order of the forward pass: embedding, layers, final norm, head, MTP modules.
// Tied embeddings: no head tensor.
std::vector<TensorSpec> tensors(const Config& config);

// One matrix product (or attention's inner products) of the forward pass, for one token.
struct Product {
  std::string name;  // "q_b_proj", "experts.gate_up", "attention.scores", ...
  Part part;
  int64_t layer = -1;
  bool mtp = false;
  double flops = 0;      // forward, a token (2 multiply-adds); attention's inner products: a token and a key position
  bool per_key = false;  // multiply by the number of keys (causal: (seq + 1) / 2 on average; published: seq / 2)
  double weight_elements = 0;  // read once a batch (all experts counted for routed ones)
};
std::vector<Product> products(const Config& config);

struct Summary {
  int64_t parameters = 0;      // without MTP
  int64_t mtp_parameters = 0;  // MTP layers without the shared copies of embedding and head
  // A token's: chosen experts only, the head and of the embedding table the one row that is looked up. So counted, the
  // published 37B (V3), 32B (K2), 21B (V2) and 2.4B (V2-Lite) come out. Without MTP.
  int64_t active_parameters = 0;
  // bf16: kv_lora_rank + qk_rope_head_dim numbers a layer (GQA: keys and values), without MTP.
  int64_t cache_bytes_per_token = 0;
  double training_flops_per_token = 0;      // causal, without MTP: 6 x matrices used + 6 L H (qk + v) seq/2
  double training_flops_per_token_mtp = 0;  // with the MTP layers
};
Summary summarise(const Config& config, int64_t seq);

}  // namespace octet::arch
