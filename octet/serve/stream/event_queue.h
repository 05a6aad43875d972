// An answer's events on their way from the engine's thread to the connection's. The engine never waits here: what a
// slow reader has not taken stays, and there are at most as many events as the answers have tokens.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <variant>

#include "octet/infer/request.h"
#include "octet/serve/metrics.h"

namespace octet::serve {

struct Event {
  size_t choice = 0;  // which of the request's answers
  std::variant<infer::TokenEvent, infer::EndEvent> what;
};

class EventQueue {
 public:
  void wake_with(std::function<void()> wake);  // called by ring(), once for all that are not taken yet
  void push(Event event);                      // wakes nobody
  void ring();
  bool pop(Event& event);

 private:
  std::mutex mutex_;
  std::deque<Event> events_;
  std::function<void()> wake_;
  bool told_ = false;  // that there is something
};

// Listens to one answer. Times are taken here, where a slow reader does not blur them.
class QueueListener : public infer::Listener {
 public:
  using Clock = std::chrono::steady_clock;
  QueueListener(std::shared_ptr<EventQueue> queue, size_t choice, Metrics& metrics, Clock::time_point received)
      : queue_(std::move(queue)), choice_(choice), metrics_(metrics), last_(received) {}
  void token(const infer::TokenEvent& event) override;
  void step_told() override { queue_->ring(); }
  void end(const infer::EndEvent& event) override;

 private:
  std::shared_ptr<EventQueue> queue_;
  size_t choice_;
  Metrics& metrics_;
  Clock::time_point last_;  // when the request, then the last token came
  bool begun_ = false;
};

}  // namespace octet::serve
