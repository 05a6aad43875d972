#include "octet/plan/train/predict.h"

#include <cmath>

#include "octet/plan/train/step.h"

namespace octet::plan {

namespace {

constexpr double ninety_percent = 1.2816;  // standard deviations to the 10th and 90th percentile

// Memory needs the order of only so many micro-batches as can be under way at once.
Schedule short_schedule(const TrainPlan& plan, int64_t micros) {
  int64_t enough = 4 * plan.layout.pp + 4;
  return make_schedule(plan.schedule, static_cast<int>(plan.layout.pp), static_cast<int>(plan.layout.vp),
                       static_cast<int>(std::min(micros, enough)));
}

Prepared shape_of(const TrainPlan& plan, const ModelWork& work, Recompute recompute, const Schedule& schedule) {
  Prepared out{.share = share_of(plan, recompute), .stages = {}, .schedule = schedule, .memory = {}};
  out.stages = split_into_stages(work, out.share, schedule.stages);
  const Layout& l = plan.layout;
  out.memory = memory_of_ranks({out.stages, out.schedule, work, out.share, static_cast<double>(l.dp * l.cp),
                                static_cast<double>(l.dp * l.cp * l.tp / l.ep)});
  return out;
}

Goodput goodput_of(const Fleet& fleet) {
  Goodput out;
  out.mtbf_seconds = fleet.gpu_mtbf_hours * 3600 / static_cast<double>(fleet.gpus);
  // Daly 2006. Failures come as a Poisson process, during checkpoints and restarts too: until an interval t of training
  // and its pause p have passed without one takes M e^(R/M) (e^((t+p)/M) - 1), whatever is lost before.
  double m = out.mtbf_seconds, pause = fleet.checkpoint_seconds, restarts = std::exp(-fleet.restart_seconds / m);
  if (pause <= 0) {
    out.share = restarts;
    return out;
  }
  double r = std::sqrt(pause / (2 * m));
  double t = out.checkpoint_interval = pause < 2 * m ? 2 * m * r * (1 + r / 3 + r * r / 9) - pause : m;
  out.share = restarts * t / (m * std::expm1((t + pause) / m));
  return out;
}

void count_flops(const ModelWork& work, double seq, Prediction& out) {
  out.flops_causal = 3 * (work.linear_flops + work.per_key_flops * seq / 2);
  out.flops_full = 3 * (work.linear_flops + work.per_key_flops * seq);
  out.flops_causal_mtp = out.flops_causal + 3 * (work.linear_flops_mtp + work.per_key_flops_mtp * seq / 2);
  out.flops_full_mtp = out.flops_full + 3 * (work.linear_flops_mtp + work.per_key_flops_mtp * seq);
}

void derive(Prediction& out) {
  const Fleet& fleet = out.plan.fleet;
  double gpus = static_cast<double>(fleet.gpus), seconds = out.step.step();
  out.tokens_per_step = static_cast<double>(out.plan.batch) * static_cast<double>(out.plan.seq);
  out.steps = out.plan.tokens / out.tokens_per_step;
  double rate = out.tokens_per_second_per_gpu = out.tokens_per_step / seconds / gpus;
  out.model_tflops_per_gpu = rate * out.flops_causal / 1e12;
  auto mfu = [&](double flops, double peak) { return peak > 0 ? rate * flops / peak : 0; };
  double bf16 = fleet.gpu.bf16, fp8 = fleet.gpu.fp8;
  out.mfu = {mfu(out.flops_causal, bf16),   mfu(out.flops_causal, fp8),      mfu(out.flops_full, bf16),
             mfu(out.flops_full, fp8),      mfu(out.flops_causal_mtp, bf16), mfu(out.flops_causal_mtp, fp8),
             mfu(out.flops_full_mtp, bf16), mfu(out.flops_full_mtp, fp8)};
  out.goodput = goodput_of(fleet);
  out.gpu_hours = out.steps * seconds * gpus / 3600;
  out.dollars = out.gpu_hours * out.plan.price;
  out.gpu_hours_with_failures = out.gpu_hours / out.goodput.share;
  out.energy_kwh = out.gpu_hours * fleet.gpu.watts / 1000;
}

// Doubt about each constant, as a standard deviation of its logarithm, carried to the step's time by nudging each in
// turn; and the model's own doubt, as its rows miss the calibration step's.
struct ConstantDoubt {
  const char* name;
  double Calibration::*constant;
  double sigma;
};
constexpr double own_doubt = 0.07;
const ConstantDoubt doubts[] = {
    {"gemm_bf16", &Calibration::gemm_bf16, 0.08},
    {"gemm_fp8", &Calibration::gemm_fp8, 0.10},
    {"gemm_fp8_weight", &Calibration::gemm_fp8_weight, 0.20},
    {"attention", &Calibration::attention, 0.15},
    {"hbm", &Calibration::hbm, 0.08},
    {"nvlink", &Calibration::nvlink, 0.10},
    {"nic", &Calibration::nic, 0.05},
    {"kernel_seconds", &Calibration::kernel_seconds, 0.30},
};

}  // namespace

Prepared prepare(const TrainPlan& plan, const ModelWork& work) {
  Schedule schedule = short_schedule(plan, micro_batches(plan));
  if (plan.recompute != Recompute::automatic) return shape_of(plan, work, plan.recompute, schedule);
  for (Recompute recompute : {Recompute::none, Recompute::selective}) {
    Prepared out = shape_of(plan, work, recompute, schedule);
    if (fullest(out.memory).total() <= plan.fleet.gpu.hbm_usable) return out;
  }
  return shape_of(plan, work, Recompute::full, schedule);
}

Predictor::Predictor(const arch::Config& config, int64_t mtp) : work_(model_work(config, mtp)) {}

StepSplit Predictor::step(const TrainPlan& plan, const Prepared& prepared) const {
  return step_split(plan, prepared.stages, prepared.share, work_, micro_batches(plan));
}

Prediction Predictor::operator()(const TrainPlan& plan, Spread spread) const {
  Prediction out;
  out.plan = plan;
  out.micro_batches = plan::micro_batches(plan);
  Prepared shape = prepare(plan, work_);
  out.recompute = shape.share.recompute;
  out.memory_by_rank = std::move(shape.memory);
  out.memory = fullest(out.memory_by_rank);
  out.fits = out.memory.total() <= plan.fleet.gpu.hbm_usable;
  out.split = shape.stages.describe();
  out.step = step(plan, shape);
  count_flops(work_, static_cast<double>(plan.seq), out);
  derive(out);
  if (spread == Spread::no) return out;
  StepSplit handed_free = step_split(plan, shape.stages, shape.share, work_, out.micro_batches, Handover::free);
  out.step.pipeline = std::max(0.0, out.step.step() - handed_free.step());
  double variance = own_doubt * own_doubt, most = 0;
  const char* largest = "";
  for (const ConstantDoubt& doubt : doubts) {
    TrainPlan nudged = plan;
    nudged.recompute = out.recompute;
    nudged.fleet.gpu.measured.*doubt.constant *= std::exp(doubt.sigma);
    Prediction other = (*this)(nudged, Spread::no);
    double moved = std::log(other.step.step() / out.step.step());
    variance += moved * moved;
    if (std::abs(moved) > most) most = std::abs(moved), largest = doubt.name;
  }
  out.spread = std::sqrt(variance);
  out.spread_from = fmt::format(
      "80 % of a log-normal with sigma {:.3f}: {:.2f} for the model's form, the rest from the calibration constants, "
      "{} the most ({:.3f})",
      out.spread, own_doubt, largest, most);
  return out;
}

Prediction predict(const TrainPlan& plan) {
  TrainPlan whole = complete(plan);
  return Predictor(whole.config, whole.mtp)(whole);
}

Interval Prediction::interval(double value) const {
  double factor = std::exp(ninety_percent * spread);
  return {value / factor, value * factor};
}

}  // namespace octet::plan
