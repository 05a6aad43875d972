// The scheduler's plan for one step.
#include <algorithm>

#include "octet/infer/client.h"

namespace octet::infer {

Step Scheduler::next(int64_t prompt_tokens) {
  Step step;
  for (auto& [_, s] : running_) s->part = -1;
  plan_answers(step);
  int64_t room = options_.max_step_tokens - step.answer_tokens;
  if (!step.parts.empty()) room = std::min(room, prompt_tokens);
  admit(room);
  plan_prompts(step, room);
  return step;
}

void Scheduler::plan_answers(Step& step) {
  int64_t answers = 0;
  std::vector<Sequence*> order;
  for (auto& [_, s] : running_)
    if (s->stage == Sequence::Stage::answer) order.push_back(s), ++answers;
  int64_t guesses = (options_.max_step_tokens - answers) / 2;  // the other half of what is left is for prompts
  for (Sequence* s : order) {
    if (s->stage != Sequence::Stage::answer) continue;  // preempted for one before it
    bool with_guess = s->has_guess() && guesses > 0 &&
                      blocks_for(s->known + 1) - static_cast<int64_t>(s->blocks.size()) <= pool_.available();
    if (!with_guess) s->tokens.resize(static_cast<size_t>(s->known));
    int64_t count = with_guess ? 2 : 1;
    if (!reach(*s, s->computed + count)) {
      preempt(*s);
      continue;
    }
    s->part = static_cast<int64_t>(step.parts.size());
    step.parts.push_back({s, s->computed, s->computed + count, count});
    step.answer_tokens += count;
    step.guesses += with_guess;
    guesses -= with_guess;
  }
}

// The client whose turn it is to get a place: among those that wait and do not have prompts enough to fill a step.
Client* Scheduler::next_client(int64_t room) const {
  Client* best = nullptr;
  for (auto& [_, client] : clients_) {
    Client* c = client.get();
    if (c->waiting.empty() || c->backlog() >= room) continue;
    if (!best || std::pair(c->running, c->stamp) < std::pair(best->running, best->stamp)) best = c;
  }
  return best;
}

void Scheduler::admit(int64_t room) {
  while (room > 0 && waiting_ > 0 && running() < options_.max_batch) {
    Client* client = next_client(room);
    if (!client) return;
    Sequence& s = *client->waiting.begin()->second;
    if (!fits(s)) return;
    client->waiting.erase(s.id);
    --waiting_;
    client->prompts[s.id] = &s;
    ++client->running;
    client->stamp = ++stamps_;
    running_[s.id] = &s;
    s.stage = Sequence::Stage::prompt;
    if (!client->in_turns) turns_.push_back(client);
    client->in_turns = true;
  }
}

// Whether a waiting sequence can be computed as far as it is known without taking what is promised to others: the rest
// of their prompts, and a block more for each running one. Holds the prefix that was found if so.
bool Scheduler::fits(Sequence& s) {
  int64_t promised = running();
  for (auto& [_, r] : running_) promised += std::max<int64_t>(0, blocks_for(r->known) - std::ssize(r->blocks));
  find_prefix(s);
  bool fits = blocks_for(s.known + 1) - std::ssize(s.blocks) + promised <= pool_.available();
  if (!fits) give_up_blocks(s);
  return fits;
}

void Scheduler::plan_prompts(Step& step, int64_t room) {
  size_t idle = 0;  // turns in a row in which nothing could be done
  while (room > 0 && idle < turns_.size()) {
    Client* client = turns_.front();
    if (!client->turn_began) client->deficit += quantum;
    client->turn_began = true;
    int64_t taken = take_turn(step, *client, room);
    room -= taken;
    idle = taken > 0 ? 0 : idle + 1;
    if (room == 0 && client->deficit > 0) return;  // its turn goes on in the next step
    client->turn_began = false;
    turns_.pop_front();
    if (client->prompts.empty()) {
      client->deficit = 0;
      client->in_turns = false;
    } else {
      if (taken == 0) client->deficit = 0;
      turns_.push_back(client);
    }
  }
}

// Tokens of the client's prompts that were added to the step.
int64_t Scheduler::take_turn(Step& step, Client& client, int64_t room) {
  int64_t taken = 0;
  std::vector<Sequence*> order;
  for (auto& [_, s] : client.prompts) order.push_back(s);
  for (Sequence* s : order) {
    if (client.deficit <= 0 || room <= taken) break;
    if (s->stage != Sequence::Stage::prompt) continue;
    int64_t count = compute(step, *s, std::min(client.deficit, room - taken));
    taken += count;
    client.deficit -= count;
  }
  return taken;
}

// Adds up to `count` tokens of a prompt to the step; how many it was.
int64_t Scheduler::compute(Step& step, Sequence& s, int64_t count) {
  if (s.part < 0) find_prefix(s);
  int64_t begin = s.part < 0 ? s.computed : step.parts[static_cast<size_t>(s.part)].end;
  count = std::min(count, s.known - begin);
  while (count > 0 && !reach(s, begin + count)) count = std::min(count - 1, std::ssize(s.blocks) * cache_block - begin);
  if (count <= 0) return 0;
  if (s.part < 0) {
    s.part = std::ssize(step.parts);
    step.parts.push_back({&s, begin, begin, 0});
  }
  Step::Part& part = step.parts[static_cast<size_t>(s.part)];
  part.end += count;
  part.logits = part.end == s.known;
  step.prompt_tokens += count;
  if (part.end == s.known) s.client->prompts.erase(s.id);
  return count;
}

}  // namespace octet::infer
