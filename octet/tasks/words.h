// Common words for spelling tasks, and made-up ones that sound like words.
#pragma once
#include <string>
#include <vector>

#include "octet/base/random.h"

namespace octet::tasks {

const std::vector<std::string>& common_words();  // lower case, 3 to 10 letters
std::string made_up_word(Random& random);        // "tobari": 3 to 8 letters
std::string spelling_word(Random& random);       // mostly a common one

// The word as a question holds it: bare, or in single or double quotes.
std::string quoted(const std::string& word, Random& random);

}  // namespace octet::tasks
