// How much work a grammar makes, known before XGrammar sees it: a stranger's grammar may neither keep a thread busy for
// minutes nor fill the memory.
#pragma once
#include <cstdint>
#include <string>

#include "octet/text/grammar/rules.h"

namespace octet::text {

struct GrammarSize {
  // States of the automata in which XGrammar unrolls the parts without references; compiling takes time and memory in
  // proportion to it and to the vocabulary.
  double states = 0;
  // The largest product of counts in nested repeats: how many ways there may be to count the same text.
  double nested_counts = 1;
  int depth = 0;  // of nested nodes in one rule
};

GrammarSize measure(const Rules& rules);

// Error{request} beginning with `where` if `rules` is larger than what is compiled for a vocabulary of this size.
void refuse_oversized(const Rules& rules, int64_t vocab_size, const std::string& where);

}  // namespace octet::text
