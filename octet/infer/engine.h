// Continuous batching: one thread owns the runner (model and cache) and answers many requests at once. They join and
// leave at every step.
//
//   while (auto batch = scheduler.next()) scheduler.commit(runner.run(batch));
#pragma once
#include <atomic>
#include <functional>
#include <memory>

#include "octet/infer/request.h"
#include "octet/infer/runner.h"

namespace octet::infer {

struct EngineOptions {
  int64_t max_batch = 64;         // sequences that run at once
  int64_t max_step_tokens = 512;  // tokens of one step, decoding and a chunk of prefill together
  int64_t max_queue = 1024;       // requests that wait; beyond it submit() refuses
  // mtp: where the model has a module, and while it pays. always: whether it pays or not, for tests and measurements.
  enum class Speculation { off, mtp, always } speculation = Speculation::mtp;
};

// What the engine has done so far and is doing now; a copy, taken between two steps.
struct EngineStatistics {
  int64_t running = 0, waiting = 0;
  int64_t steps = 0, prompt_tokens = 0, answer_tokens = 0, preemptions = 0;  // prompts: those that were read whole
  int64_t cached_tokens = 0;                                                 // of prompt_tokens: found in the cache
  int64_t drafted_tokens = 0, accepted_tokens = 0;
  int64_t cache_blocks = 0, cache_blocks_used = 0;  // used: by requests that run (kept prefixes can be evicted)
  int64_t cache_bytes_per_token = 0;
  double seconds_model = 0, seconds_overhead = 0;  // of the steps: in the runner; in everything else
  std::vector<std::vector<int64_t>> expert_load;   // by layer with routed experts: times each expert was chosen
};

class Engine {
 public:
  Engine(std::unique_ptr<Runner> runner, EngineOptions options);
  ~Engine();  // cancels what runs and joins the thread

  using Id = uint64_t;
  enum class Refusal { none, queue_full, draining };
  struct Submitted {
    Id id = 0;
    Refusal refusal = Refusal::none;
  };
  // Any thread. Error{request} for what can never be answered: an empty prompt, an id outside the vocabulary, a prompt
  // that fills the context or the whole cache. The listener is kept until its end() has returned.
  Submitted submit(Request request, std::shared_ptr<Listener> listener);
  void cancel(Id id);  // any thread; an unknown or ended id is no error. The listener still gets its end()

  // Refuses new requests from now on and returns when the running ones have ended, or after `seconds`: false if some
  // had to be cancelled.
  bool drain(double seconds);

  EngineStatistics statistics() const;  // any thread
  int64_t context() const;              // tokens that a prompt and its answer may have together

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace octet::infer
