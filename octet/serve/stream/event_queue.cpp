#include "octet/serve/stream/event_queue.h"

namespace octet::serve {

void EventQueue::wake_with(std::function<void()> wake) {
  std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (wake_ && !events_.empty()) wake_();
}

void EventQueue::push(Event event) {
  std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
}

void EventQueue::ring() {
  std::lock_guard lock(mutex_);
  if (!wake_ || told_ || events_.empty()) return;
  told_ = true;
  wake_();
}

bool EventQueue::pop(Event& event) {
  std::lock_guard lock(mutex_);
  told_ = false;
  if (events_.empty()) return false;
  event = std::move(events_.front());
  events_.pop_front();
  return true;
}

void QueueListener::token(const infer::TokenEvent& event) {
  auto now = Clock::now();
  double seconds = std::chrono::duration<double>(now - last_).count();
  if (begun_)
    metrics_.next_token(seconds);
  else
    metrics_.first_token(seconds);
  begun_ = true;
  last_ = now;
  queue_->push({choice_, event});
}

void QueueListener::end(const infer::EndEvent& event) {
  queue_->push({choice_, event});
  queue_->ring();
}

}  // namespace octet::serve
