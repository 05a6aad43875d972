// Evaluation suites: fixed lists of problems by name.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "octet/tasks/problem.h"

namespace octet::tasks {

// Every family by its name, and "mini": all families in turn.
std::vector<std::string> suite_names();

// `n` problems, a pure function of the arguments, no two with the same question as far as the family has that many
// (talk has few). Error{usage} for an unknown suite, with the nearest name.
std::vector<Problem> suite(std::string_view name, int64_t n, uint64_t seed, Split split = Split::heldout_wordings);

}  // namespace octet::tasks
