// Tries layouts, schedules, recomputation and precision for a model on a fleet, and says why the others lost.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "octet/plan/train/predict.h"

namespace octet::plan {

struct SearchSpace {
  std::vector<int64_t> tp = {1, 2, 4, 8}, cp = {1, 2, 4, 8}, vp = {1, 2, 4, 8}, micro_batch = {1, 2, 4};
  std::vector<int64_t> pp = {1, 2, 4, 8, 16, 32, 64}, ep = {1, 2, 4, 8, 16, 32, 64, 128, 256};
  std::vector<std::string> schedules = {"1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev"};
  std::vector<Precision> precisions = {Precision::bf16, Precision::fp8};
  size_t most = 0;  // candidates priced at most, evenly spread over the space; 0: all
};

struct Loss {  // why candidates are not on the front
  int64_t count = 0;
  std::string example;
};

struct SearchResult {
  int64_t tried = 0, impossible = 0;
  std::vector<Prediction> front;     // by rising step time: none is both slower and fuller than another
  std::map<std::string, Loss> lost;  // "does not fit", "bubble", "exposed all-to-all", ...
  double seconds = 0;                // that the search took
};

// `base` gives model, fleet, batch, seq, tokens, price, MTP; its layout, schedule, precision and micro-batch are
// ignored. Candidates that do not fit are not timed. The spread of the front's predictions is worked out.
SearchResult search(const TrainPlan& base, const SearchSpace& space, int threads);

std::string one_line(const TrainPlan& plan);  // what makes a candidate

std::string to_text(const SearchResult& result);
Json to_json(const SearchResult& result);

}  // namespace octet::plan
