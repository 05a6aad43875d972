// From a recipe to a folder of training data: tokenizer, shards for training and validation, data.json (dataset.h).
#pragma once
#include <filesystem>

#include "octet/base/json.h"
#include "octet/data/recipe.h"

namespace octet::data {

// Writes `out` whole or not at all, replacing what an earlier build left there; Error{usage} at once if anything else
// is there. The result depends on the recipe, the seed and the files alone, not on the threads. Progress goes to
// stderr. The value is data.json.
Json build_dataset(const DataRecipe& recipe, const std::filesystem::path& out, int threads);

}  // namespace octet::data
