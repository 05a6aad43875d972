// Who computes: a runner owns a model and its cache, and runs one step's batch. An interface, so that the engine, its
// scheduler and everything above them can be tested and measured without a model (mock_runner.h).
//
// The cache is cut into blocks of `block` tokens. Which block holds what is the scheduler's business; the runner
// writes where it is told and reads what it is told.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "octet/infer/request.h"

namespace octet::infer {

constexpr int64_t cache_block = 16;  // tokens

struct Geometry {
  int64_t vocabulary = 0;
  int64_t context = 0;          // the model's: tokens of one sequence
  int64_t blocks = 0;           // of the cache
  int64_t bytes_per_token = 0;  // of the cache, over all layers
};

// What one sequence has computed in a step.
struct Part {
  std::span<const int64_t> tokens;  // the whole sequence so far, a draft at its end too
  int64_t prompt = 0;               // the first so many of them are the prompt
  int64_t begin = 0;                // those before are in the cache; tokens[begin ..] up to
  int64_t end = 0;                  // here are computed now
  std::span<const int64_t> blocks;  // block i holds positions i * cache_block ..; reach as far as `end`
  int64_t logits = 0;               // of the last so many computed tokens, logits are wanted
  int64_t count() const { return end - begin; }
};

// What a layer's router decided for each token of a step, K experts a token, best first.
struct StepRouting {
  int64_t layer = 0, experts = 0, chosen = 0;  // layer: its index in the model; experts: it has; chosen: K
  std::span<const int64_t> indices;            // [tokens, K]
  std::span<const float> weights;              // [tokens, K], as multiplied into the experts' outputs
};

// A step's results. The tokens of all parts stand one after another, and so do the rows of logits. Valid until the next
// run().
struct StepResult {
  std::span<const float> logits;     // [rows, vocabulary]
  std::vector<StepRouting> routing;  // of each layer with routed experts, in order; none: not told
};

class Drafter;

class Runner {
 public:
  virtual ~Runner() = default;
  virtual const Geometry& geometry() const = 0;

  // One forward pass over all parts. A token's results are the same bits whatever else is in the step and however its
  // sequence was cut into steps. All calls come from one thread.
  virtual const StepResult& run(std::span<const Part> parts) = 0;

  virtual Drafter* drafter() { return nullptr; }  // none: nobody guesses
};

}  // namespace octet::infer
