#include "octet/train/metrics.h"

#include "octet/base/file.h"

namespace octet::train {

namespace {

// The lines of `text` whose step is at most `last_step`. A last line that a kill cut short is dropped.
std::string kept_lines(const std::string& text, int64_t last_step) {
  std::string kept;
  for (size_t from = 0, to; (to = text.find('\n', from)) != std::string::npos; from = to + 1) {
    std::string line = text.substr(from, to - from);
    Json json = Json::parse(line, nullptr, false);
    if (json.is_object() && json.contains("step") && json["step"].is_number_integer() &&
        json["step"].get<int64_t>() <= last_step)
      kept += line + "\n";
  }
  return kept;
}

}  // namespace

Json to_json(const Metrics& m) {
  Json out = {{"step", m.step},
              {"loss", m.record.loss},
              {"mtp_loss", m.record.mtp_loss},
              {"tokens_per_second", m.tokens_per_second},
              {"grad_norm", m.record.gradient_norm},
              {"lr", m.lr},
              {"expert_load_max_over_mean", m.record.expert_load_max_over_mean},
              {"balance_loss", m.record.balance_loss},
              {"peak_share", m.peak_share},
              {"tokens", m.done.tokens},
              {"seconds", m.done.seconds}};
  if (m.validation_loss) {
    out["validation_loss"] = m.validation_loss->mean;
    out["validation_loss_by_source"] = m.validation_loss->by_source;
  }
  return out;
}

MetricsFile::MetricsFile(const fs::path& path, int64_t last_step) : path_(path) {
  std::string before = last_step > 0 && fs::exists(path) ? kept_lines(read_file(path), last_step) : "";
  replace_file(path, before);
  file_.reset(std::fopen(path.c_str(), "a"));
  if (!file_) throw Error(ErrorKind::file, fmt::format("{}: cannot write", path.string()));
}

void MetricsFile::add(const Metrics& metrics) {
  std::string line = dump(to_json(metrics)) + "\n";
  if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size() || std::fflush(file_.get()) != 0)
    throw Error(ErrorKind::file, fmt::format("{}: cannot write", path_.string()), "is the disk full?");
}

}  // namespace octet::train
