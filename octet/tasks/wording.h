// Wordings: patterns with choices and slots, expanded by a random stream.
//
//   (a|b|)   one of the alternatives, each equally likely; may be nested
//   {slot}   the value given for the slot, or a word from the list of that name: {name} {name2} {thing} {place} {pet}…
//            A list word is drawn once per expansion, so that {name} is the same person throughout; name and name2
//            differ.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/random.h"
#include "octet/tasks/problem.h"

namespace octet::tasks {

using Slots = std::map<std::string, std::string, std::less<>>;

std::string expand(std::string_view pattern, Random& random, const Slots& slots = {});

// The wordings of a family: `trained` for training, `heldout` for evaluation only.
struct Wordings {
  std::vector<std::string> trained, heldout;
};

// A question from the list that the split asks for. Trained ones are varied further: a polite beginning or end, all in
// lower case, without the final mark, or with a chatty opening.
std::string ask(const Wordings& wordings, Random& random, Split split, const Slots& slots);

// The lists behind the slots.
const std::vector<std::string>& word_list(std::string_view name);

}  // namespace octet::tasks
