// Who is where: arrivals, ends, blocks and preemption, what came of a step. The planning is in schedule.cpp.
#include "octet/infer/scheduler.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/infer/client.h"

namespace octet::infer {

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

// Gives `s` blocks up to `end`, preempting who came later if need be; false if nobody is left to be preempted. Who is
// in the step already is not: the step goes on with it.
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
