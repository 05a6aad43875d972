// How much work a grammar makes, known before XGrammar sees it: a stranger's grammar may neither keep a thread busy for
// minutes nor fill the memory.
#pragma once
#include <cstdint>
#include <string>

#include "octet/text/grammar/rules.h"

namespace octet::text {

// About how long XGrammar takes to compile it: it unrolls the parts without references, and for each state of their
// automata tries the vocabulary's tokens. An estimate from above, for one core of a few years ago.
double compile_seconds(const Rules& rules, int64_t vocab_size);

// Error{request} beginning with `where` if that would be too long.
void refuse_oversized(const Rules& rules, int64_t vocab_size, const std::string& where);

// For grammars that strangers write; in octet's own, brackets and commas tell things apart. Error{request} if counted
// repeats are nested so that one text can be counted in very many ways, which makes each step of the answer slow, or if
// a rule is nothing but repeats of itself, which XGrammar would unroll without end. Of a pruned grammar.
void refuse_hostile_repeats(const Rules& rules, const std::string& where);

}  // namespace octet::text
