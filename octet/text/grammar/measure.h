// How much work a grammar makes, known before XGrammar sees it: a stranger's grammar may neither keep a thread busy for
// minutes nor fill the memory.
#pragma once
#include <cstdint>
#include <string>

#include "octet/text/grammar/rules.h"

namespace octet::text {

// States of the automata in which XGrammar unrolls the parts without references. Compiling takes time and memory in
// proportion to it and to the vocabulary.
double automaton_states(const Rules& rules);

// Error{request} beginning with `where` if `rules` is larger than what is compiled for a vocabulary of this size.
void refuse_oversized(const Rules& rules, int64_t vocab_size, const std::string& where);

// Error{request} if counted repeats are nested so that one text can be counted in very many ways, which makes each step
// of the answer slow. For grammars that strangers write: in octet's own, brackets and commas tell the counts apart.
void refuse_ambiguous_counts(const Rules& rules, const std::string& where);

}  // namespace octet::text
