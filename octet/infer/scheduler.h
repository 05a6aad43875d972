// Which tokens are computed in the next step: a pure function from state to batch. No clock, no thread, no model: the
// same calls give the same steps.
//
//   Step step = scheduler.next(limit);        // who computes what; admits from the queue, preempts where memory ends
//   ... run it ...
//   scheduler.commit(step.parts[i], outcome)  // for each part
//
// Rules, in this order:
// 1. Every running answer gets its next token in every step, and its guess behind it where there is room.
// 2. What is left of the step goes to prompts, in chunks. Clients take turns (deficit round robin, Shreedhar and
//    Varghese, 1995: `quantum` tokens a turn); within a client, who came first.
// 3. From the queue, a place in the batch goes to the client with the fewest places, then to who waited longest for
//    one; within a client, who came first. Nobody is admitted whose prompt does not fit beside what is promised to
//    others, and nobody overtakes who waits for room.
// 4. If a running answer needs a block and none is left, the one that came last gives up all of its own and waits to be
//    computed again; what it said stays said. So who came first always goes on, and everyone ends.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "octet/infer/block_pool.h"

namespace octet::infer {

struct SchedulerOptions {
  int64_t blocks = 0;             // of the cache
  int64_t max_batch = 64;         // sequences that run at once
  int64_t max_step_tokens = 512;  // at least max_batch
};

// What the scheduler knows of a request.
struct Sequence {
  uint64_t id = 0;                // rising with arrival
  std::vector<int64_t> tokens;    // prompt and answer so far, and a guess at the end
  int64_t prompt = 0, known = 0;  // of tokens: the prompt's; those that are certain
  int64_t computed = 0;           // of tokens: in the cache
  int64_t cached = 0;             // of the prompt: found in the cache when it was first computed
  std::vector<int64_t> blocks;    // reach as far as `computed` and what the step adds
  bool has_guess() const { return static_cast<int64_t>(tokens.size()) > known; }

 private:
  friend class Scheduler;
  enum class Stage { waiting, prompt, answer } stage = Stage::waiting;
  struct Client* client = nullptr;
  int64_t published = 0;  // of blocks
  Chain chain = 0;        // of the published ones
  int64_t part = -1;      // its place in the step being planned
  bool preempted = false;
};

struct Step {
  struct Part {
    const Sequence* sequence = nullptr;
    int64_t begin = 0, end = 0;  // the tokens computed
    int64_t logits = 0;          // of the last so many: 0 within a prompt, 1, or 2 with a guess
  };
  std::vector<Part> parts;                                    // running answers first
  int64_t answer_tokens = 0, prompt_tokens = 0, guesses = 0;  // computed; guesses are among the answers'
};

// What came of a part. `kept`: its computed tokens that stand (all but a rejected guess). `decided`: what was drawn
// from its logits. `guess`: for the token after those, -1 for none.
struct Outcome {
  int64_t kept = 0;
  std::span<const int64_t> decided;
  int64_t guess = -1;
};

struct Client;

class Scheduler {
 public:
  static constexpr int64_t quantum = 4 * cache_block;

  explicit Scheduler(SchedulerOptions options);
  ~Scheduler();

  void add(uint64_t id, const std::string& client, std::vector<int64_t> prompt);  // ids rise
  void end(uint64_t id);  // whether it waits or runs, but not while a step is out; unknown ids are none's loss

  // `prompt_tokens`: the most that prompts may take beside running answers, so that those do not stall; when nobody
  // answers yet, only max_step_tokens counts.
  Step next(int64_t prompt_tokens);
  void commit(const Step::Part& part, const Outcome& outcome);

  int64_t waiting() const { return waiting_; }
  int64_t running() const { return static_cast<int64_t>(running_.size()); }
  int64_t preemptions() const { return preemptions_; }
  const BlockPool& pool() const { return pool_; }

 private:
  SchedulerOptions options_;
  BlockPool pool_;
  std::unordered_map<uint64_t, std::unique_ptr<Sequence>> sequences_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
  std::map<uint64_t, Sequence*> running_;  // by arrival
  std::deque<Client*> turns_;              // clients with prompts to compute; the front one's turn it is
  int64_t waiting_ = 0, preemptions_ = 0;
  uint64_t stamps_ = 0;

  void plan_answers(Step& step);
  void admit(int64_t room);
  void plan_prompts(Step& step, int64_t room);
  int64_t take_turn(Step& step, Client& client, int64_t room);
  int64_t compute(Step& step, Sequence& s, int64_t count);
  bool fits(Sequence& s);
  bool reach(Sequence& s, int64_t end);
  void find_prefix(Sequence& s);
  void give_up_blocks(Sequence& s);
  void preempt(Sequence& s);
  Client* next_client(int64_t room) const;
  void forget_if_idle(Client* client);
};

}  // namespace octet::infer
