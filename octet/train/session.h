// All that a run holds between steps, made from a recipe or from a checkpoint.
#pragma once
#include "octet/data/dataset.h"
#include "octet/train/checkpoint.h"
#include "octet/train/setup.h"
#include "octet/train/validation.h"

namespace octet::train {

struct Session {
  const Recipe& recipe;  // must outlive the session
  at::Device device;
  data::Dataset dataset;
  arch::Config config;
  at::ScalarType compute;  // of the activations
  model::Transformer model;
  Optimizer optimizer;
  data::PackedStream stream;
  std::vector<HeldOut> validation;
  Done done;

  // Error{resources} if weights, gradients and moments do not fit into memory; the errors of setup.h.
  Session(const Recipe& recipe, at::Device device);

  // Goes on from the newest checkpoint of `from`, or from `from` itself if it is one; gives its folder.
  // Error{usage} if the run has reached its length.
  std::filesystem::path resume(const std::filesystem::path& from);

  RunState state() const { return {done, stream.state()}; }
};

// What run.json says about a session: recipe, data, model and seed.
Json describe(const Session& session);

}  // namespace octet::train
