// The schedules with one stage after another: 1F1B, its interleaved form, and ZB1P with the weights' part set apart.
#include <algorithm>

#include "octet/base/error.h"
#include "octet/plan/schedule/schedule.h"

namespace octet::plan {

namespace {

Schedule line_up(const std::string& name, int ranks, int stages, int micro_batches) {
  check(ranks >= 1 && stages >= ranks && micro_batches >= 1, "a schedule needs ranks, stages and micro-batches");
  Schedule out;
  out.name = name;
  out.ranks = ranks;
  out.stages = stages;
  out.micro_batches = micro_batches;
  out.rank_of.resize(1);
  for (int stage = 0; stage < stages; ++stage) out.rank_of[0].push_back(stage % ranks);
  out.path_of.assign(static_cast<size_t>(micro_batches), 0);
  out.order.resize(static_cast<size_t>(ranks));
  return out;
}

// Interleaved: the k-th forward (or backward) of a rank. Micro-batches go in groups of `ranks`; a group passes all of a
// rank's chunks before the next group begins. The last group is filled up; what is not there is left out afterwards,
// which keeps the order of the rest valid.
std::vector<std::pair<int, int>> chunk_order(int ranks, int chunks, int groups) {
  std::vector<std::pair<int, int>> out;  // (micro, chunk)
  for (int group = 0; group < groups; ++group)
    for (int chunk = 0; chunk < chunks; ++chunk)
      for (int i = 0; i < ranks; ++i) out.push_back({group * ranks + i, chunk});
  return out;
}

}  // namespace

Schedule one_f_one_b(int ranks, int micro_batches) {
  Schedule out = line_up("1f1b", ranks, ranks, micro_batches);
  for (int rank = 0; rank < ranks; ++rank) {
    auto& order = out.order[static_cast<size_t>(rank)];
    int warm_up = std::min(micro_batches, ranks - 1 - rank);
    for (int i = 0; i < warm_up; ++i) order.push_back({Kind::forward, i, rank});
    for (int i = 0; i < micro_batches; ++i) {
      if (warm_up + i < micro_batches) order.push_back({Kind::forward, warm_up + i, rank});
      order.push_back({Kind::backward, i, rank});
    }
  }
  return out;
}

Schedule interleaved(int ranks, int chunks, int micro_batches) {
  Schedule out = line_up("interleaved", ranks, ranks * chunks, micro_batches);
  auto sequence = chunk_order(ranks, chunks, (micro_batches + ranks - 1) / ranks);
  int total = static_cast<int>(sequence.size());
  for (int rank = 0; rank < ranks; ++rank) {
    auto& order = out.order[static_cast<size_t>(rank)];
    auto add = [&](Kind kind, int micro, int chunk) {
      if (micro < micro_batches) order.push_back({kind, micro, chunk * ranks + rank});
    };
    auto forward = [&](int k) {
      auto [micro, chunk] = sequence[static_cast<size_t>(k)];
      add(Kind::forward, micro, chunk);
    };
    auto backward = [&](int k) {
      auto [micro, chunk] = sequence[static_cast<size_t>(k)];
      add(Kind::backward, micro, chunks - 1 - chunk);
    };
    int warm_up = std::min(total, (ranks - 1 - rank) * 2 + (chunks - 1) * ranks);
    if (chunks == 1) warm_up = std::min(total, ranks - 1 - rank);
    for (int k = 0; k < warm_up; ++k) forward(k);
    for (int k = 0; k < total; ++k) {
      if (warm_up + k < total) forward(warm_up + k);
      backward(k);
    }
  }
  return out;
}

// As 1F1B, and rank r sets r weight parts aside: each rank then holds what the first one must hold anyway, and the
// parts set aside fill the end, where 1F1B waits.
Schedule zb1p(int ranks, int micro_batches) {
  Schedule out = line_up("zb1p", ranks, ranks, micro_batches);
  for (int rank = 0; rank < ranks; ++rank) {
    auto& order = out.order[static_cast<size_t>(rank)];
    int forwards = std::min(micro_batches, ranks - 1 - rank), weights = 0;
    for (int i = 0; i < forwards; ++i) order.push_back({Kind::forward, i, rank});
    for (int i = 0; i < micro_batches; ++i) {
      if (forwards < micro_batches) order.push_back({Kind::forward, forwards++, rank});
      order.push_back({Kind::backward_input, i, rank});
      if (i + 1 - weights > rank) order.push_back({Kind::weight, weights++, rank});
    }
    while (weights < micro_batches) order.push_back({Kind::weight, weights++, rank});
  }
  return out;
}

}  // namespace octet::plan
