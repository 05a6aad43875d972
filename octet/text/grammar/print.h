// A grammar in XGrammar's EBNF.
//
// XGrammar matches what stands in Regex("...") with one automaton whose states know all tokens that stay inside it; a
// token that runs out of it into the next part is tried anew at every step. So each part without references to rules
// is written as one Regex(...), as long as possible.
#pragma once
#include <string>

#include "octet/text/grammar/rules.h"

namespace octet::text {

// Of a pruned grammar; its root is called "root".
std::string print_ebnf(const Rules& rules);

}  // namespace octet::text
