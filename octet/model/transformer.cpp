#include "octet/model/transformer.h"

#include "octet/base/error.h"

namespace octet::model {

namespace {

at::Tensor embed(const Transformer& model, const at::Tensor& tokens_T) {
  return at::embedding(model.embed_VD, tokens_T).to(model.compute);
}

std::string layer_prefix(int64_t index) { return fmt::format("model.layers.{}.", index); }

void visit(Transformer& model, const TensorVisitor& visitor) {
  using arch::Part;
  auto tensor = [&](const std::string& name, at::Tensor& t, Part part) {
    visitor.parameter({name, t, part});
    visitor.published({name, t, &t});
  };
  tensor("model.embed_tokens.weight", model.embed_VD, Part::embedding);
  for (size_t i = 0; i < model.layers.size(); ++i)
    model.layers[i].visit(layer_prefix(static_cast<int64_t>(i)), visitor);
  tensor("model.norm.weight", model.norm_D, Part::norm);
  if (!model.config.tie_word_embeddings) tensor("lm_head.weight", model.head_VD.data, Part::head);
  for (size_t k = 0; k < model.mtp.size(); ++k) {
    std::string prefix = layer_prefix(model.mtp[k].block.attention.layer);
    visitor.published({prefix + "embed_tokens.weight", model.embed_VD, nullptr, true});
    model.mtp[k].visit(prefix, visitor);
    visitor.published({prefix + "shared_head.head.weight", model.head_VD.data, nullptr, true});
  }
}

}  // namespace

Forward Transformer::forward(const Batch& batch, std::vector<at::Tensor>* residuals) const {
  Forward out;
  at::Tensor h = embed(*this, batch.tokens_T);
  if (residuals) residuals->push_back(h);
  for (const Block& layer : layers) {
    h = layer(h, batch, out.routing);
    if (residuals) residuals->push_back(h);
  }
  out.hidden_TD = ops::rms_norm(h, norm_D, config.rms_norm_eps);
  return out;
}

Forward Transformer::forward_mtp(size_t k, const at::Tensor& h_TD, const at::Tensor& next_tokens_T,
                                 const Batch& batch) const {
  check(k < mtp.size(), "the model has no such MTP module");
  Forward out;
  out.hidden_TD = mtp[k](h_TD, embed(*this, next_tokens_T), batch, out.routing);
  return out;
}

at::Tensor Transformer::logits(const at::Tensor& hidden) const { return ops::linear(hidden, head_VD).to(at::kFloat); }

std::vector<Parameter> Transformer::parameters() {
  std::vector<Parameter> list;
  visit(*this, {[&](const Parameter& p) { list.push_back(p); }, [](const Published&) {}});
  return list;
}

std::vector<Published> Transformer::published() {
  std::vector<Published> list;
  visit(*this, {[](const Parameter&) {}, [&](const Published& p) { list.push_back(p); }});
  return list;
}

std::vector<Router*> Transformer::routers() {
  std::vector<Router*> list;
  auto add = [&](Block& block) {
    if (auto* moe = std::get_if<MoeMlp>(&block.ffn)) list.push_back(&moe->router);
  };
  for (Block& layer : layers) add(layer);
  for (MtpModule& module : mtp) add(module.block);
  return list;
}

void Transformer::require_grad() {
  for (auto& p : parameters()) p.tensor.requires_grad_(true);
}

}  // namespace octet::model
