// The optimizer over a model's list of parameters: Muon for its matrices (or AdamW for all), AdamW for the rest.
// Which tensor gets which rule is decided once, here; see rule_of().
#pragma once
#include <string>
#include <vector>

#include "octet/model/tensors.h"
#include "octet/train/recipe.h"

namespace octet::train {

enum class Rule { adamw, muon };

struct Slot {
  model::Parameter parameter;  // its tensor is the float32 master, changed in place
  Rule rule = Rule::adamw;
  double weight_decay = 0;
  at::Tensor m;  // first moment, or Muon's momentum; zero at first
  at::Tensor v;  // second moment; undefined under Muon
};

// Muon: matrices and stacks of them, the router's too; AdamW: embedding, head and norms, as Moonlight does.
Rule rule_of(const model::Parameter& parameter, OptimizerKind kind);

class Optimizer {
 public:
  Optimizer(const std::vector<model::Parameter>& parameters, OptimizerRecipe recipe);

  // Euclidean norm over all gradients, summed in double in an order that no number of threads changes.
  double gradient_norm() const;
  // One step. `rate` multiplies the peak learning rates; gradients are scaled to norm `clip` if `norm` is above it.
  void step(double rate, double norm);
  void clear_gradients();

  const std::vector<Slot>& slots() const { return slots_; }  // for checkpoints: their tensors may be written into
  int64_t steps() const { return steps_; }
  void set_steps(int64_t steps) { steps_ = steps; }

 private:
  OptimizerRecipe recipe_;
  std::vector<Slot> slots_;
  int64_t steps_ = 0;
  void step_adamw(double rate, double scale);
};

}  // namespace octet::train
