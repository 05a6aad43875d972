// Regular expressions as grammar nodes.
//
// The language: literals, '.', sets ([a-z], [^...]), \d \w \s \D \W \S, \t \n \r \f \v \0 \xHH \uHHHH \u{H...} \p{...},
// groups (also (?:...) and named ones), '|', the counts ? * + {n} {n,} {n,m} (a lazy '?' after them changes nothing),
// and ^ and $ at the ends. Look-around, references to groups, \b, flags and possessive counts are refused by name.
//
// Dialects differ in what classes hold beyond ASCII. What is written here satisfies ECMAScript and Python alike: \d, \w
// and \s are ASCII's, while \D, \W and \S leave out all of Unicode's digits, word characters and white space.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "octet/text/grammar/rules.h"

namespace octet::text {

// How characters are written: as they are, or as the content of a JSON string.
struct RegexAlphabet {
  std::function<NodeId(const CodePointSet&)> character;
  std::function<NodeId(std::string_view)> text;
  std::function<NodeId()> any_character;
};
RegexAlphabet plain_alphabet(Rules& rules);

enum class RegexMatch {
  whole,   // the pattern is all of the text
  search,  // the text holds the pattern somewhere, as JSON Schema means it
};

struct RegexGrammar {
  NodeId node;
  int64_t min_length = 0;                  // in characters
  std::optional<int64_t> max_length = {};  // none: unlimited
};

// Error{request} or Error{unsupported} beginning with `where` for what is malformed or not offered.
RegexGrammar regex_grammar(Rules& rules, std::string_view pattern, const RegexAlphabet& alphabet, RegexMatch match,
                           const std::string& where);

}  // namespace octet::text
