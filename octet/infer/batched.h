// Many prompts answered together, each as if alone: for evaluation and for rollouts.
#pragma once
#include "octet/infer/generator.h"

namespace octet::infer {

// Answers every prompt, up to `width` of them in one batch; a finished one makes room for the next. Prompt i draws
// with sampling.seed + i. `on_answer` is told how many are done.
std::vector<Generated> generate_all(const model::Transformer& model, const std::vector<std::vector<int64_t>>& prompts,
                                    const GenerateOptions& options, int64_t width,
                                    const std::function<void(size_t done)>& on_answer = {});

}  // namespace octet::infer
