// Builds a Transformer's tensors from its Config, and fills them with random numbers.
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "octet/base/error.h"
#include "octet/base/random.h"
#include "octet/model/transformer.h"

namespace octet::model {

namespace {

struct Maker {
  const arch::Config& config;
  at::TensorOptions options;
  std::shared_ptr<const Rotation> rotation;

  at::Tensor empty(std::initializer_list<int64_t> shape) const { return at::empty(at::IntArrayRef(shape), options); }

  DenseMlp dense(int64_t width) const { return {{empty({2 * width, config.hidden})}, {empty({config.hidden, width})}}; }

  MlaAttention mla(const arch::Mla& s, int64_t layer) const {
    MlaAttention a;
    a.spec = s, a.layer = layer, a.rotation = rotation;
    a.scale = arch::softmax_scale(s, config.rope);
    int64_t D = config.hidden, q_rows = s.heads * s.qk_head_dim();
    if (s.q_lora_rank > 0) {
      a.q_a.data = empty({s.q_lora_rank, D});
      a.q_a_norm = empty({s.q_lora_rank});
      a.q_b.data = empty({q_rows, s.q_lora_rank});
    } else {
      a.q.data = empty({q_rows, D});
    }
    a.kv_a.data = empty({s.kv_lora_rank + s.qk_rope_head_dim, D});
    a.kv_a_norm = empty({s.kv_lora_rank});
    a.kv_b.data = empty({s.heads * (s.qk_nope_head_dim + s.v_head_dim), s.kv_lora_rank});
    a.o.data = empty({D, s.heads * s.v_head_dim});
    return a;
  }

  MoeMlp experts(const arch::Experts& s, int64_t layer) const {
    MoeMlp moe;
    moe.layer = layer;
    moe.router.rule = s.routing, moe.router.top_k = s.top_k;
    moe.router.weight.data = empty({s.n_routed, config.hidden});
    if (s.routing.correction_bias) moe.router.bias_E = at::zeros({s.n_routed}, options.dtype(at::kFloat));
    moe.gate_up_E2FD = empty({s.n_routed, 2 * s.intermediate, config.hidden});
    moe.down_EDF = empty({s.n_routed, config.hidden, s.intermediate});
    if (s.shared_intermediate > 0) moe.shared = dense(s.shared_intermediate);
    return moe;
  }

  Block block(const arch::LayerSpec& spec, int64_t layer) const {
    const auto* s = std::get_if<arch::Mla>(&spec.attention);
    if (!s)
      throw Error(ErrorKind::unsupported,
                  fmt::format("a {} model: layer {} has grouped-query attention, which octet prices but does not run",
                              config.family, layer),
                  "use a model with multi-head latent attention (deepseek_v2, deepseek_v3, kimi_k2)");
    Block b;
    b.eps = config.rms_norm_eps;
    b.input_norm = empty({config.hidden});
    b.post_attention_norm = empty({config.hidden});
    b.attention = mla(*s, layer);
    if (const auto* d = std::get_if<arch::DenseFfn>(&spec.ffn))
      b.ffn = dense(d->intermediate);
    else
      b.ffn = experts(std::get<arch::Experts>(spec.ffn), layer);
    return b;
  }
};

int64_t rope_width(const arch::Config& config) {
  check(!config.layers.empty(), "a model without layers");
  const auto* s = std::get_if<arch::Mla>(&config.layers.front().attention);
  return s ? s->qk_rope_head_dim : 0;
}

}  // namespace

Transformer make_transformer(const arch::Config& config, at::ScalarType dtype, at::Device device) {
  Transformer model;
  model.config = config;
  model.compute = dtype;
  Maker make{config, at::TensorOptions().dtype(dtype).device(device), {}};
  if (int64_t width = rope_width(config); width > 0)
    make.rotation =
        std::make_shared<Rotation>(arch::rope_frequencies(config.rope, width), config.max_position_embeddings, device);
  model.embed_VD = make.empty({config.vocab, config.hidden});
  int64_t index = 0;
  for (const auto& spec : config.layers) model.layers.push_back(make.block(spec, index++));
  model.norm_D = make.empty({config.hidden});
  model.head_VD.data = config.tie_word_embeddings ? model.embed_VD : make.empty({config.vocab, config.hidden});
  for (const auto& spec : config.mtp_layers) {
    MtpModule module;
    module.eps = config.rms_norm_eps;
    module.enorm = make.empty({config.hidden});
    module.hnorm = make.empty({config.hidden});
    module.head_norm = make.empty({config.hidden});
    module.eh_proj.data = make.empty({config.hidden, 2 * config.hidden});
    module.block = make.block(spec, index++);
    model.mtp.push_back(std::move(module));
  }
  return model;
}

void initialise(Transformer& model, uint64_t seed) {
  at::NoGradGuard no_grad;
  for (auto& p : model.published()) {
    if (p.copy) continue;
    if (p.view.dim() < 2) {
      p.view.fill_(p.name.ends_with("e_score_correction_bias") ? 0.0 : 1.0);
      continue;
    }
    Random random = Random::named(seed, p.name);
    at::Tensor values = at::empty(p.view.sizes(), at::kFloat);
    float* out = values.data_ptr<float>();
    for (int64_t i = 0; i < values.numel(); ++i)
      out[i] = static_cast<float>(random.normal() * model.config.initializer_range);
    p.view.copy_(values);
  }
}

}  // namespace octet::model
