// A prediction as JSON, as text for the terminal, and as explained lines.
#pragma once
#include <string>
#include <vector>

#include "octet/plan/page.h"
#include "octet/plan/train/predict.h"

namespace octet::plan {

std::vector<Explained> explain(const Prediction& prediction);
Json to_json(const Prediction& prediction, const std::string& remedy);
std::string to_text(const Prediction& prediction, const std::string& remedy);

// The 80 % interval around `value`, a figure of the prediction: "2.40M to 2.97M".
std::string interval_text(const Prediction& prediction, double value);

// (label, seconds) and (label, bytes), in the order in which they are printed.
Rows step_rows(const StepSplit& step);
Rows memory_rows(const Memory& memory);
Rows mfu_rows(const Prediction& prediction);

// Pipeline ranks and what they hold in GiB, neighbours that print alike as one row: "1-14", "4.9", …; the last is the
// sum. `columns` are the headings that go with it.
struct MemoryTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
MemoryTable memory_table(const std::vector<Memory>& ranks);

}  // namespace octet::plan
