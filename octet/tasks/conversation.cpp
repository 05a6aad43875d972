#include "octet/tasks/conversation.h"

#include "octet/base/error.h"

namespace octet::tasks {
namespace {

std::string draw_family(Random& random, const std::vector<double>& shares) {
  double total = 0;
  for (double share : shares) total += share;
  double u = random.uniform() * total;
  for (size_t i = 0; i < shares.size(); ++i)
    if ((u -= shares[i]) < 0) return families()[i];
  return families().back();
}

void add_turn(std::vector<Message>& chat, const Problem& problem) {
  chat.push_back({"user", problem.question});
  chat.push_back({"assistant", problem.answer});
}

const std::vector<std::string>& system_prompts() {
  static const std::vector<std::string> all = {
      "You are a helpful assistant.",
      "You are octet-mini, a small language model.",
      "Answer briefly.",
      "You are a friendly assistant.",
      "Be helpful.",
      "You are an AI assistant.",
      "Answer the user's questions.",
      "Be brief.",
      "You are a calculator.",
      "You are octet, a helpful assistant.",
  };
  return all;
}

}  // namespace

std::vector<Message> single_turn(const Problem& problem) {
  std::vector<Message> chat;
  add_turn(chat, problem);
  return chat;
}

std::vector<Message> conversation(Random& random, const std::vector<double>& shares) {
  octet::check(shares.size() == families().size(), "one share a family");
  std::vector<Message> chat;
  if (random.chance(0.06)) chat.push_back({"system", random.pick(system_prompts())});
  // Most chats are one question; some begin with a greeting, go on, or end with thanks.
  int64_t questions = random.chance(0.82) ? 1 : random.between(2, 4);
  if (random.chance(0.05)) add_turn(chat, make("talk", random, Split::train));
  for (int64_t i = 0; i < questions; ++i) add_turn(chat, make(draw_family(random, shares), random, Split::train));
  if (random.chance(0.03)) add_turn(chat, make("talk", random, Split::train));
  return chat;
}

}  // namespace octet::tasks
