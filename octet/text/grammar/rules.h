// A grammar as data. Schemas, regular expressions, choices, grammars in text and tool calls are all turned into one of
// these; then it is cleaned (prune.h), measured (measure.h) and written for XGrammar (print.h).
//
// A node is an expression over Unicode text. Nodes are numbered and immutable, so that parts can be shared.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "octet/text/bpe/unicode.h"

namespace octet::text {

using NodeId = int32_t;
using RuleId = int32_t;

struct GrammarNode {
  enum class Kind : uint8_t {
    text,      // these characters; "" is the empty text
    set,       // one character of the set; the empty set matches nothing
    sequence,  // the children one after the other
    choice,    // one of the children; no children: matches nothing
    repeat,    // the only child, `low` to `high` times
    rule,      // what the rule `id` matches
    token,     // the vocabulary's token `id` itself, whatever its spelling
  };
  static constexpr int32_t unlimited = -1;

  Kind kind;
  std::string text = {};  // UTF-8
  CodePointSet set = {};
  std::vector<NodeId> children = {};
  int32_t low = 0, high = 0;
  int32_t id = 0;
};

class Rules {
 public:
  NodeId text(std::string_view utf8);
  NodeId set(CodePointSet set);
  NodeId sequence(std::vector<NodeId> parts);
  NodeId choice(std::vector<NodeId> options);
  NodeId repeat(NodeId node, int64_t low, int64_t high);  // high may be GrammarNode::unlimited
  NodeId optional(NodeId node) { return repeat(node, 0, 1); }
  NodeId rule(RuleId id);
  NodeId token(int32_t id);
  NodeId nothing() { return choice({}); }  // matches no text at all, not even the empty one
  NodeId empty() { return text(""); }

  // One of `texts`, which may share beginnings: their common beginnings are joined, so that few states are alive at a
  // time. No texts: matches nothing.
  NodeId one_of(std::vector<std::string> texts);

  // A rule that is defined later. `hint` makes its name readable. `most_characters` limits what it matches; 0: not.
  RuleId declare(std::string_view hint, int32_t most_characters = 0);
  void define(RuleId id, NodeId body);
  RuleId add(std::string_view hint, NodeId body);
  void set_root(RuleId id) { root_ = id; }

  struct Rule {
    std::string name;
    NodeId body = -1;
    int32_t most_characters = 0;
  };
  RuleId root() const { return root_; }
  const std::vector<Rule>& rules() const { return rules_; }
  const GrammarNode& operator[](NodeId id) const { return nodes_[static_cast<size_t>(id)]; }
  size_t size() const { return nodes_.size(); }

 private:
  std::vector<GrammarNode> nodes_;
  std::vector<Rule> rules_;
  RuleId root_ = -1;

  NodeId add(GrammarNode node);
};

}  // namespace octet::text
