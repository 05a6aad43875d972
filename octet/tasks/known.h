// Questions with fixed answers: what octet is, what it costs, everyday facts, small talk.
#pragma once
#include <string>
#include <vector>

#include "octet/tasks/problem.h"
#include "octet/tasks/wording.h"

namespace octet::tasks {

struct Known {
  Wordings wordings;
  std::string key;                   // as for KeyKind::phrases
  std::vector<std::string> answers;  // patterns; any of them is right
};

// One of `list`, asked and answered.
Problem ask_known(const std::vector<Known>& list, Random& random, Split split);

const std::vector<Known>& about_octet();  // itself: about_octet.cpp
const std::vector<Known>& about_v3();     // DeepSeek-V3 and what it cost: about_v3.cpp
const std::vector<Known>& about_terms();  // what the words mean: about_terms.cpp

}  // namespace octet::tasks
