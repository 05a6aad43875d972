#include "octet/train/run.h"

#include <ATen/Parallel.h>
#include <sys/resource.h>

#include <chrono>

#include "octet/arch/inventory.h"
#include "octet/base/cpu.h"
#include "octet/base/file.h"
#include "octet/base/log.h"
#include "octet/base/terminal.h"
#include "octet/base/units.h"
#include "octet/train/checkpoint.h"
#include "octet/train/metrics.h"
#include "octet/train/peak.h"
#include "octet/train/report.h"
#include "octet/train/setup.h"

namespace octet::train {

namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

class Run {
 public:
  explicit Run(const RunOptions& options);
  RunSummary go();

 private:
  const RunOptions& options_;
  const Recipe& recipe_;
  data::Dataset dataset_;
  arch::Config config_;
  at::ScalarType compute_;
  model::Transformer model_;
  Optimizer optimizer_;
  data::PackedStream stream_;
  std::vector<TrainBatch> validation_;
  TrainingFlops flops_;
  double peak_;
  RunFile file_;
  Done done_;
  double seconds_before_ = 0, flops_before_ = 0;  // of earlier sessions
  Clock::time_point start_;
  double flops_here_ = 0, step_seconds_here_ = 0;  // of this session, for the measured share of the peak
  int64_t saved_at_ = -1;                          // steps
  Clock::time_point saved_when_;
  std::optional<double> validation_loss_;

  void resume(const fs::path& from);
  void describe();
  Metrics step();
  bool checkpoint_due() const;
  void save();
  void report(const Metrics& last);
};

data::Dataset dataset_of(const Recipe& recipe) { return data::read_dataset(recipe.data.dir); }

void need_memory(const arch::Config& config, const Recipe& recipe, at::Device device) {
  double needed = state_bytes(config, recipe.optimizer.kind), has = static_cast<double>(available_memory());
  if (device.is_cpu() && needed > has)
    throw Error(ErrorKind::resources,
                fmt::format("training this model needs {} for weights, gradients and moments, and {} are free",
                            format_bytes(needed), format_bytes(has)),
                "choose a smaller model");
}

arch::Config checked_config(const Recipe& recipe, const data::Dataset& dataset, at::Device device) {
  arch::Config config = make_config(recipe, dataset);
  need_memory(config, recipe, device);
  return config;
}

Run::Run(const RunOptions& options)
    : options_(options),
      recipe_(options.recipe),
      dataset_(dataset_of(recipe_)),
      config_(checked_config(recipe_, dataset_, options.device)),
      compute_(compute_type(recipe_.compute, options.device)),
      model_(make_model(recipe_, config_, compute_, options.device)),
      optimizer_(model_.parameters(), recipe_.optimizer),
      stream_(weighted(dataset_.train, recipe_.data),
              {recipe_.batch.micro_batch, recipe_.batch.sequence_length, recipe_.seed}),
      validation_(validation_batches(recipe_, dataset_, options.device)),
      flops_(config_),
      peak_(measure_matrix_peak(compute_, options.device)) {
  if (options.resume) resume(*options.resume);
  fs::create_directories(options.out);
  describe();
}

void Run::resume(const fs::path& from) {
  auto folder = newest_checkpoint(from);
  if (!folder)
    throw Error(ErrorKind::file, fmt::format("{}: holds no checkpoint to resume from", from.string()),
                "start the run without --resume");
  RunState state = read_checkpoint(*folder, model_, optimizer_);
  stream_.restore(state.data);
  done_ = state.done;
  seconds_before_ = done_.seconds, flops_before_ = done_.flops;
  saved_at_ = done_.steps;
  if (share(recipe_.schedule.length, done_) >= 1)
    throw Error(ErrorKind::usage,
                fmt::format("the run in {} has reached its length at step {}", from.string(), done_.steps),
                "to go on, set a greater one with --set schedule.steps=, .tokens= or .minutes=");
  log::info("resuming at step {} from {}", done_.steps, folder->string());
}

void Run::describe() {
  arch::Summary summary = arch::summarise(config_, recipe_.batch.sequence_length);
  const char* compute = compute_ == at::kFloat ? "float32" : "bfloat16";
  Machine machine = describe_machine(at::get_num_threads(), compute, peak_);
  file_.about = {{"name", recipe_.name},
                 {"version", options_.version},
                 {"recipe", recipe_.source},
                 {"seed", recipe_.seed},
                 {"data",
                  {{"dir", recipe_.data.dir.string()},
                   {"fingerprint", stream_.state().value("data", Json())},
                   {"tokenizer", dataset_.tokenizer_hash},
                   {"tokens", stream_.total_tokens()}}},
                 {"machine",
                  {{"processor", machine.processor},
                   {"isa", machine.isa},
                   {"threads", machine.threads},
                   {"compute", machine.compute},
                   {"matrix_peak", machine.matrix_peak}}},
                 {"model",
                  {{"state_bytes", state_bytes(config_, recipe_.optimizer.kind)},
                   {"parameters", summary.parameters},
                   {"mtp_parameters", summary.mtp_parameters},
                   {"active_parameters", summary.active_parameters}}},
                 {"dollars_per_hour", recipe_.cost.dollars_per_hour}};
  file_.predicted = predict(recipe_, flops_, peak_);
  write_run_file(options_.out / "run.json", file_);
  log::info("{} parameters, {} active a token, {} threads in {}, peak {}/s; predicted {} and {} tokens",
            format_count(static_cast<double>(summary.parameters)),
            format_count(static_cast<double>(summary.active_parameters)), machine.threads, machine.compute,
            format_flops(peak_), format_duration(file_.predicted.seconds), format_count(file_.predicted.tokens));
}

Metrics Run::step() {
  double spent = share(recipe_.schedule.length, done_), rate_now = rate(recipe_.schedule, done_);
  auto begin = Clock::now();
  std::vector<TrainBatch> micro_batches;
  double flops = 0;
  for (int64_t tokens = 0; tokens < recipe_.batch.tokens; tokens += recipe_.batch.micro_batch) {
    micro_batches.push_back(make_train_batch(stream_.next(), model_.mtp.size(), options_.device));
    flops += flops_.per_token(micro_batches.back().keys_per_token) * static_cast<double>(recipe_.batch.micro_batch);
  }
  StepSettings settings{rate_now,
                        {recipe_.mtp_weight.at(spent), recipe_.sequence_balance, recipe_.batch.sequence_length},
                        recipe_.bias_update_speed.at(spent)};
  Metrics metrics;
  metrics.record = train_step(model_, optimizer_, micro_batches, settings);
  double seconds = since(begin);
  flops_here_ += flops, done_.flops = flops_before_ + flops_here_;
  step_seconds_here_ += seconds;
  ++done_.steps;
  done_.tokens += recipe_.batch.tokens;
  done_.seconds = seconds_before_ + since(start_);
  metrics.step = done_.steps;
  metrics.lr = rate_now * recipe_.optimizer.lr;
  metrics.tokens_per_second = static_cast<double>(recipe_.batch.tokens) / seconds;
  metrics.peak_share = flops / seconds / peak_;
  metrics.done = done_;
  return metrics;
}

bool Run::checkpoint_due() const {
  const CheckpointRecipe& c = recipe_.checkpoint;
  return (c.every_steps > 0 && done_.steps % c.every_steps == 0) ||
         (c.every_minutes > 0 && since(saved_when_) >= c.every_minutes * 60);
}

void Run::save() {
  if (saved_at_ == done_.steps) return;
  at::ScalarType dtype = recipe_.checkpoint.dtype == arch::Dtype::bf16 ? at::kBFloat16 : at::kFloat;
  write_checkpoint(options_.out, model_, optimizer_, {done_, stream_.state()}, {dataset_.folder}, dtype);
  remove_old_checkpoints(options_.out, recipe_.checkpoint.keep);
  saved_at_ = done_.steps;
  saved_when_ = Clock::now();
}

void Run::report(const Metrics& last) {
  Cost measured;
  measured.tokens = static_cast<double>(done_.tokens);
  measured.seconds = done_.seconds;
  measured.dollars = done_.seconds / 3600 * recipe_.cost.dollars_per_hour;
  if (step_seconds_here_ > 0) measured.peak_share = flops_here_ / step_seconds_here_ / peak_;
  measured.flops = done_.flops;
  file_.measured = measured;
  file_.result = {{"steps", done_.steps}, {"loss", last.record.loss}, {"mtp_loss", last.record.mtp_loss}};
  file_.result["validation_loss"] = validation_loss_ ? Json(*validation_loss_) : Json();
  file_.result["epochs"] = measured.tokens / static_cast<double>(stream_.total_tokens());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  file_.result["peak_memory_bytes"] = static_cast<int64_t>(usage.ru_maxrss) * 1024;
  write_run_file(options_.out / "run.json", file_);
}

std::string detail(const Metrics& m) {
  return fmt::format("step {}  loss {:.4f}  mtp {:.4f}  {} tok/s  {:.0f} % of peak  load {:.2f}  lr {:.1e}", m.step,
                     m.record.loss, m.record.mtp_loss, format_thousands(static_cast<int64_t>(m.tokens_per_second)),
                     100 * m.peak_share, m.record.expert_load_max_over_mean, m.lr);
}

RunSummary Run::go() {
  const Length& length = recipe_.schedule.length;
  MetricsFile metrics_file(options_.out / "metrics.jsonl", done_.steps);
  remove_old_checkpoints(options_.out, recipe_.checkpoint.keep);
  start_ = saved_when_ = Clock::now();
  Metrics last;
  double begun = share(length, done_);
  {
    Progress progress("training", 1 - begun);
    while (share(length, done_) < 1 && !(options_.stop_requested && options_.stop_requested())) {
      last = step();
      bool over = share(length, done_) >= 1;
      int64_t every = recipe_.validation.every_steps;
      if (!validation_.empty() && (over || (every > 0 && done_.steps % every == 0)))
        last.validation_loss = validation_loss_ = mean_loss(model_, validation_);
      metrics_file.add(last);
      if (checkpoint_due()) save();
      done_.seconds = seconds_before_ + since(start_);
      progress.update(share(length, done_) - begun, detail(last));
    }
  }
  bool finished = share(length, done_) >= 1;
  save();
  RunSummary summary;
  if (finished) {
    summary.model = options_.out / "model";
    ReplacingFolder folder(summary.model);
    write_model(folder.path(), model_, {dataset_.folder},
                recipe_.checkpoint.dtype == arch::Dtype::bf16 ? at::kBFloat16 : at::kFloat);
    folder.commit();
  }
  report(last);
  summary.steps = done_.steps;
  summary.tokens = static_cast<double>(done_.tokens);
  summary.seconds = done_.seconds;
  summary.loss = last.record.loss;
  summary.validation_loss = validation_loss_;
  summary.finished = finished;
  summary.checkpoint = options_.out / fmt::format("step-{:08}", done_.steps);
  summary.closing = closing_lines(file_.predicted, *file_.measured);
  return summary;
}

}  // namespace

RunSummary run(const RunOptions& options) {
  prepare_runtime(options.recipe.threads, options.device);
  return Run(options).go();
}

}  // namespace octet::train
