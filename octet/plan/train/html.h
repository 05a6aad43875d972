// One page with the prediction: tables, where a step's seconds and a GPU's bytes go, and the pipeline's first moments
// as a picture. Everything is inside the file: no script, no link, nothing loaded.
#pragma once
#include <string>

#include "octet/plan/train/search.h"

namespace octet::plan {

std::string to_html(const Prediction& prediction, const std::string& remedy);
std::string to_html(const SearchResult& result, const TrainPlan& base);  // the front, and why the others lost

}  // namespace octet::plan
