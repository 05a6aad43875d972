// The model: one definition for training and inference.
#pragma once
#include "octet/model/mtp.h"

namespace octet::model {

// What a forward pass gives. Hidden states, not logits: the loss and the sampler each take the head to the rows they
// need (ops::cross_entropy, Transformer::logits).
struct Forward {
  at::Tensor hidden_TD;          // after the final norm
  std::vector<Routing> routing;  // of each layer with routed experts, in order
};

struct Transformer {
  arch::Config config;
  at::ScalarType compute = at::kFloat;  // dtype of the activations
  at::Tensor embed_VD;
  std::vector<Block> layers;
  at::Tensor norm_D;
  ops::Weight head_VD;  // shares embed_VD where embeddings are tied
  std::vector<MtpModule> mtp;

  // Runs the layers. With `residuals`, also collects the residual stream: the embedding, then after each layer.
  Forward forward(const Batch& batch, std::vector<at::Tensor>* residuals = nullptr) const;

  // Runs MTP module k on h (forward's hidden_TD, or module k-1's result) and the tokens one further along, next[i] =
  // t_{i+1+k}. The batch's own tokens are not read; positions, sequences and cache are. Result: hidden_TD for the head.
  Forward forward_mtp(size_t k, const at::Tensor& h_TD, const at::Tensor& next_tokens_T, const Batch& batch) const;

  at::Tensor logits(const at::Tensor& hidden) const;  // [.., D] -> float32 [.., V]

  // Leaves for the optimizer, each once (a tied or shared tensor too).
  std::vector<Parameter> parameters();
  // Every published tensor as a view, in the inventory's order; MTP's copies of embedding and head among them.
  std::vector<Published> published();
  std::vector<Router*> routers();  // in the order of Forward::routing, then each MTP module's

  void require_grad();  // on all parameters
  at::Device device() const { return embed_VD.device(); }
};

// A model with empty tensors of `dtype` (biases of routers: float32), to be filled. Error{unsupported} where the config
// describes what octet does not run (GQA).
Transformer make_transformer(const arch::Config& config, at::ScalarType dtype, at::Device device = at::kCPU);

// Fills with normal(0, initializer_range) (norms 1, biases 0): each tensor from a random stream of its own name.
void initialise(Transformer& model, uint64_t seed);

// Loads a folder in Hugging Face layout, checked against the inventory. FP8 blocks are dequantised to `dtype`.
// Tensors whose dtype already fits are used in place, from the mapped file, unless `use` is training.
enum class Use { inference, training };
Transformer load(const std::filesystem::path& folder, at::ScalarType dtype, Use use = Use::inference,
                 at::Device device = at::kCPU);
// The dtype to compute in when none is asked for: the weights' own, FP8 as bfloat16.
at::ScalarType default_dtype(const arch::Config& config);

// Writes config.json and model.safetensors (or shards) into `folder` in `dtype`, with the release's names.
void save(const Transformer& model, const std::filesystem::path& folder, at::ScalarType dtype);

}  // namespace octet::model
