// A prediction as JSON, as text for the terminal, and as explained lines.
#pragma once
#include <string>
#include <vector>

#include "octet/plan/train/predict.h"

namespace octet::plan {

// One number with where it comes from.
struct Explained {
  std::string name, value, formula, source;
};

std::vector<Explained> explain(const Prediction& prediction);
Json to_json(const Prediction& prediction, const std::string& remedy);
std::string to_text(const Prediction& prediction, const std::string& remedy);
std::string explained_text(const std::vector<Explained>& lines);
Json explained_json(const std::vector<Explained>& lines);

// (label, seconds) and (label, bytes), in the order in which they are printed.
std::vector<std::pair<std::string, double>> step_rows(const StepSplit& step);
std::vector<std::pair<std::string, double>> memory_rows(const Memory& memory);
std::vector<std::pair<std::string, double>> mfu_rows(const Prediction& prediction);

}  // namespace octet::plan
