// Times octet's own serving step (the runner of `octet serve`) on models of random weights, and on a real one.
#include "app/cpu_speeds.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <chrono>

#include "app/command.h"
#include "octet/base/cpu.h"
#include "octet/infer/model_runner.h"
#include "octet/model/transformer.h"

namespace octet::app {

namespace {

namespace fs = std::filesystem;

// The fastest of several counts: whatever else the machine does only slows.
constexpr int prompt_repeats = 4, least_steps = 12, most_steps = 48;
constexpr double step_budget = 1.5;  // seconds of decoding steps

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// One sequence's tokens and the blocks of the cache that they lie in.
struct Sequence {
  std::vector<int64_t> tokens, blocks;
};

class Stopwatch {
 public:
  Stopwatch(std::shared_ptr<const model::Transformer> model, const plan::CpuWorkload& w)
      : context_(static_cast<int64_t>(w.context)),
        prompt_(static_cast<int64_t>(w.prompt)),
        vocabulary_(model->config.vocab),
        each_(blocks_for(std::max(context_ + most_steps + 2, prompt_))) {
    auto count = static_cast<int64_t>(w.sequences);
    runner_ = infer::make_model_runner(std::move(model), {count * each_ * infer::cache_block});
    for (int64_t i = 0; i < count; ++i) {
      Sequence s;
      for (int64_t b = 0; b < each_; ++b) s.blocks.push_back(i * each_ + b);
      for (int64_t t = 0; t < std::max(context_ + most_steps + 2, prompt_); ++t)
        s.tokens.push_back((i * 7919 + t * 104729 + t * t * 31) % vocabulary_);
      sequences_.push_back(std::move(s));
    }
  }

  double prompt_seconds() {
    double fastest = std::numeric_limits<double>::infinity();
    for (int i = 0; i < prompt_repeats; ++i) {
      auto start = std::chrono::steady_clock::now();
      run(0, prompt_, 1);
      fastest = std::min(fastest, seconds_since(start));
    }
    return fastest;
  }

  double step_seconds() {
    for (size_t i = 0; i < sequences_.size(); ++i)
      for (int64_t at = 0; at < context_; at += 512) run_one(i, at, std::min(at + 512, context_));
    double fastest = std::numeric_limits<double>::infinity(), spent = 0;
    for (int step = 0; step < most_steps && (step < least_steps || spent < step_budget); ++step) {
      auto start = std::chrono::steady_clock::now();
      run(context_ + step, context_ + step + 1, sequences_.size());
      double seconds = seconds_since(start);
      fastest = std::min(fastest, seconds), spent += seconds;
    }
    return fastest;
  }

 private:
  int64_t context_, prompt_, vocabulary_, each_;
  std::unique_ptr<infer::Runner> runner_;
  std::vector<Sequence> sequences_;

  static int64_t blocks_for(int64_t tokens) { return (tokens + infer::cache_block - 1) / infer::cache_block; }

  infer::Part part(size_t which, int64_t begin, int64_t end) const {
    const Sequence& s = sequences_[which];
    return {std::span(s.tokens).first(static_cast<size_t>(end)),
            prompt_,
            begin,
            end,
            std::span(s.blocks).first(static_cast<size_t>(blocks_for(end))),
            1};
  }
  void run_one(size_t which, int64_t begin, int64_t end) {
    infer::Part one = part(which, begin, end);
    runner_->run({&one, 1});
  }
  void run(int64_t begin, int64_t end, size_t count) {
    std::vector<infer::Part> parts;
    for (size_t i = 0; i < count; ++i) parts.push_back(part(i, begin, end));
    runner_->run(parts);
  }
};

// Weights do not matter to the clock, as long as each token chooses experts of its own.
void fill(model::Transformer& model) {
  at::NoGradGuard no_grad;
  at::Tensor noise = at::randn({1 << 20}) * 0.02;
  for (const auto& p : model.parameters()) {
    at::Tensor flat = p.tensor.view({-1});
    if (p.tensor.dim() == 1) {
      flat.fill_(1);
      continue;
    }
    for (int64_t at = 0; at < flat.numel(); at += noise.numel()) {
      int64_t n = std::min(noise.numel(), flat.numel() - at);
      flat.narrow(0, at, n).copy_(noise.narrow(0, 0, n));
    }
  }
  for (model::Router* router : model.routers()) router->bias_E.zero_();
}

plan::CpuTimes timed(const arch::Config& config, const plan::CpuWorkload& workload) {
  auto model = std::make_shared<model::Transformer>(model::make_transformer(config, at::kBFloat16));
  model->compute = at::kBFloat16;
  fill(*model);
  Stopwatch watch(model, workload);
  plan::CpuTimes out;
  out.prompt_seconds = watch.prompt_seconds();
  out.step_seconds = watch.step_seconds();
  return out;
}

plan::CpuSpeeds speeds() {
  at::set_num_threads(available_threads());
  plan::CpuSpeeds out = plan::measure_speeds(timed, 2);
  out.processor = processor_name();
  out.threads = available_threads();
  out.memory = static_cast<double>(available_memory());
  return out;
}

std::optional<plan::CpuMeasured> measured(const std::string& name, const plan::CpuWorkload& w) {
  fs::path folder = name == "mini" ? fs::path(home()) / "models" / "octet-mini" : fs::path(name);
  if (!fs::exists(folder / "model.safetensors") && !fs::exists(folder / "model.safetensors.index.json"))
    return std::nullopt;
  at::set_num_threads(available_threads());
  auto model = std::make_shared<const model::Transformer>(model::load(folder, at::kBFloat16));
  Stopwatch watch(model, w);
  plan::CpuMeasured out{name, w.prompt, w.context, w.sequences, 0, 0};
  out.prefill = w.prompt / watch.prompt_seconds();
  out.decode = w.sequences / watch.step_seconds();
  return out;
}

const bool filled = [] {
  cpu_meter() = {speeds, measured};
  return true;
}();

}  // namespace

}  // namespace octet::app
