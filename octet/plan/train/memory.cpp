#include "octet/plan/train/memory.h"

#include "octet/base/units.h"

namespace octet::plan {

namespace {

constexpr double context_bytes = 1.5 * gib;       // driver, libraries and kernels' code: an assumption
constexpr double collective_buffers = 0.5 * gib;  // an assumption

double exchange_buffers(const MemoryShape& shape) {
  bool experts = false;
  for (const auto& kind : shape.model.kinds) experts = experts || kind.experts;
  if (!experts || shape.share.expert.ranks <= 1) return 0;
  // Send and receive buffers of one dispatch and one combine, tokens in bf16 for every domain they may go to.
  return 4 * shape.share.tokens / shape.share.tp * shape.model.hidden * 2;
}

// The most that is kept between forwards and backwards: a forward keeps its stage's bytes until the whole backward is
// done.
double activations(const MemoryShape& shape, int rank) {
  double live = 0, peak = 0;
  auto bytes = [&](int stage) { return shape.stages.stages[static_cast<size_t>(stage)].kept; };
  for (const Op& op : shape.schedule.order[static_cast<size_t>(rank)]) {
    if (op.kind == Kind::forward || op.kind == Kind::overlapped) live += bytes(op.stage);
    peak = std::max(peak, live);
    if (op.kind == Kind::backward || op.kind == Kind::weight) live -= bytes(op.stage);
    if (op.kind == Kind::overlapped) live -= bytes(op.stage_back);
  }
  return peak;
}

double working(const MemoryShape& shape, const std::vector<int>& stages) {
  double most = 0;
  for (int stage : stages)
    for (int i : shape.stages.stages[static_cast<size_t>(stage)].items) {
      const Item& item = shape.stages.items[static_cast<size_t>(i)];
      double bytes = 0;
      if (item.kind >= 0) bytes = working_bytes(shape.model.kinds[static_cast<size_t>(item.kind)], shape.share);
      // Logits in bf16 and their softmax in fp32, which its gradient overwrites.
      if (item.what == Item::What::head || item.what == Item::What::mtp)
        bytes = std::max(bytes, shape.model.vocab * shape.share.tokens / shape.share.tp * (2 + 4));
      most = std::max(most, bytes);
    }
  return most;
}

}  // namespace

std::vector<int> stages_on(const Schedule& schedule, int rank) {
  std::vector<int> out;
  for (const auto& path : schedule.rank_of)
    for (size_t stage = 0; stage < path.size(); ++stage)
      if (path[stage] == rank) out.push_back(static_cast<int>(stage));
  return out;
}

Memory memory_of(const MemoryShape& shape, int rank) {
  Memory out;
  out.rank = rank;
  auto mine = stages_on(shape.schedule, rank);
  double shared = 0, experts = 0, fp8 = 0;
  for (int s : mine) {
    const Stage& stage = shape.stages.stages[static_cast<size_t>(s)];
    shared += stage.shared_weights, experts += stage.expert_weights, fp8 += stage.fp8_weights;
  }
  double owned = shared / shape.shared_replicas + experts / shape.expert_replicas;
  out.weights = 2 * (shared + experts);
  out.fp8_copies = shape.share.fp8 ? fp8 : 0;
  out.gradients = 4 * (shared + experts);
  out.master = 4 * owned;
  out.moments = (shape.share.fp8 ? 2 + 2 : 4 + 4) * owned;
  out.activations = activations(shape, rank);
  out.working = working(shape, mine);
  out.buffers = context_bytes + collective_buffers + exchange_buffers(shape);
  return out;
}

std::vector<Memory> memory_of_ranks(const MemoryShape& shape) {
  std::vector<Memory> out;
  for (int rank = 0; rank < shape.schedule.ranks; ++rank) out.push_back(memory_of(shape, rank));
  return out;
}

const Memory& fullest(const std::vector<Memory>& ranks) {
  return *std::max_element(ranks.begin(), ranks.end(),
                           [](const Memory& a, const Memory& b) { return a.total() < b.total(); });
}

}  // namespace octet::plan
