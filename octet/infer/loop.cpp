#include "octet/infer/loop.h"

#include <algorithm>

#include "octet/base/error.h"

namespace octet::infer {

namespace {

SchedulerOptions scheduler_options(const Geometry& geometry, const EngineOptions& options) {
  int64_t batch = std::max<int64_t>(1, options.max_batch);
  return {geometry.blocks, batch, std::max(batch, options.max_step_tokens)};
}

}  // namespace

Loop::Loop(Runner& runner, const EngineOptions& options)
    : runner_(runner),
      drafter_(options.speculation == EngineOptions::Speculation::off ? nullptr : runner.drafter()),
      speculation_(options.speculation),
      context_(std::min(runner.geometry().context, runner.geometry().blocks * cache_block)),
      scheduler_(scheduler_options(runner.geometry(), options)) {
  statistics_.cache_blocks = runner.geometry().blocks;
  statistics_.cache_bytes_per_token = runner.geometry().bytes_per_token;
}

void Loop::add(uint64_t id, Request request, std::shared_ptr<Listener> listener, Clock::time_point submitted) {
  scheduler_.add(id, request.client, request.prompt);
  answers_[id] = std::make_unique<Answering>(id, std::move(request), std::move(listener), context_, submitted);
}

void Loop::cancel(uint64_t id) {
  auto it = answers_.find(id);
  if (it == answers_.end()) return;
  it->second->finish(Finish::cancelled);
  end(*it->second);
}

void Loop::end_all(Finish finish, const std::string& error) {
  while (!answers_.empty()) {
    answers_.begin()->second->finish(finish, error);
    end(*answers_.begin()->second);
  }
}

// Blocks first: who hears of the end may count on them.
void Loop::end(Answering& answer) {
  scheduler_.end(answer.id());
  auto node = answers_.extract(answer.id());
  {
    std::lock_guard lock(mutex_);
    statistics_.running = scheduler_.running();
    statistics_.waiting = scheduler_.waiting();
    statistics_.cache_blocks_used = scheduler_.pool().used();
  }
  node.mapped()->tell_end();
}

void Loop::step() {
  Clock::time_point start = Clock::now();
  Step step = scheduler_.next(pace_.prompt_tokens(scheduler_.running()));
  if (step.parts.empty()) return check(idle(), "nothing can be computed for those who wait");
  Clock::time_point model_start = Clock::now();
  const StepResult* result = run(step);
  if (!result) return;
  double model = seconds_since(model_start);
  pace_.observe_step(step.answer_tokens, step.prompt_tokens, model);
  decide(step, *result);
  for (const Step::Part& p : step.parts)
    if (p.logits > 0) answers_.at(p.sequence->id)->tell_step();
  count(step, *result);
  model += guess(step);
  for (Decision& d : decisions_) d.answer->had_share(seconds_since(start) / static_cast<double>(decisions_.size()));
  commit(step);
  std::lock_guard lock(mutex_);
  statistics_.seconds_model += model;
  statistics_.seconds_overhead += seconds_since(start) - model;
}

const StepResult* Loop::run(const Step& step) {
  parts_.clear();
  for (const Step::Part& p : step.parts) {
    parts_.push_back({p.sequence->tokens, p.sequence->prompt, p.begin, p.end, p.sequence->blocks, p.logits});
    answers_.at(p.sequence->id)->started();
  }
  try {
    return &runner_.run(parts_);
  } catch (const std::exception& e) {
    std::vector<uint64_t> ids;
    for (const Step::Part& p : step.parts) ids.push_back(p.sequence->id);
    for (uint64_t id : ids) {
      Answering& answer = *answers_.at(id);
      answer.finish(Finish::failed, e.what());
      end(answer);
    }
    return nullptr;
  }
}

void Loop::decide(const Step& step, const StepResult& result) {
  decisions_.clear();
  observed_.clear();
  new_prompt_tokens_ = new_cached_tokens_ = 0;
  auto vocabulary = static_cast<size_t>(runner_.geometry().vocabulary);
  int64_t token = 0;
  size_t row = 0;
  for (const Step::Part& p : step.parts) {
    Decision d{answers_.at(p.sequence->id).get(), {p.end - p.begin, {}, -1}, -1};
    token += p.end - p.begin;
    if (p.logits > 0) {
      if (d.answer->prompt_done(p.sequence->cached)) {
        new_prompt_tokens_ += p.sequence->prompt;
        new_cached_tokens_ += p.sequence->cached;
      }
      auto rows = static_cast<size_t>(p.logits);
      int64_t guess = p.logits > 1 ? p.sequence->tokens.back() : -1;
      d.outcome.decided = d.answer->decide({result.logits.subspan(row * vocabulary, rows * vocabulary), p.logits,
                                            token - p.logits, guess, result.routing},
                                           room_);
      d.outcome.kept -= p.logits > 1 && (d.outcome.decided.empty() || d.outcome.decided[0] != guess);
      row += rows;
    }
    decisions_.push_back(d);
  }
}

// The drafter sees what stands of the step, then guesses for the answers that go on. Who is passed over once, because
// guesses did not pay, has a gap behind which they would be poor: it is left alone from then on. Seconds in the
// drafter.
double Loop::guess(const Step& step) {
  if (!drafter_) return 0;
  bool pays = speculation_ == EngineOptions::Speculation::always || pace_.guesses_pay(scheduler_.running());
  int64_t guesses = 0, others = 0;
  for (size_t i = 0; i < step.parts.size(); ++i) {
    const Step::Part& p = step.parts[i];
    Decision& d = decisions_[i];
    if (!pays) d.answer->pass_over();
    if (d.answer->finish() || d.answer->passed_over()) continue;
    bool wanted = p.logits > 0 && d.answer->wants_guess();
    int64_t next = p.logits > 0 ? d.outcome.decided.back() : p.sequence->tokens[static_cast<size_t>(p.end)];
    if (wanted) d.observed = std::ssize(observed_);
    observed_.push_back(
        {static_cast<int64_t>(i), d.outcome.kept, next, wanted ? Observed::Guess::wanted : Observed::Guess::none});
    guesses += wanted;
    others += d.outcome.kept - wanted;
  }
  if (observed_.empty()) return 0;
  Clock::time_point start = Clock::now();
  drafter_->observe(observed_);
  double seconds = seconds_since(start);
  pace_.observe_drafter(guesses, others, seconds);
  for (Decision& d : decisions_)
    if (d.observed >= 0) d.outcome.guess = d.answer->guess(drafter_->propose(static_cast<size_t>(d.observed)), room_);
  return seconds;
}

void Loop::commit(const Step& step) {
  for (size_t i = 0; i < step.parts.size(); ++i) scheduler_.commit(step.parts[i], decisions_[i].outcome);
  for (const Decision& d : decisions_)
    if (d.answer->finish()) end(*d.answer);
}

void Loop::count(const Step& step, const StepResult& result) {
  std::lock_guard lock(mutex_);
  EngineStatistics& s = statistics_;
  ++s.steps;
  s.running = scheduler_.running();
  s.waiting = scheduler_.waiting();
  s.preemptions = scheduler_.preemptions();
  s.cache_blocks_used = scheduler_.pool().used();
  s.prompt_tokens += new_prompt_tokens_;
  s.cached_tokens += new_cached_tokens_;
  int64_t accepted = 0;
  for (size_t i = 0; i < step.parts.size(); ++i) {
    const Step::Part& p = step.parts[i];
    s.answer_tokens += std::ssize(decisions_[i].outcome.decided);
    accepted += p.logits > 1 && decisions_[i].outcome.kept == p.end - p.begin;
  }
  s.drafted_tokens += step.guesses;
  s.accepted_tokens += accepted;
  pace_.observe_guesses(step.guesses, accepted);
  s.expert_load.resize(result.routing.size());
  for (size_t l = 0; l < result.routing.size(); ++l) {
    auto& load = s.expert_load[l];
    load.resize(static_cast<size_t>(result.routing[l].experts));
    for (int64_t e : result.routing[l].indices) ++load[static_cast<size_t>(e)];
  }
}

EngineStatistics Loop::statistics() const {
  std::lock_guard lock(mutex_);
  return statistics_;
}

}  // namespace octet::infer
