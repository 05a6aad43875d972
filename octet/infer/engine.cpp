#include "octet/infer/engine.h"

#include <condition_variable>
#include <thread>
#include <utility>

#include "octet/base/error.h"
#include "octet/infer/loop.h"

namespace octet::infer {

struct Engine::State {
  struct Arrival {
    uint64_t id;
    Request request;
    std::shared_ptr<Listener> listener;
    Clock::time_point time;
  };

  std::unique_ptr<Runner> runner;
  EngineOptions options;
  Geometry geometry;
  Loop loop;

  mutable std::mutex mutex;  // of what follows
  std::condition_variable news, ended;
  std::vector<Arrival> arrivals;
  std::vector<uint64_t> cancels;
  bool cancel_all = false, draining = false, stopping = false;
  uint64_t last_id = 0;
  int64_t waiting = 0, running = 0;  // of the loop, as of its last step
  bool busy = false;                 // the loop has answers

  std::thread thread;

  State(std::unique_ptr<Runner> r, EngineOptions o)
      : runner(std::move(r)), options(o), geometry(runner->geometry()), loop(*runner, options) {}

  void work();
  bool take_news();
  void check_request(const Request& request) const;
};

namespace {

[[noreturn]] void refuse(std::string sentence, std::string hint = "") {
  throw Error(ErrorKind::request, std::move(sentence), std::move(hint));
}

}  // namespace

void Engine::State::check_request(const Request& request) const {
  if (request.prompt.empty()) refuse("the prompt is empty: expected at least one token");
  for (int64_t t : request.prompt)
    if (t < 0 || t >= geometry.vocabulary)
      refuse(fmt::format("token {} is outside the vocabulary: expected ids from 0 to {}", t, geometry.vocabulary - 1));
  if (std::ssize(request.prompt) >= loop.context())
    refuse(fmt::format("the prompt has {} tokens and the context holds {}", request.prompt.size(), loop.context()),
           "shorten the prompt");
  if (request.max_tokens < 1) refuse(fmt::format("max_tokens: expected 1 or more, found {}", request.max_tokens));
  if (request.alternatives < 0 || request.alternatives > 20)
    refuse(fmt::format("alternatives: expected 0 to 20, found {}", request.alternatives));
  validate(request.sampling);
}

// Hands arrivals and cancellations to the loop, waiting for some if it has nothing to do. False: the end.
bool Engine::State::take_news() {
  std::vector<Arrival> come;
  std::vector<uint64_t> go;
  bool all;
  {
    std::unique_lock lock(mutex);
    waiting = loop.waiting();
    running = loop.running();
    busy = !loop.idle();
    if (!busy && arrivals.empty()) ended.notify_all();
    news.wait(lock, [&] { return busy || !arrivals.empty() || !cancels.empty() || cancel_all || stopping; });
    come.swap(arrivals);
    go.swap(cancels);
    all = std::exchange(cancel_all, false) || stopping;
    busy = busy || !come.empty();
    waiting += std::ssize(come);
    if (stopping && !busy) return false;
  }
  for (Arrival& a : come) loop.add(a.id, std::move(a.request), std::move(a.listener), a.time);
  for (uint64_t id : go) loop.cancel(id);
  if (all) loop.end_all(Finish::cancelled, "");
  return true;
}

void Engine::State::work() {
  while (take_news()) {
    try {
      loop.step();
    } catch (const std::exception& e) {
      loop.end_all(Finish::failed, e.what());
    }
  }
}

Engine::Engine(std::unique_ptr<Runner> runner, EngineOptions options)
    : state_(std::make_unique<State>(std::move(runner), options)) {
  state_->thread = std::thread([this] { state_->work(); });
}

Engine::~Engine() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = state_->draining = true;
  }
  state_->news.notify_all();
  state_->thread.join();
}

Engine::Submitted Engine::submit(Request request, std::shared_ptr<Listener> listener) {
  State& s = *state_;
  s.check_request(request);
  Submitted out;
  {
    std::lock_guard lock(s.mutex);
    if (s.draining) return {0, Refusal::draining};
    int64_t places = std::max<int64_t>(0, s.options.max_batch - s.running);
    if (s.waiting + std::ssize(s.arrivals) >= s.options.max_queue + places) return {0, Refusal::queue_full};
    out.id = ++s.last_id;
    s.arrivals.push_back({out.id, std::move(request), std::move(listener), Clock::now()});
  }
  s.news.notify_all();
  return out;
}

void Engine::cancel(Id id) {
  {
    std::lock_guard lock(state_->mutex);
    state_->cancels.push_back(id);
  }
  state_->news.notify_all();
}

bool Engine::drain(double seconds) {
  State& s = *state_;
  std::unique_lock lock(s.mutex);
  s.draining = true;
  auto done = [&] { return !s.busy && s.arrivals.empty(); };
  if (s.ended.wait_for(lock, std::chrono::duration<double>(seconds), done)) return true;
  s.cancel_all = true;
  s.news.notify_all();
  s.ended.wait(lock, done);
  return false;
}

EngineStatistics Engine::statistics() const {
  EngineStatistics statistics = state_->loop.statistics();
  std::lock_guard lock(state_->mutex);
  statistics.waiting = state_->waiting + std::ssize(state_->arrivals);
  return statistics;
}

int64_t Engine::context() const { return state_->loop.context(); }

}  // namespace octet::infer
