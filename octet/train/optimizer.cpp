#include "octet/train/optimizer.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "octet/train/adamw.h"
#include "octet/train/muon.h"

namespace octet::train {

namespace {

constexpr int64_t chunk = int64_t{1} << 15;  // elements: what one thread takes at a time

// A piece of a tensor's memory.
struct Piece {
  size_t slot;
  int64_t from, to;
};

std::vector<Piece> pieces(const std::vector<Slot>& slots, const std::function<bool(const Slot&)>& wanted) {
  std::vector<Piece> out;
  for (size_t s = 0; s < slots.size(); ++s) {
    if (!wanted(slots[s])) continue;
    int64_t n = slots[s].parameter.tensor.numel();
    for (int64_t from = 0; from < n; from += chunk) out.push_back({s, from, std::min(n, from + chunk)});
  }
  return out;
}

bool plain(const at::Tensor& t) { return t.device().is_cpu() && t.scalar_type() == at::kFloat && t.is_contiguous(); }

bool has_gradient(const Slot& slot) { return slot.parameter.tensor.grad().defined(); }

}  // namespace

Rule rule_of(const model::Parameter& parameter, OptimizerKind kind) {
  using arch::Part;
  bool matrix = parameter.tensor.dim() >= 2 && parameter.part != Part::embedding && parameter.part != Part::head &&
                parameter.part != Part::norm;
  return kind == OptimizerKind::muon && matrix ? Rule::muon : Rule::adamw;
}

Optimizer::Optimizer(const std::vector<model::Parameter>& parameters, OptimizerRecipe recipe) : recipe_(recipe) {
  for (const auto& parameter : parameters) {
    Slot slot{parameter, rule_of(parameter, recipe.kind), 0, {}, {}};
    // Vectors (norms) are not pulled towards 0, as in Megatron-LM.
    slot.weight_decay = parameter.tensor.dim() >= 2 ? recipe.weight_decay : 0;
    slot.m = at::zeros_like(parameter.tensor, at::MemoryFormat::Contiguous);
    if (slot.rule == Rule::adamw) slot.v = at::zeros_like(slot.m);
    slots_.push_back(std::move(slot));
  }
}

double Optimizer::gradient_norm() const {
  std::vector<at::Tensor> gradients(slots_.size());
  double sum = 0;
  for (size_t s = 0; s < slots_.size(); ++s) {
    if (!has_gradient(slots_[s])) continue;
    gradients[s] = slots_[s].parameter.tensor.grad().contiguous();
    if (!plain(gradients[s])) {
      sum += std::pow(gradients[s].to(at::kDouble).norm().item<double>(), 2);
      gradients[s].reset();
    }
  }
  auto parts = pieces(slots_, [&](const Slot& slot) { return gradients[&slot - slots_.data()].defined(); });
  std::vector<double> partial(parts.size());
  at::parallel_for(0, static_cast<int64_t>(parts.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Piece& piece = parts[static_cast<size_t>(i)];
      const float* g = gradients[piece.slot].const_data_ptr<float>();
      double lanes[8] = {};  // independent sums, so that the loop is not one chain of additions
      int64_t j = piece.from;
      for (; j + 8 <= piece.to; j += 8)
        for (int64_t k = 0; k < 8; ++k) lanes[k] += static_cast<double>(g[j + k]) * g[j + k];
      for (; j < piece.to; ++j) lanes[0] += static_cast<double>(g[j]) * g[j];
      for (double lane : lanes) partial[static_cast<size_t>(i)] += lane;
    }
  });
  for (double p : partial) sum += p;
  return std::sqrt(sum);
}

void Optimizer::step_adamw(double rate, double scale) {
  at::NoGradGuard no_grad;
  std::vector<AdamWMemory> memory(slots_.size());
  std::vector<at::Tensor> gradients(slots_.size());
  auto rule = [&](const Slot& slot) {
    return AdamW{rate * recipe_.lr, recipe_.beta1, recipe_.beta2, recipe_.eps, slot.weight_decay, scale, steps_};
  };
  for (size_t s = 0; s < slots_.size(); ++s) {
    Slot& slot = slots_[s];
    at::Tensor& p = slot.parameter.tensor;
    if (slot.rule != Rule::adamw || !has_gradient(slot)) continue;
    gradients[s] = p.grad().contiguous();
    if (plain(p) && plain(gradients[s]))
      memory[s] = {p.data_ptr<float>(), gradients[s].const_data_ptr<float>(), slot.m.data_ptr<float>(),
                   slot.v.data_ptr<float>()};
    else
      adamw_reference(rule(slot), p, gradients[s], slot.m, slot.v);
  }
  auto parts = pieces(slots_, [&](const Slot& slot) { return memory[&slot - slots_.data()].p != nullptr; });
  at::parallel_for(0, static_cast<int64_t>(parts.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Piece& piece = parts[static_cast<size_t>(i)];
      adamw_range(rule(slots_[piece.slot]), memory[piece.slot], piece.from, piece.to);
    }
  });
}

void Optimizer::step(double rate, double norm) {
  at::NoGradGuard no_grad;
  ++steps_;
  double scale = recipe_.clip > 0 && norm > recipe_.clip ? recipe_.clip / norm : 1;
  step_adamw(rate, scale);
  for (Slot& slot : slots_)
    if (slot.rule == Rule::muon && has_gradient(slot))
      muon_update({rate * recipe_.muon_lr, recipe_.momentum, slot.weight_decay, scale}, slot.parameter.tensor,
                  slot.parameter.tensor.grad().contiguous(), slot.m, slot.parameter.blocks);
}

void Optimizer::clear_gradients() {
  for (Slot& slot : slots_) slot.parameter.tensor.mutable_grad().reset();
}

}  // namespace octet::train
