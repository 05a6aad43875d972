// Grammars that users write, in the form that llama.cpp (GBNF) and XGrammar share:
//
//   root   ::= "answer: " (yes | no) [.!]?      # the rule called root is the whole answer
//   yes    ::= "yes" | "sure" ("," " of course"){0,2}
//   no     ::= "no" [a-z]+
//
// Literals with \n \r \t \\ \" \xHH \uHHHH, sets as in regular expressions, '.' for any character, groups, '|', the
// counts ? * + {n} {n,} {n,m}, comments from '#'. A rule ends where the next begins.
#pragma once
#include <string>
#include <string_view>

#include "octet/text/grammar/rules.h"

namespace octet::text {

// The rule "root". Error{request} or Error{unsupported} beginning with `where`.
RuleId add_ebnf(Rules& rules, std::string_view text, const std::string& where);

}  // namespace octet::text
