// DualPipe and DualPipeV: two streams of micro-batches cross on every rank, so that one's forward overlaps the other's
// backward (DeepSeek-V3 report, section 3.2.1 and figure 5).
//
// Both are the same eight phases over two streams, 0 and 1:
//   DualPipe   stream 0 enters at the first rank and stream 1 at the last; each has half of the micro-batches.
//   DualPipeV  every micro-batch goes down the ranks (stream 0) and up again (stream 1): twice as many stages.
#include <algorithm>
#include <deque>

#include "octet/base/error.h"
#include "octet/plan/schedule/schedule.h"

namespace octet::plan {

namespace {

// One rank's list under construction. Micro-batches that are not there (`present` short of a full schedule) leave out
// their ops; an overlapped pair with one side missing becomes the other side alone. Leaving out whole micro-batches
// keeps every remaining order valid.
class Lane {
 public:
  struct Stream {
    int first, present, stage;  // micro-batches first..first+present-1 at this stage
    int forwards = 0, backwards = 0;
  };
  Lane(Stream zero, Stream one) : streams_{zero, one} {}

  void forward(int s) {
    if (auto micro = next_forward(s); micro >= 0) ops_.push_back({Kind::forward, micro, streams_[s].stage});
  }
  void backward(int s) {
    if (auto micro = next_backward(s); micro >= 0) ops_.push_back({Kind::backward, micro, streams_[s].stage});
  }
  void backward_input(int s) {
    int micro = next_backward(s);
    aside_.push_back({Kind::weight, micro, streams_[s].stage});
    if (micro >= 0) ops_.push_back({Kind::backward_input, micro, streams_[s].stage});
  }
  void weight() {
    check(!aside_.empty(), "a weight part before its backward");
    if (aside_.front().micro >= 0) ops_.push_back(aside_.front());
    aside_.pop_front();
  }
  void overlapped(int s, int t) {
    int ahead = next_forward(s), back = next_backward(t);
    if (ahead >= 0 && back >= 0)
      ops_.push_back({Kind::overlapped, ahead, streams_[s].stage, back, streams_[t].stage});
    else if (ahead >= 0)
      ops_.push_back({Kind::forward, ahead, streams_[s].stage});
    else if (back >= 0)
      ops_.push_back({Kind::backward, back, streams_[t].stage});
  }
  std::vector<Op> take() { return std::move(ops_); }

 private:
  Stream streams_[2];
  std::vector<Op> ops_;
  std::deque<Op> aside_;

  int next_forward(int s) { return number(streams_[s], streams_[s].forwards++); }
  int next_backward(int s) { return number(streams_[s], streams_[s].backwards++); }
  static int number(const Stream& stream, int k) { return k < stream.present ? stream.first + k : -1; }
};

// `place` 0 is the outermost of `places` ranks that see a stream pass, `each` the micro-batches of a stream (a full
// schedule's: at least 2 * places).
std::vector<Op> eight_phases(Lane lane, int place, int places, int each) {
  int outer = places - 1 - place;
  bool innermost = outer == 0;
  for (int i = 0; i < 2 * outer; ++i) lane.forward(0);
  for (int i = 0; i < place + 1; ++i) lane.forward(0), lane.forward(1);
  for (int i = 0; i < outer; ++i) lane.backward_input(1), lane.weight(), lane.forward(1);
  for (int i = 0; i < each - 2 * places + place + 1; ++i) {
    // The very first pair of the innermost ranks does not overlap, so that the backward leaves sooner.
    if (i == 0 && innermost)
      lane.forward(0), lane.backward(1);
    else
      lane.overlapped(0, 1);
    lane.overlapped(1, 0);
  }
  for (int i = 0; i < outer; ++i) lane.backward(1), lane.overlapped(1, 0);
  // From the middle of this phase on, the weights' parts are kept for the end.
  int step = 0, half = place + 1;
  for (int i = 0; i < place + 1; ++i)
    for (int stream : {1, 0}) step++ < half ? lane.backward(stream) : lane.backward_input(stream);
  for (int i = 0; i < outer; ++i) lane.weight(), lane.backward_input(0);
  for (int i = 0; i < place + 1; ++i) lane.weight();
  return lane.take();
}

}  // namespace

Schedule dualpipe(int ranks, int micro_batches) {
  if (ranks < 2 || ranks % 2)
    throw Error(ErrorKind::usage,
                fmt::format("--schedule dualpipe: expected an even pp of at least 2, found pp={}", ranks),
                "change pp or take another schedule");
  check(micro_batches >= 1, "a schedule needs micro-batches");
  Schedule out{.name = "dualpipe",
               .ranks = ranks,
               .stages = ranks,
               .micro_batches = micro_batches,
               .paths = 2,
               .rank_of = {},
               .path_of = {},
               .order = {}};
  out.rank_of.resize(2);
  for (int stage = 0; stage < ranks; ++stage) {
    out.rank_of[0].push_back(stage);
    out.rank_of[1].push_back(ranks - 1 - stage);
  }
  int down = (micro_batches + 1) / 2;
  for (int micro = 0; micro < micro_batches; ++micro) out.path_of.push_back(micro < down ? 0 : 1);
  int places = ranks / 2, each = std::max(down, 2 * places);
  for (int rank = 0; rank < ranks; ++rank) {
    Lane::Stream from_top{0, down, rank}, from_bottom{down, micro_batches - down, ranks - 1 - rank};
    bool upper = rank < places;
    Lane lane(upper ? from_top : from_bottom, upper ? from_bottom : from_top);
    out.order.push_back(eight_phases(std::move(lane), std::min(rank, ranks - 1 - rank), places, each));
  }
  return out;
}

Schedule dualpipev(int ranks, int micro_batches) {
  check(ranks >= 1 && micro_batches >= 1, "a schedule needs ranks and micro-batches");
  Schedule out{.name = "dualpipev",
               .ranks = ranks,
               .stages = 2 * ranks,
               .micro_batches = micro_batches,
               .paths = 1,
               .rank_of = {},
               .path_of = {},
               .order = {}};
  out.rank_of.resize(1);
  for (int stage = 0; stage < 2 * ranks; ++stage) out.rank_of[0].push_back(std::min(stage, 2 * ranks - 1 - stage));
  out.path_of.assign(static_cast<size_t>(micro_batches), 0);
  for (int rank = 0; rank < ranks; ++rank) {
    Lane lane({0, micro_batches, rank}, {0, micro_batches, 2 * ranks - 1 - rank});
    out.order.push_back(eight_phases(std::move(lane), rank, ranks, std::max(micro_batches, 2 * ranks)));
  }
  return out;
}

}  // namespace octet::plan
