#include "octet/plan/train/calibrate.h"

#include <cmath>
#include <functional>

#include "octet/plan/train/report.h"

namespace octet::plan {

namespace {

constexpr double throughput_tokens = 4096, latency_tokens = 128;

// DeepEP's benchmark takes 8 of 256 experts; its groups are its nodes, of which a token may use four.
Routes benchmark_routes(const Group& group) { return {256, 8, group.nodes(), std::min<int64_t>(group.nodes(), 4)}; }

TrainPlan read_step(const Fields& step) {
  TrainPlan plan;
  plan.model = step.string("model");
  plan.config = arch::preset(plan.model);
  plan.fleet = read_fleet(step.string("fleet"));
  plan.layout = parse_layout(step.string("layout"));
  plan.schedule = step.string("schedule");
  plan.precision = step.one_of("precision", {"bf16", "fp8"}) == "fp8" ? Precision::fp8 : Precision::bf16;
  std::string recompute = step.one_of("recompute", {"none", "selective", "full"});
  plan.recompute = recompute == "none" ? Recompute::none : recompute == "full" ? Recompute::full : Recompute::selective;
  plan.batch = step.integer("batch", 1, 1'000'000'000);
  plan.seq = step.integer("seq", 1, 1'000'000'000);
  step.finish();
  return complete(std::move(plan));
}

Measurement read_row(const Fields& row) {
  Measurement out;
  out.name = row.string("name");
  out.kind =
      row.one_of("kind", {"fp8_tflops", "bf16_tflops", "hbm_gbps", "exchange_gbps", "latency_us", "step_seconds"});
  out.value = row.number("value", 1e-9, 1e12);
  out.source = row.string("source");
  out.fit = row.boolean_or("fit", true);
  if (out.kind == "exchange_gbps" || out.kind == "latency_us") {
    out.ep = row.integer("ep", 2, 256);
    out.bytes = row.number("bytes", 1, 1e9);
  }
  if (out.kind == "step_seconds")
    out.row = row.one_of(
        "row", {"forward", "backward input", "backward weight", "overlapped", "bubble", "optimizer", "whole"});
  row.finish();
  return out;
}

// DeepEP counts a copy a domain, or a copy a rank where there is one domain.
double exchange_gbps(const Gpu& gpu, const Measurement& m) {
  Group group = group_of(gpu, m.ep, 1);
  Reach spread = reach(benchmark_routes(group), group);
  double copies = group.nodes() > 1 ? spread.nodes : spread.ranks;
  return copies * throughput_tokens * m.bytes / exchange_seconds(gpu, group, spread, throughput_tokens, m.bytes) / 1e9;
}

double latency_seconds(const Gpu& gpu, const Measurement& m) {
  Group group = group_of(gpu, m.ep, 1);
  return low_latency_exchange_seconds(gpu, group, benchmark_routes(group), latency_tokens, m.bytes);
}

std::vector<double> predict_rows(const MeasurementTable& table, const Calibration& constants,
                                 const Predictor* predictor) {
  Gpu gpu = table.gpu;
  gpu.measured = constants;
  std::optional<StepSplit> step;
  if (predictor) {
    TrainPlan plan = *table.step;
    plan.fleet.gpu.measured = constants;
    step = (*predictor)(plan, Predictor::Spread::no).step;
  }
  std::vector<double> out;
  for (const Measurement& m : table.rows) {
    double value = 0;
    if (m.kind == "fp8_tflops") value = gpu.fp8 * constants.gemm_fp8 / 1e12;
    if (m.kind == "bf16_tflops") value = gpu.bf16 * constants.gemm_bf16 / 1e12;
    if (m.kind == "hbm_gbps") value = gpu.hbm_bandwidth * constants.hbm / 1e9;
    if (m.kind == "exchange_gbps") value = exchange_gbps(gpu, m);
    if (m.kind == "latency_us") value = 1e6 * latency_seconds(gpu, m);
    if (m.kind == "step_seconds") {
      if (m.row == "whole") value = step->step();
      for (const auto& [label, seconds] : step_rows(*step))
        if (label == m.row) value = seconds;
    }
    out.push_back(value);
  }
  return out;
}

double weight_of(const Measurement& m) {
  if (m.kind != "step_seconds") return 4;
  return m.row == "whole" ? 10 : 1;
}

// The least value of a function of one variable on [low, high], by golden section.
double golden(const std::function<double(double)>& f, double low, double high) {
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double a = high - ratio * (high - low), b = low + ratio * (high - low), fa = f(a), fb = f(b);
  while (high - low > 1e-4) {
    if (fa < fb)
      high = b, b = a, fb = fa, a = high - ratio * (high - low), fa = f(a);
    else
      low = a, a = b, fa = fb, b = low + ratio * (high - low), fb = f(b);
  }
  return (low + high) / 2;
}

const std::vector<double Calibration::*> constants_in_order = {
    &Calibration::hbm, &Calibration::gemm_fp8,  &Calibration::gemm_bf16,       &Calibration::nvlink,
    &Calibration::nic, &Calibration::attention, &Calibration::gemm_fp8_weight, &Calibration::kernel_seconds};

}  // namespace

MeasurementTable read_measurements(const Json& json, const std::string& where) {
  Fields file(json, where);
  file.known({"date"});
  MeasurementTable out;
  out.gpu = gpu(file.string_or("gpu", "h800"));
  if (auto step = file.object_or_none("step")) out.step = read_step(*step);
  const Json* rows = file.find("measurement");
  if (!rows || !rows->is_array() || rows->empty()) file.fail("measurement", "a list of [[measurement]]");
  for (size_t i = 0; i < rows->size(); ++i) {
    out.rows.push_back(read_row(Fields((*rows)[i], fmt::format("{}: measurement {}", where, i + 1))));
    if (out.rows.back().kind == "step_seconds" && !out.step)
      throw Error(ErrorKind::config,
                  fmt::format("{}: step_seconds without a [step] that says which plan was measured", where));
  }
  file.finish();
  return out;
}

Calibration fit(const MeasurementTable& table, const Calibration& start) {
  std::optional<Predictor> predictor;
  for (const Measurement& m : table.rows)
    if (m.kind == "step_seconds" && m.fit && !predictor) predictor.emplace(table.step->config, table.step->mtp);
  auto loss = [&](const Calibration& constants) {
    auto predicted = predict_rows(table, constants, predictor ? &*predictor : nullptr);
    double sum = 0;
    for (size_t i = 0; i < predicted.size(); ++i)
      if (table.rows[i].fit)
        sum += weight_of(table.rows[i]) * std::pow(std::log(predicted[i] / table.rows[i].value), 2);
    return sum;
  };
  Calibration best = start;
  for (int round = 0; round < 6; ++round)
    for (auto constant : constants_in_order) {
      auto at = [&](double log_value) {
        Calibration tried = best;
        tried.*constant = std::exp(log_value);
        return loss(tried);
      };
      double here = std::log(best.*constant), reach = 0.7 / (1 + round);
      double found = golden(at, here - reach, here + reach);
      if (at(found) < at(here) - 1e-12) best.*constant = std::exp(found);
    }
  for (auto [share, name] : {std::pair{best.gemm_bf16, "bf16 products"},
                             {best.gemm_fp8, "fp8 products"},
                             {best.gemm_fp8_weight, "fp8 products for weights"},
                             {best.attention, "attention"},
                             {best.hbm, "memory"},
                             {best.nvlink, "NVLink"},
                             {best.nic, "the network"}})
    if (share > 1.05)
      throw Error(
          ErrorKind::config,
          fmt::format("the measurements make {} {:.2f} times as fast as {} can be", name, share, table.gpu.name),
          "check their units: TFLOP/s, GB/s, us");
  return best;
}

std::vector<Residual> residuals(const MeasurementTable& table, const Calibration& constants) {
  std::optional<Predictor> predictor;
  if (table.step) predictor.emplace(table.step->config, table.step->mtp);
  auto predicted = predict_rows(table, constants, predictor ? &*predictor : nullptr);
  std::vector<Residual> out;
  for (size_t i = 0; i < predicted.size(); ++i) out.push_back({table.rows[i], predicted[i]});
  return out;
}

std::vector<Explained> explain(const Calibration& c, const std::vector<Residual>& rows) {
  int64_t fitted = 0;
  for (const Residual& row : rows) fitted += row.measured.fit;
  const std::string how = fmt::format(
      "least squares of log(predicted / measured) over {} measurements: kernels weigh 4, the step's rows 1, the step "
      "10",
      fitted);
  std::vector<Explained> out = {
      {"gemm_bf16", fmt::format("{:.4f}", c.gemm_bf16), "share of the bf16 peak in large products", how},
      {"gemm_fp8", fmt::format("{:.4f}", c.gemm_fp8), "share of the fp8 peak", how},
      {"gemm_fp8_weight", fmt::format("{:.4f}", c.gemm_fp8_weight), "the same for weights' gradients", how},
      {"attention", fmt::format("{:.4f}", c.attention), "share of the bf16 peak in attention's inner products", how},
      {"hbm", fmt::format("{:.4f}", c.hbm), "share of the memory bandwidth", how},
      {"nvlink", fmt::format("{:.4f}", c.nvlink), "share of the NVLink bandwidth", how},
      {"nic", fmt::format("{:.4f}", c.nic), "share of the network bandwidth", how},
      {"kernel_us", fmt::format("{:.3f}", c.kernel_seconds * 1e6), "a kernel's cost besides its work", how}};
  const std::pair<const char*, const char*> formulas[] = {
      {"fp8_tflops", "peak x gemm_fp8"},
      {"bf16_tflops", "peak x gemm_bf16"},
      {"hbm_gbps", "bandwidth x hbm"},
      {"exchange_gbps", "copies x bytes / max(network bytes / nic, NVLink bytes / nvlink), and two kernels"},
      {"latency_us", "max(network bytes / nic, NVLink bytes / nvlink), and two kernels"},
      {"step_seconds", "octet plan train, whole"}};
  for (const Residual& row : rows)
    for (auto [kind, formula] : formulas)
      if (row.measured.kind == kind)
        out.push_back({row.measured.name,
                       fmt::format("{:.4g}, measured {:.4g} ({:+.1f} %{})", row.predicted, row.measured.value,
                                   100 * row.error(), row.measured.fit ? "" : ", not fitted"),
                       formula, row.measured.source});
  return out;
}

std::string to_toml(const Calibration& c, const std::string& table) {
  return fmt::format(
      "# Fitted by `octet calibrate-hardware` to {}; a test fits octet's own again and compares.\n[constants]\n"
      "gemm_bf16 = {:.4f}\ngemm_fp8 = {:.4f}\ngemm_fp8_weight = {:.4f}\nattention = {:.4f}\nhbm = {:.4f}\nnvlink = "
      "{:.4f}\n"
      "nic = {:.4f}\nkernel_us = {:.3f}\n",
      table, c.gemm_bf16, c.gemm_fp8, c.gemm_fp8_weight, c.attention, c.hbm, c.nvlink, c.nic, c.kernel_seconds * 1e6);
}

}  // namespace octet::plan
