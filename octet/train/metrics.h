// metrics.jsonl: a line a step. On a resume, lines beyond the checkpoint's step are dropped before new ones are added.
#pragma once
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "octet/base/json.h"
#include "octet/train/step.h"
#include "octet/train/validation.h"

namespace octet::train {

struct Metrics {
  int64_t step = 0;  // from 1
  StepRecord record = {};
  double lr = 0;  // AdamW's
  double tokens_per_second = 0;
  double peak_share = 0;  // of the measured matrix peak
  Done done = {};
  std::optional<ValidationLoss> validation_loss = {};  // in the lines after which it was taken
};
Json to_json(const Metrics& metrics);

class MetricsFile {
 public:
  // Keeps the lines of steps up to `last_step`; 0 begins anew.
  MetricsFile(const std::filesystem::path& path, int64_t last_step);
  void add(const Metrics& metrics);  // on disk when it returns

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace octet::train
