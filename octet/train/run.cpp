#include "octet/train/run.h"

#include <ATen/Parallel.h>
#include <sys/resource.h>

#include <chrono>

#include "octet/base/file.h"
#include "octet/base/log.h"
#include "octet/base/terminal.h"
#include "octet/base/units.h"
#include "octet/train/metrics.h"
#include "octet/train/peak.h"
#include "octet/train/report.h"
#include "octet/train/session.h"

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
  Session session_;
  TrainingFlops flops_;
  double peak_;  // operations a second
  RunFile file_;
  Done before_;  // what earlier sessions did
  Clock::time_point start_, saved_when_;
  int64_t saved_at_ = -1;    // steps
  double step_seconds_ = 0;  // spent in this session's steps alone
  std::optional<ValidationLoss> validation_loss_;

  bool over() const { return share(recipe_.schedule.length, session_.done) >= 1; }
  void tick() { session_.done.seconds = before_.seconds + since(start_); }
  void begin_files(const std::optional<fs::path>& resumed);
  Metrics step();
  void validate(Metrics& metrics);
  bool checkpoint_due() const;
  at::ScalarType stored_type() const;
  void save();
  void finish_model();
  void report(const Metrics& last);
};

Run::Run(const RunOptions& options)
    : options_(options),
      recipe_(options.recipe),
      session_(recipe_, options.device),
      flops_(session_.config),
      peak_(measure_matrix_peak(session_.compute, options.device)) {
  std::optional<fs::path> resumed;
  if (options.resume) {
    resumed = session_.resume(*options.resume);
    before_ = session_.done;
    log::info("resuming at step {} from {}", before_.steps, resumed->string());
  }
  begin_files(resumed);
}

// Step numbers name checkpoints: two runs in one folder would take each other's for the newest.
void need_no_other_run(const fs::path& out, const std::optional<fs::path>& resumed) {
  auto there = newest_checkpoint(out);
  if (!there || (resumed && fs::equivalent(*there, *resumed))) return;
  throw Error(ErrorKind::usage,
              fmt::format("{} holds a run already, with the checkpoint {}", out.string(), there->filename().string()),
              fmt::format("go on with --resume {}, or choose another folder with --out", out.string()));
}

bool is_run(const fs::path& out) {
  if (!fs::exists(out / "run.json")) return false;
  try {
    Json file = read_json(out / "run.json");
    return file.is_object() && file.contains("recipe") && file.contains("predicted");
  } catch (const Error&) {
    return false;
  }
}

// run.json and metrics.jsonl are written over and the model's folder is replaced whole, so a folder with something in
// it must be a run's, and its model octet's alone.
void need_own_files(const fs::path& out) {
  auto refuse = [](const fs::path& where, std::string_view expected, const std::string& found) {
    throw Error(ErrorKind::usage, fmt::format("{}: expected {}, found {}", where.string(), expected, found),
                "choose another folder with --out");
  };
  if (!fs::exists(out)) return;
  if (!fs::is_directory(out)) refuse(out, "a folder", "a file");
  if (!fs::is_empty(out) && !is_run(out) && !newest_checkpoint(out))
    refuse(out, "a folder that is new, empty or a run's", "files and no run.json of octet train");
  fs::path model = out / "model";
  if (!fs::exists(model)) return;
  if (!fs::is_directory(model)) refuse(model, "a model that octet train wrote", "a file");
  for (const auto& entry : fs::directory_iterator(model)) {
    std::string name = entry.path().filename().string();
    if (!entry.is_directory() && is_model_file(name)) continue;
    refuse(model, "a model that octet train wrote", fmt::format("'{}' in it", printable(name)));
  }
}

void Run::begin_files(const std::optional<fs::path>& resumed) {
  need_no_other_run(options_.out, resumed);
  need_own_files(options_.out);
  if (resumed && fs::exists(options_.out) && fs::equivalent(run_folder(*resumed), options_.out))
    saved_at_ = before_.steps;
  fs::create_directories(options_.out);
  const char* compute = session_.compute == at::kFloat ? "float32" : "bfloat16";
  Machine machine = describe_machine(at::get_num_threads(), compute, peak_);
  file_.about = describe(session_);
  file_.about["version"] = options_.version;
  file_.about["machine"] = to_json(machine);
  file_.about["dollars_per_hour"] = recipe_.cost.dollars_per_hour;
  file_.predicted = predict(recipe_, flops_, peak_);
  write_run_file(options_.out / "run.json", file_);
  log::info("{} parameters, {} active a token; {} threads in {}, matrix peak {}/s; predicted {} for {} tokens",
            format_count(file_.about["model"]["parameters"].get<double>()),
            format_count(file_.about["model"]["active_parameters"].get<double>()), machine.threads, machine.compute,
            format_flops(peak_), format_duration(file_.predicted.seconds), format_count(file_.predicted.tokens));
}

Metrics Run::step() {
  Done& done = session_.done;
  double spent = share(recipe_.schedule.length, done), rate_now = rate(recipe_.schedule, done);
  auto begin = Clock::now();
  std::vector<TrainBatch> micro_batches;
  double flops = 0;
  for (int64_t tokens = 0; tokens < recipe_.batch.tokens; tokens += recipe_.batch.micro_batch) {
    micro_batches.push_back(make_train_batch(session_.stream.next(), session_.model.mtp.size(), options_.device));
    flops += flops_.per_token(micro_batches.back().keys_per_token) * static_cast<double>(recipe_.batch.micro_batch);
  }
  StepSettings settings{rate_now,
                        {recipe_.mtp_weight.at(spent), recipe_.sequence_balance, recipe_.batch.sequence_length},
                        recipe_.bias_update_speed.at(spent)};
  Metrics metrics;
  metrics.record = train_step(session_.model, session_.optimizer, micro_batches, settings);
  double seconds = since(begin);
  step_seconds_ += seconds;
  ++done.steps;
  done.tokens += recipe_.batch.tokens;
  done.flops += flops;
  tick();
  metrics.step = done.steps;
  metrics.lr = rate_now * recipe_.optimizer.lr;
  metrics.tokens_per_second = static_cast<double>(recipe_.batch.tokens) / seconds;
  metrics.peak_share = flops / seconds / peak_;
  metrics.done = done;
  return metrics;
}

void Run::validate(Metrics& metrics) {
  int64_t every = recipe_.validation.every_steps;
  if (session_.validation.empty() || !(over() || (every > 0 && session_.done.steps % every == 0))) return;
  metrics.validation_loss = validation_loss_ = validation_loss(session_.model, session_.validation);
}

bool Run::checkpoint_due() const {
  const CheckpointRecipe& c = recipe_.checkpoint;
  return (c.every_steps > 0 && session_.done.steps % c.every_steps == 0) ||
         (c.every_minutes > 0 && since(saved_when_) >= c.every_minutes * 60);
}

at::ScalarType Run::stored_type() const {
  return recipe_.checkpoint.dtype == arch::Dtype::bf16 ? at::kBFloat16 : at::kFloat;
}

void Run::save() {
  if (saved_at_ == session_.done.steps) return;
  write_checkpoint(options_.out, session_.model, session_.optimizer, session_.state(), {session_.dataset.folder},
                   stored_type());
  remove_old_checkpoints(options_.out, recipe_.checkpoint.keep);
  saved_at_ = session_.done.steps;
  saved_when_ = Clock::now();
}

void Run::finish_model() {
  ReplacingFolder folder(options_.out / "model");
  write_model(folder.path(), session_.model, {session_.dataset.folder}, stored_type());
  folder.commit();
}

void Run::report(const Metrics& last) {
  const Done& done = session_.done;
  Cost measured{static_cast<double>(done.tokens), done.seconds, done.flops};
  measured.dollars = done.seconds / 3600 * recipe_.cost.dollars_per_hour;
  if (step_seconds_ > 0) measured.peak_share = (done.flops - before_.flops) / step_seconds_ / peak_;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  file_.measured = measured;
  file_.result = {{"steps", done.steps},
                  {"loss", last.record.loss},
                  {"mtp_loss", last.record.mtp_loss},
                  {"validation_loss", validation_loss_ ? Json(validation_loss_->mean) : Json()},
                  {"validation_loss_by_source", validation_loss_ ? Json(validation_loss_->by_source) : Json()},
                  {"epochs", measured.tokens / static_cast<double>(session_.stream.total_tokens())},
                  {"peak_memory_bytes", static_cast<int64_t>(usage.ru_maxrss) * 1024}};
  write_run_file(options_.out / "run.json", file_);
}

std::string detail(const Metrics& m) {
  return fmt::format("step {}  loss {:.4f}  mtp {:.4f}  {} tok/s  {:.0f} % of peak  load {:.2f}  lr {:.1e}", m.step,
                     m.record.loss, m.record.mtp_loss, format_thousands(static_cast<int64_t>(m.tokens_per_second)),
                     100 * m.peak_share, m.record.expert_load_max_over_mean, m.lr);
}

RunSummary Run::go() {
  MetricsFile metrics_file(options_.out / "metrics.jsonl", before_.steps);
  remove_old_checkpoints(options_.out, recipe_.checkpoint.keep);
  start_ = saved_when_ = Clock::now();
  Metrics last;
  {
    double begun = share(recipe_.schedule.length, before_);
    Progress progress("training", 1 - begun);
    while (!over() && !(options_.stop_requested && options_.stop_requested())) {
      last = step();
      validate(last);
      metrics_file.add(last);
      if (checkpoint_due()) save();
      tick();
      progress.update(share(recipe_.schedule.length, session_.done) - begun, detail(last));
    }
  }
  save();
  if (over()) finish_model();
  report(last);
  const Done& done = session_.done;
  return {.steps = done.steps,
          .tokens = static_cast<double>(done.tokens),
          .seconds = done.seconds,
          .loss = last.record.loss,
          .validation_loss = validation_loss_ ? std::optional(validation_loss_->mean) : std::nullopt,
          .finished = over(),
          .checkpoint = options_.out / fmt::format("step-{:08}", done.steps),
          .model = over() ? options_.out / "model" : fs::path(),
          .closing = closing_lines(file_.predicted, *file_.measured)};
}

}  // namespace

RunSummary run(const RunOptions& options) {
  prepare_runtime(options.recipe.threads, options.device);
  return Run(options).go();
}

}  // namespace octet::train
