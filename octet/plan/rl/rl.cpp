#include "octet/plan/rl/rl.h"

#include <algorithm>
#include <cmath>

#include "octet/base/error.h"
#include "octet/base/units.h"

namespace octet::plan {

namespace {

void check_rl(const RlPlan& p) {
  auto within = [](const char* flag, double value, double low, double high) {
    if (!(value >= low && value <= high))
      throw Error(ErrorKind::usage, fmt::format("{}: expected from {} to {}, found {}", flag, low, high, value));
  };
  within("--answers", p.answers, 1, 1e9);
  within("--updates", static_cast<double>(p.updates), 1, 1e6);
  within("--rounds", p.rounds, 1, 1e9);
  within("--prompt", p.prompt, 1, 1e7);
  within("--mean-length", p.mean_length, 1, 1e7);
  within("--max-length", p.max_length, p.mean_length, 1e8);
  within("--length-spread", p.spread, 0, 3);
  within("--price", p.price, 0, 1e6);
  if (p.answers < static_cast<double>(p.updates))
    throw Error(ErrorKind::usage, fmt::format("--updates {} exceeds the round's {} answers", p.updates, p.answers));
}

// The longest of all answers, in expectation: what one of them exceeds.
double longest_of(const RlPlan& p) {
  double low = 1, high = p.max_length;
  if (longer_than(p, high - 1) * p.answers >= 1) return p.max_length;
  for (int i = 0; i < 60; ++i) {
    double middle = std::sqrt(low * high);
    (longer_than(p, middle) * p.answers > 1 ? low : high) = middle;
  }
  return high;
}

ServePlan serve_plan(const RlPlan& p) {
  ServePlan s;
  s.model = p.model, s.config = p.config, s.gpu = p.fleet.gpu, s.gpus = p.fleet.gpus;
  s.role = Role::decode;
  s.tp = p.serve_tp, s.ep = p.serve_ep, s.redundant_experts = p.redundant_experts;
  s.precision = p.precision;
  s.batch = p.answers / static_cast<double>(p.fleet.gpus);
  s.context = p.prompt + p.mean_length;
  return s;
}

// The refusals of a layout name the flag that gave it.
template <class Act>
auto named_as(const char* flag, const Act& act) {
  try {
    return act();
  } catch (const Error& e) {
    std::string sentence = e.sentence();
    if (sentence.starts_with("--layout")) sentence.replace(0, std::string_view("--layout").size(), flag);
    throw Error(e.kind(), std::move(sentence), e.hint());
  }
}

struct Rollout {
  double seconds = 0, tail = 0, tokens = 0, longest = 0;
};

Rollout rollout(const ServeModel& model, const RlPlan& p, const Assumptions& assumptions) {
  Rollout out;
  out.longest = longest_of(p);
  ServePlan s = serve_plan(p);
  double whole = s.batch, before = 0;
  for (int i = 1; i <= rollout_stretches; ++i) {
    double at = out.longest * std::pow(static_cast<double>(i) / rollout_stretches, 1.5), middle = (before + at) / 2;
    double alive = longer_than(p, middle);
    s.batch = std::max(whole * alive, 1.0 / static_cast<double>(s.gpus));
    s.context = p.prompt + std::max(middle, 1.0);
    double seconds = (at - before) * model.step(s, assumptions).seconds;
    out.seconds += seconds;
    if (alive < 0.1) out.tail += seconds;
    out.tokens += (at - before) * alive * p.answers;
    before = at;
  }
  return out;
}

TrainPlan train_plan(const RlPlan& p, double tokens) {
  TrainPlan t;
  t.model = p.model, t.config = p.config, t.fleet = p.fleet;
  t.layout = p.train_layout;
  t.batch = std::max<int64_t>(1, std::llround(p.answers / static_cast<double>(p.updates)));
  t.seq = std::max<int64_t>(1, std::llround(p.prompt + tokens / p.answers));
  t.schedule = p.schedule;
  t.precision = p.precision;
  t.mtp = 0;
  return t;
}

double weight_bytes(const ModelWork& work, Precision precision) {
  return work.parameters * (precision == Precision::fp8 ? 1 : 2);
}

// Every inference group receives the weights; its GPUs' ports share the work.
double refresh_seconds(const ModelWork& work, const RlPlan& p) {
  double group = static_cast<double>(std::max(p.serve_ep, p.serve_tp));
  return weight_bytes(work, p.precision) / group / (p.fleet.gpu.nic * p.fleet.gpu.measured.nic);
}

}  // namespace

double longer_than(const RlPlan& p, double tokens) {
  if (tokens >= p.max_length) return 0;
  if (tokens <= 0) return 1;
  if (p.spread == 0) return tokens < p.mean_length ? 1 : 0;
  double mu = std::log(p.mean_length) - p.spread * p.spread / 2;
  return 0.5 * std::erfc((std::log(tokens) - mu) / (p.spread * std::sqrt(2.0)));
}

RlPrediction predict_rl(const RlPlan& plan) {
  check_rl(plan);
  RlPrediction out;
  out.plan = plan;
  ServeModel model(plan.config);
  ServePlan serve = serve_plan(plan);
  named_as("--rollout-layout", [&] { check_plan(serve); });
  ServePrediction start = predict_serving(model, serve, Doubts::yes);
  Rollout written = rollout(model, plan, {});
  out.rollout = written.seconds, out.tail = written.tail, out.tokens = written.tokens, out.longest = written.longest;
  out.rollout_batch = serve.batch;
  Prediction step = named_as("--train-layout", [&] { return predict(train_plan(plan, written.tokens)); });
  out.learning = step.step.step() * static_cast<double>(plan.updates) * (1 + plan.extra_forwards / 3);
  out.refresh = refresh_seconds(model.work(), plan);
  out.reward = plan.reward_seconds;
  out.rollout_memory = start.memory.total(), out.train_memory = step.memory.total();
  out.fits = start.fits && step.fits;
  double gpus = static_cast<double>(plan.fleet.gpus);
  out.gpu_hours = out.round() * plan.rounds * gpus / 3600;
  out.dollars = out.gpu_hours * plan.price;
  out.dollars_per_update = out.dollars / plan.rounds / static_cast<double>(plan.updates);
  // The decoding step's own doubt, the training step's, and the mean length's, which the run discovers: +-30 %.
  Interval learning = step.interval(out.learning);
  RlPlan longer = plan, shorter = plan;
  longer.mean_length = std::min(plan.mean_length * 1.3, plan.max_length), shorter.mean_length *= 0.7;
  double low = start.step_interval.low / start.step.seconds, high = start.step_interval.high / start.step.seconds;
  double more = (rollout(model, longer, {}).seconds / out.rollout - 1),
         less = (1 - rollout(model, shorter, {}).seconds / out.rollout);
  auto root = [](double a, double b, double c) { return std::sqrt(a * a + b * b + c * c); };
  out.round_interval.low =
      out.round() - root((1 - low) * out.rollout, out.learning - learning.low, less * out.rollout + 0.3 * out.learning);
  out.round_interval.high = out.round() + root((high - 1) * out.rollout, learning.high - out.learning,
                                               more * out.rollout + 0.3 * out.learning);
  out.from = "the decoding step's interval, the training step's, and answers 30 % shorter or longer than assumed";
  return out;
}

}  // namespace octet::plan
