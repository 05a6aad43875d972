// Chats of several turns made of problems: a greeting and then a question, one question after another, thanks.
#pragma once
#include <string>
#include <vector>

#include "octet/tasks/problem.h"

namespace octet::tasks {

struct Message {
  std::string role;  // system, user, assistant
  std::string content;
};

// One chat for training. `shares` gives each family's relative frequency, in the order of families().
std::vector<Message> conversation(Random& random, const std::vector<double>& shares);

// One problem as a chat of a single turn.
std::vector<Message> single_turn(const Problem& problem);

}  // namespace octet::tasks
