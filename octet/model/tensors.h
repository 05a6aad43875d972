// How a model's tensors are listed. Each part of the model lists its tensors once; loading, saving, initialising, the
// optimizer and sharding walk that list.
#pragma once
#include <ATen/ATen.h>

#include <functional>
#include <string>

#include "octet/arch/inventory.h"

namespace octet::model {

// A tensor under its published name, as a view of where it is kept: experts.3.up_proj is rows F..2F-1 of the stacked
// gate_up[3]. Copying into the view loads it, reading it saves it.
struct Published {
  std::string name;
  at::Tensor view;
  at::Tensor* whole = nullptr;  // where this is all of a tensor: a loader may put a mapped one in its place
  bool copy = false;            // MTP's embedding and head: the main model's, written again as the release does
};

// A leaf of the gradient, as the optimizer sees it. `tensor` is [rows, cols], [E, rows, cols] for stacked experts, or a
// vector. `blocks`: the rows are that many matrices of equal height kept together (gate and up: 2), which Muon must
// orthogonalise one by one.
struct Parameter {
  std::string name;
  at::Tensor tensor;
  arch::Part part;
  int64_t layer = -1;
  int64_t blocks = 1;
};

// Where a part hands its tensors to. `buffer` is for what has no gradient (the router's bias).
struct TensorVisitor {
  std::function<void(const Parameter&)> parameter;
  std::function<void(const Published&)> published;
};

}  // namespace octet::model
