// The runner of a real model. Its logits have the same bits whatever else is in the batch, and however a prompt was cut
// into chunks, found in the cache, or computed again: attention always reads the cache in the absorbed form, and the
// products are those whose rows do not depend on their number (ops::Path::independent).
#pragma once
#include <memory>

#include "octet/infer/runner.h"
#include "octet/model/transformer.h"

namespace octet::infer {

struct ModelRunnerOptions {
  int64_t cache_tokens = 0;  // room of the cache, for all sequences together
};

// A runner with MTP's module as its drafter, where the model has one.
std::unique_ptr<Runner> make_model_runner(std::shared_ptr<const model::Transformer> model, ModelRunnerOptions options);

}  // namespace octet::infer
