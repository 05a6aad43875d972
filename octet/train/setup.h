// From a recipe to what a run needs: the model's configuration, its weights, the sources and the number formats.
#pragma once
#include "octet/data/dataset.h"
#include "octet/model/transformer.h"
#include "octet/train/batch.h"
#include "octet/train/recipe.h"

namespace octet::train {

// The configuration that the recipe asks for. A model that is to be drawn takes its begin and end tokens from the
// data's tokenizer. Error{config} where the vocabulary is smaller than the tokenizer's or the sequence longer than the
// model's.
arch::Config make_config(const Recipe& recipe, const data::Dataset& dataset);

// float32 masters, drawn from the seed or loaded, with gradients required; `compute` is the activations' type.
model::Transformer make_model(const Recipe& recipe, const arch::Config& config, at::ScalarType compute,
                              at::Device device);

// automatic: bfloat16 where the processor multiplies it (AVX-512 BF16, AMX) and on CUDA, float32 elsewhere.
at::ScalarType compute_type(Compute compute, at::Device device);

// The sources with the recipe's weights; those of weight 0 are left out. Error{config} for an unknown name.
std::vector<data::Source> weighted(const std::vector<data::Source>& sources, const DataRecipe& recipe);

// Threads, bit-exact algorithms, and an allocator that keeps what it once got (a step's tensors are large and alike:
// giving their pages back to the system each time costs more than the memory is worth).
void prepare_runtime(int threads, at::Device device);

}  // namespace octet::train
