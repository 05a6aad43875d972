#include "octet/infer/scheduler.h"

#include <algorithm>

#include "octet/base/error.h"

namespace octet::infer {

struct Client {
  std::string name;
  std::map<uint64_t, Sequence*> waiting, prompts;  // by arrival; prompts: running, not yet answering
  int64_t running = 0;
  int64_t deficit = 0;         // prompt tokens it may still take in this turn
  bool in_turns = false, turn_began = false;
  uint64_t stamp = 0;  // rises with each client that comes and each admission: when it last got what it waited for

  int64_t backlog() const {
    int64_t sum = 0;
    for (auto& [_, s] : prompts) sum += s->known - s->computed;
    return sum;
  }
};

namespace {

int64_t blocks_for(int64_t tokens) { return (tokens + cache_block - 1) / cache_block; }

}  // namespace

Scheduler::Scheduler(SchedulerOptions options) : options_(options), pool_(options.blocks) {
  check(options.max_batch > 0 && options.max_step_tokens >= options.max_batch, "a step must hold a token a sequence");
}

Scheduler::~Scheduler() = default;

void Scheduler::add(uint64_t id, const std::string& name, std::vector<int64_t> prompt) {
  check(!prompt.empty() && blocks_for(static_cast<int64_t>(prompt.size()) + 1) <= pool_.total(),
        "a prompt that can never be computed");
  auto& client = clients_[name];
  if (!client) {
    client = std::make_unique<Client>();
    client->name = name;
    client->stamp = ++stamps_;
  }
  auto s = std::make_unique<Sequence>();
  s->id = id;
  s->prompt = s->known = static_cast<int64_t>(prompt.size());
  s->tokens = std::move(prompt);
  s->client = client.get();
  client->waiting[id] = s.get();
  ++waiting_;
  sequences_[id] = std::move(s);
}

void Scheduler::end(uint64_t id) {
  auto it = sequences_.find(id);
  if (it == sequences_.end()) return;
  Sequence& s = *it->second;
  Client* client = s.client;
  if (s.stage == Sequence::Stage::waiting) {
    client->waiting.erase(id);
    --waiting_;
  } else {
    give_up_blocks(s);
    client->prompts.erase(id);
    --client->running;
    running_.erase(id);
  }
  sequences_.erase(it);
  forget_if_idle(client);
}

void Scheduler::forget_if_idle(Client* client) {
  if (client->running > 0 || !client->waiting.empty()) return;
  std::erase(turns_, client);
  clients_.erase(clients_.find(client->name));
}

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

// Goes on with what the cache holds already. At least the last known token is computed: its logits are wanted.
void Scheduler::find_prefix(Sequence& s) {
  if (s.computed % cache_block != 0 || std::ssize(s.blocks) != s.computed / cache_block) return;
  while (s.computed + cache_block < s.known) {
    auto found = pool_.find(s.chain, std::span(s.tokens).subspan(static_cast<size_t>(s.computed), cache_block));
    if (!found) return;
    pool_.share(found->block);
    s.blocks.push_back(found->block);
    s.chain = found->chain;
    ++s.published;
    s.computed += cache_block;
    if (!s.preempted) s.cached = std::min(s.cached + cache_block, s.prompt);
  }
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
  while (count > 0 && !reach(s, begin + count))
    count = std::min(count - 1, std::ssize(s.blocks) * cache_block - begin);
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

// Gives `s` blocks up to `end`, preempting who came later if need be; false if nobody is left to be preempted. Who is in
// the step already is not: the step goes on with it.
bool Scheduler::reach(Sequence& s, int64_t end) {
  while (std::ssize(s.blocks) * cache_block < end) {
    int64_t block = pool_.take();
    if (block >= 0) {
      s.blocks.push_back(block);
      continue;
    }
    auto last = std::find_if(running_.rbegin(), running_.rend(),
                             [&](auto& r) { return r.first <= s.id || r.second->part < 0; });
    if (last == running_.rend() || last->first <= s.id) return false;
    preempt(*last->second);
  }
  return true;
}

void Scheduler::give_up_blocks(Sequence& s) {
  for (auto it = s.blocks.rbegin(); it != s.blocks.rend(); ++it) pool_.release(*it);
  s.blocks.clear();
  if (!s.preempted && s.stage == Sequence::Stage::waiting) s.cached = 0;
  s.computed = s.published = 0;
  s.chain = 0;
}

void Scheduler::preempt(Sequence& s) {
  s.preempted = true;
  give_up_blocks(s);
  s.tokens.resize(static_cast<size_t>(s.known));
  s.stage = Sequence::Stage::waiting;
  s.client->prompts.erase(s.id);
  s.client->waiting[s.id] = &s;
  --s.client->running;
  running_.erase(s.id);
  ++waiting_;
  ++preemptions_;
}

void Scheduler::commit(const Step::Part& part, const Outcome& outcome) {
  Sequence& s = *sequences_.at(part.sequence->id);
  s.computed = part.begin + outcome.kept;
  s.tokens.resize(static_cast<size_t>(s.known));
  s.tokens.insert(s.tokens.end(), outcome.decided.begin(), outcome.decided.end());
  s.known = std::ssize(s.tokens);
  while ((s.published + 1) * cache_block <= s.computed) {
    auto tokens = std::span(s.tokens).subspan(static_cast<size_t>(s.published * cache_block), cache_block);
    s.chain = pool_.publish(s.blocks[static_cast<size_t>(s.published)], s.chain, tokens);
    ++s.published;
  }
  if (!outcome.decided.empty()) s.stage = Sequence::Stage::answer;
  if (outcome.guess >= 0) s.tokens.push_back(outcome.guess);
}

}  // namespace octet::infer
