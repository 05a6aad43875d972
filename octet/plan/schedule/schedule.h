// A pipeline schedule as data: for each rank the list of what it does, in order.
//
// A micro-batch passes the stages 0..stages-1 forward and back again. `path` says which rank holds a stage for it: with
// DualPipe half of the micro-batches enter at the other end. Names as in the literature: F forward, B backward for
// inputs, W backward for weights, F&B a forward and a backward that overlap (DeepSeek-V3 report, section 3.2.1).
//
//   name         ranks : stages   bubble (PP stages; F, B whole backward, W)         source
//   1f1b         PP : PP          (PP-1)(F+B)                                        Narayanan et al. 2021
//   interleaved  PP : PP*vp       (PP-1)(F+B)/vp                                     Narayanan et al. 2021
//   zb1p         PP : PP          (PP-1)(F+B-2W)                                     Qi et al. 2023
//   dualpipe     PP : PP          (PP/2-1)(F&B+B-3W), two stages a rank              DeepSeek-V3 report
//   dualpipev    PP/2 : PP        (PP/2-1)(F&B+B-3W), two stages a rank, V-shaped    DualPipe repository
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace octet::plan {

enum class Kind : uint8_t {
  forward,
  backward,        // inputs and weights
  backward_input,  // inputs only; the weights' part follows as `weight`
  weight,
  overlapped,  // a forward of (micro, stage) beside a whole backward of (micro_back, stage_back)
};

struct Op {
  Kind kind;
  int32_t micro = 0, stage = 0;
  int32_t micro_back = -1, stage_back = -1;  // of overlapped
};

struct Schedule {
  std::string name;
  int ranks = 0, stages = 0, micro_batches = 0;
  int paths = 1;                          // 2: the second path's stages lie mirrored (DualPipe)
  std::vector<std::vector<int>> rank_of;  // [path][stage]
  std::vector<int> path_of;               // [micro]
  std::vector<std::vector<Op>> order;     // [rank]

  int rank(int micro, int stage) const { return rank_of[path_of[micro]][stage]; }
  int stages_a_rank() const { return stages * paths / ranks; }
};

// Each throws Error{usage} for a shape that the schedule does not have (DualPipe: an even number of ranks).
Schedule one_f_one_b(int ranks, int micro_batches);
Schedule interleaved(int ranks, int chunks, int micro_batches);  // chunks: stages a rank
Schedule zb1p(int ranks, int micro_batches);
Schedule dualpipe(int ranks, int micro_batches);
Schedule dualpipev(int ranks, int micro_batches);

// By name; vp is `interleaved`'s and must be 1 for the others.
Schedule make_schedule(const std::string& name, int ranks, int vp, int micro_batches);
const std::vector<std::string>& schedule_names();

// Micro-batches after which a schedule repeats: adding this many adds the same time once it runs steadily.
int period(const Schedule& schedule);

// Forwards whose backward is not yet done, the most that a rank holds at once, in stages: activations to keep.
// A deferred W keeps its activation until it is done.
std::vector<int> peak_live(const Schedule& schedule);

}  // namespace octet::plan
