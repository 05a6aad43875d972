// A client as the scheduler sees it. Of scheduler.cpp and schedule.cpp alone.
#pragma once
#include "octet/infer/scheduler.h"

namespace octet::infer {

struct Client {
  std::string name;
  std::map<uint64_t, Sequence*> waiting, prompts;  // by arrival; prompts: running, not yet answering
  int64_t running = 0;
  int64_t deficit = 0;  // prompt tokens it may still take in this turn
  bool in_turns = false, turn_began = false;
  uint64_t stamp = 0;  // rises with each client that comes and each admission: when it last got what it waited for

  int64_t backlog() const {
    int64_t sum = 0;
    for (auto& [_, s] : prompts) sum += s->known - s->computed;
    return sum;
  }
};

inline int64_t blocks_for(int64_t tokens) { return (tokens + cache_block - 1) / cache_block; }

}  // namespace octet::infer
