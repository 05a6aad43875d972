// What the engine's thread does, one step at a time; tests call it by hand.
#pragma once
#include <mutex>
#include <unordered_map>

#include "octet/infer/answering.h"
#include "octet/infer/drafter.h"
#include "octet/infer/engine.h"
#include "octet/infer/pace.h"
#include "octet/infer/scheduler.h"

namespace octet::infer {

class Loop {
 public:
  Loop(Runner& runner, const EngineOptions& options);

  void add(uint64_t id, Request request, std::shared_ptr<Listener> listener, Clock::time_point submitted);
  void cancel(uint64_t id);
  void end_all(Finish finish, const std::string& error);

  bool idle() const { return answers_.empty(); }
  // Schedules, runs, decides, tells, guesses. A runner that throws ends the answers of the step as failed.
  void step();

  int64_t context() const { return context_; }
  int64_t waiting() const { return scheduler_.waiting(); }
  int64_t running() const { return scheduler_.running(); }
  const Scheduler& scheduler() const { return scheduler_; }
  EngineStatistics statistics() const;  // any thread

 private:
  struct Decision {
    Answering* answer = nullptr;
    Outcome outcome;
    int64_t observed = -1;  // its number among observed_, if a guess is wanted
  };
  Runner& runner_;
  Drafter* drafter_;
  EngineOptions::Speculation speculation_;
  int64_t context_;
  Scheduler scheduler_;
  Pace pace_;
  SamplerRoom room_;
  std::unordered_map<uint64_t, std::unique_ptr<Answering>> answers_;
  std::vector<Part> parts_;
  std::vector<Decision> decisions_;
  std::vector<Observed> observed_;
  int64_t new_prompt_tokens_ = 0, new_cached_tokens_ = 0;  // of the prompts that the step completed
  mutable std::mutex mutex_;                               // of statistics_
  EngineStatistics statistics_;

  const StepResult* run(const Step& step);
  void decide(const Step& step, const StepResult& result);
  double guess(const Step& step);
  void commit(const Step& step);
  void count(const Step& step, const StepResult& result);
  void end(Answering& answer);
};

}  // namespace octet::infer
