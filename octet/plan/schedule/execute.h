// Runs a schedule against costs: a deterministic discrete-event evaluation with one clock a rank.
//
// A rank does its ops in order; an op starts when the rank is free and what it needs has arrived (the forward of the
// stage before, the backward of the stage after). Sends do not occupy the sender.
#pragma once
#include <functional>
#include <vector>

#include "octet/plan/schedule/schedule.h"

namespace octet::plan {

struct Costs {
  std::vector<double> forward, backward_input, weight;  // [stage], seconds
  std::vector<double> overlapped;                       // [stage * stages + stage_back]; empty: the sum of the parts
  double send = 0;                                      // seconds from one rank to another
  std::vector<double> slowdown;                         // [rank], multiplies every op's time; empty: 1
  std::function<double(int rank, const Op& op)> own;    // if set, an op's seconds in place of all the above but send

  double of(int rank, const Op& op) const;
};

struct Event {
  int rank;
  Op op;
  double start, end;
};

struct Busy {  // seconds of one rank; `weight`: only where it was set apart from its backward
  double forward = 0, backward = 0, weight = 0, overlapped = 0;
  double sum() const { return forward + backward + weight + overlapped; }
};

struct Execution {
  double seconds = 0;  // until the last rank has finished
  std::vector<Busy> ranks;
  double critical_path = 0;   // the longest chain of needs, as if ranks were free; and no rank's own work undercut
  std::vector<Event> events;  // only if asked for
  double bubble(int rank) const { return seconds - ranks[static_cast<size_t>(rank)].sum(); }
};

enum class Record { totals, events };
Execution execute(const Schedule& schedule, const Costs& costs, Record record = Record::totals);

}  // namespace octet::plan
