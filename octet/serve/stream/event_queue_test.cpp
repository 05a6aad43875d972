#include "octet/serve/stream/event_queue.h"

#include <gtest/gtest.h>

namespace octet::serve {
namespace {

Event numbered(size_t choice) { return {choice, infer::TokenEvent{}}; }

TEST(EventQueue, RingsOnceForWhatIsNotTakenYet) {
  EventQueue queue;
  int woken = 0;
  queue.ring();  // nobody listens and nothing is there
  queue.wake_with([&] { ++woken; });
  queue.ring();
  EXPECT_EQ(woken, 0);
  for (size_t i = 0; i < 3; ++i) queue.push(numbered(i));
  EXPECT_EQ(woken, 0);  // a push wakes nobody
  queue.ring();
  queue.ring();
  EXPECT_EQ(woken, 1);
  Event event;
  for (size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(queue.pop(event));
    EXPECT_EQ(event.choice, i);
  }
  EXPECT_FALSE(queue.pop(event));
  queue.push(numbered(3));
  queue.ring();
  EXPECT_EQ(woken, 2);
}

TEST(EventQueue, WakesALateListenerForWhatIsThere) {
  EventQueue queue;
  queue.push(numbered(0));
  queue.ring();
  int woken = 0;
  queue.wake_with([&] { ++woken; });
  EXPECT_EQ(woken, 1);
  // What comes while the reader is at work wakes it again: nothing is left lying.
  Event event;
  EXPECT_TRUE(queue.pop(event));
  queue.push(numbered(1));
  queue.ring();
  EXPECT_EQ(woken, 2);
}

}  // namespace
}  // namespace octet::serve
