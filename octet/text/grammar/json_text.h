// Parts of JSON as grammar nodes: strings with their escapes, numbers, values of any shape, white space.
//
// What is written is valid for every JSON reader: no unpaired surrogates, no number that overflows a double, and white
// space of bounded length, so that an answer cannot run away in it.
#pragma once
#include <optional>
#include <string_view>

#include "octet/base/json.h"
#include "octet/text/grammar/rules.h"

namespace octet::text {

struct JsonStyle {
  // Beyond quotes, backslashes and controls, characters that stand escaped (\uXXXX) in strings: in tool calls those of
  // which the marks are made, so that no argument looks like a mark. From the basic plane.
  CodePointSet escaped = {};
  // Strings of at most this many characters are counted by an automaton, which is the fastest when masks are filled and
  // takes time to compile; longer ones are counted as they go, and as they are written: an escape counts as its
  // characters, which never allows too much.
  int64_t unrolled_characters = 64;
};

class JsonText {
 public:
  JsonText(Rules& rules, JsonStyle style);

  // A string's content.
  NodeId text(std::string_view utf8);        // exactly this, escaped where it must be
  NodeId character(const CodePointSet& of);  // one character, escaped where it must be
  NodeId any_character();                    // raw or in any of JSON's escapes

  // With quotes around them.
  NodeId quoted(NodeId content);
  NodeId string(int64_t min_length, std::optional<int64_t> max_length);  // counted in characters
  NodeId string_except(const std::vector<std::string>& names);           // an object's key that is none of these

  NodeId literal(const Json& value);  // exactly this value; white space inside it is free
  NodeId number();                    // at most 15 digits before and after the point
  NodeId space();                     // nothing, a blank, or a new line with its indentation

  // Rules, made when first asked for.
  RuleId value();   // anything
  RuleId object();  // {"any key": value, ...}
  RuleId array();
  RuleId any_string();

  // `items` in brackets, `low` to `high` of them (high may be GrammarNode::unlimited).
  NodeId list(NodeId item, int64_t low, int64_t high);
  NodeId pair(NodeId key, NodeId value);  // key ":" value
  NodeId comma();
  NodeId braces(NodeId members);
  NodeId brackets(NodeId items);

 private:
  Rules& rules_;
  JsonStyle style_;
  CodePointSet raw_;
  std::optional<RuleId> space_, value_, object_, array_, any_string_;
  std::vector<std::pair<int64_t, RuleId>> counted_;  // by the most characters

  NodeId escaped(char32_t c);
  NodeId literal_list(const Json& value);
  RuleId counted(int64_t most);
};

}  // namespace octet::text
