#include "octet/train/report.h"

#include "octet/arch/inventory.h"
#include "octet/base/cpu.h"
#include "octet/base/file.h"
#include "octet/base/units.h"

namespace octet::train {

TrainingFlops::TrainingFlops(const arch::Config& config) {
  constexpr int64_t far = 4096;
  double here = arch::summarise(config, 1).training_flops_per_token_mtp;
  double there = arch::summarise(config, 1 + far).training_flops_per_token_mtp;
  slope_ = (there - here) / far;
  at_zero_ = here - slope_;
}

Machine describe_machine(int threads, const std::string& compute, double matrix_peak) {
  return {processor_name(), name(best_isa()), compute, threads, matrix_peak};
}

Cost predict(const Recipe& recipe, const TrainingFlops& flops, double matrix_peak) {
  Cost cost;
  const Length& length = recipe.schedule.length;
  double per_token = flops.per_token(static_cast<double>(recipe.batch.sequence_length));
  cost.peak_share = recipe.cost.expected_share;
  double speed = matrix_peak * cost.peak_share / per_token;  // tokens a second
  if (length.minutes)
    cost.seconds = *length.minutes * 60, cost.tokens = cost.seconds * speed;
  else {
    cost.tokens =
        length.tokens ? *length.tokens : static_cast<double>(*length.steps) * static_cast<double>(recipe.batch.tokens);
    cost.seconds = cost.tokens / speed;
  }
  cost.flops = cost.tokens * per_token;
  cost.dollars = cost.seconds / 3600 * recipe.cost.dollars_per_hour;
  return cost;
}

double state_bytes(const arch::Config& config, OptimizerKind kind) {
  double bytes = 0;
  for (const auto& tensor : arch::tensors(config)) {
    if (tensor.copy) continue;
    bool muon = kind == OptimizerKind::muon && tensor.shape.size() >= 2 && tensor.part != arch::Part::embedding &&
                tensor.part != arch::Part::head;
    bytes += static_cast<double>(tensor.elements()) * 4 * (muon ? 3 : 4);  // master, gradient, one or two moments
  }
  return bytes;
}

Json to_json(const Cost& cost) {
  return {{"tokens", cost.tokens},
          {"seconds", cost.seconds},
          {"flops", cost.flops},
          {"dollars", cost.dollars},
          {"peak_share", cost.peak_share}};
}

Json to_json(const Machine& machine) {
  return {{"processor", machine.processor},
          {"isa", machine.isa},
          {"threads", machine.threads},
          {"compute", machine.compute},
          {"matrix_peak", machine.matrix_peak}};
}

void write_run_file(const fs::path& path, const RunFile& file) {
  Json out = file.about;
  out["predicted"] = to_json(file.predicted);
  out["measured"] = file.measured ? to_json(*file.measured) : Json();
  out["result"] = file.result;
  replace_file(path, dump(out, 2) + "\n");
}

std::string closing_lines(const Cost& predicted, const Cost& measured) {
  auto line = [](const char* label, const Cost& c) {
    return fmt::format("{:<10} {:>9}  {:>8} tokens  {:>6.0f} tokens/s  {:>4.0f} % of peak  ${:.4f}\n", label,
                       format_duration(c.seconds), format_count(c.tokens), c.seconds > 0 ? c.tokens / c.seconds : 0,
                       100 * c.peak_share, c.dollars);
  };
  return line("predicted", predicted) + line("measured", measured);
}

}  // namespace octet::train
