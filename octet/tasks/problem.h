// Seeded problems with exact checkers: what octet-mini is taught and measured on.
//
// A problem is a pure function of (task, random stream, split). Two things are held out from training:
//   - problems: where a task has operands (two numbers, a list, a word), a hash of them sends one in eight to the
//     evaluation only, whatever the wording;
//   - wordings: every task has questions phrased in ways that no training pattern contains.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/random.h"

namespace octet::tasks {

enum class Split {
  train,             // trained problems, trained wordings
  heldout_problems,  // held-out problems, trained wordings
  heldout_wordings,  // held-out problems, held-out wordings: what the reported accuracy is measured on
};

// How the key is found in a reply (see check).
enum class KeyKind {
  number,   // one integer; the last one of the final answer counts
  numbers,  // a list of integers in this order
  word,     // one word or short phrase, in any case
  exact,    // one word, its case counts
  words,    // a list of words in this order, separated by single spaces in the key
  phrases,  // free text: the reply holds at least one alternative of each part: "2.788|2,788&h800"
};

struct Problem {
  std::string task;      // the family's name
  std::string question;  // what the user says
  std::string answer;    // the full reply to learn, written-out steps included
  std::string key;       // the value to check
  KeyKind kind = KeyKind::phrases;
};

// Names of the families, in the order of the table that reports accuracy.
const std::vector<std::string>& families();

// Error{usage} for an unknown family, with the nearest name.
Problem make(std::string_view task, Random& random, Split split);

// Whether `reply` ends in the problem's answer. Tolerant of form (commas in numbers, case, quotes, a final full stop,
// a sentence around it), exact in value. The final answer is what follows the last "Answer:"; without one, the last
// line that is not empty, and for phrases the whole reply.
bool check(const Problem& problem, std::string_view reply);

}  // namespace octet::tasks
