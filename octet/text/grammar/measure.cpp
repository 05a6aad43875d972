#include "octet/text/grammar/measure.h"

#include <algorithm>

#include "octet/base/error.h"

namespace octet::text {

namespace {

using Kind = GrammarNode::Kind;

// Measured with 2,048 and 128K tokens: a literal's byte, a set's character, and the latter for each token.
struct SetCost {
  double seconds, seconds_a_token;
};
constexpr SetCost narrow_set{3e-5, 2e-8}, wide_set{6e-4, 3e-7};
constexpr double seconds_a_byte = 8e-6;
constexpr double most_seconds = 6;
constexpr int32_t printed_whole = 128;  // counts beyond are printed as two ways to count (print.cpp)
constexpr double most_nested_counts = 4096;
constexpr int deepest_node = 500;
constexpr int deepest_reference = 2000;
constexpr double star_counts = 8;  // what an unlimited repeat counts as

[[noreturn]] void refuse(const std::string& where, const std::string& what, std::string_view hint) {
  throw Error(ErrorKind::request, fmt::format("{}: {}", where, what), std::string(hint));
}

// A set that holds most characters goes on with most tokens, and its characters take up to four bytes.
bool is_wide(const CodePointSet& set) { return !set.empty() && set.ranges().back().last >= 0x80; }

// What is known of each node from its children.
struct NodeFacts {
  std::vector<double> seconds;
  std::vector<bool> regular;  // without references
  std::vector<int> depth;

  NodeFacts(const Rules& rules, double tokens) : seconds(rules.size()), regular(rules.size()), depth(rules.size()) {
    for (size_t i = 0; i < rules.size(); ++i) {
      const GrammarNode& node = rules[static_cast<NodeId>(i)];
      regular[i] = node.kind != Kind::rule && node.kind != Kind::token;
      seconds[i] = seconds_a_byte * (1 + static_cast<double>(node.text.size()));
      if (node.kind == Kind::set) {
        const SetCost& cost = is_wide(node.set) ? wide_set : narrow_set;
        seconds[i] += cost.seconds + tokens * cost.seconds_a_token;
      }
      for (NodeId id : node.children) {
        auto child = static_cast<size_t>(id);
        seconds[i] += seconds[child];
        depth[i] = std::max(depth[i], depth[child] + 1);
        regular[i] = regular[i] && regular[child];
      }
      if (node.kind == Kind::repeat && regular[i]) {
        double ways = node.high > node.low + printed_whole ? 2 : 1;
        seconds[i] *= ways * std::max({1.0, static_cast<double>(node.low), static_cast<double>(node.high)});
      }
    }
  }
};

class NestedCounts {
 public:
  explicit NestedCounts(const Rules& rules) : rules_(rules), facts_(rules, 0), of_rule_(rules.rules().size()) {}

  double run() { return rule(rules_.root(), 0); }

 private:
  // The counts met below a rule; a rule inside itself counts once.
  double rule(RuleId id, int depth) {
    double& known = of_rule_[static_cast<size_t>(id)];
    if (known > 0) return known;
    known = 1;
    return of_rule_[static_cast<size_t>(id)] = node(rules_.rules()[static_cast<size_t>(id)].body, depth + 1);
  }

  double node(NodeId id, int depth) {
    if (depth > deepest_reference) return 2 * most_nested_counts;
    const GrammarNode& node = rules_[id];
    if (facts_.regular[static_cast<size_t>(id)]) return 1;  // unrolled: its size was measured
    if (node.kind == Kind::rule) return rule(node.id, depth);
    double most = 1;
    for (NodeId child : node.children) most = std::max(most, this->node(child, depth + 1));
    if (node.kind != Kind::repeat || node.high == 1) return most;
    return most * (node.high == GrammarNode::unlimited ? star_counts : node.high);
  }

  const Rules& rules_;
  NodeFacts facts_;
  std::vector<double> of_rule_;  // 0: not known yet
};

// The rule of which `id` is repeats and nothing else; -1 if it is something else.
RuleId only_repeats(const Rules& rules, NodeId id) {
  while (rules[id].kind == Kind::repeat) id = rules[id].children[0];
  return rules[id].kind == Kind::rule ? rules[id].id : -1;
}

}  // namespace

double compile_seconds(const Rules& rules, int64_t vocab_size) {
  NodeFacts facts(rules, static_cast<double>(vocab_size));
  double seconds = 0;
  for (const Rules::Rule& rule : rules.rules()) seconds += facts.seconds[static_cast<size_t>(rule.body)];
  return seconds;
}

void refuse_oversized(const Rules& rules, int64_t vocab_size, const std::string& where) {
  NodeFacts facts(rules, 0);
  if (std::ranges::any_of(facts.depth, [](int depth) { return depth > deepest_node; }))
    refuse(where, fmt::format("nested deeper than {} levels", deepest_node), "split it into rules");
  double seconds = compile_seconds(rules, vocab_size);
  if (seconds > most_seconds)
    refuse(where,
           fmt::format("too large: compiling it takes about {:.0f} seconds, at most {:.0f} are given", seconds,
                       most_seconds),
           "use smaller counts, fewer or shorter strings");
}

void refuse_hostile_repeats(const Rules& rules, const std::string& where) {
  if (NestedCounts(rules).run() > most_nested_counts)
    refuse(where, fmt::format("repeats inside repeats count to more than {:.0f} together", most_nested_counts),
           "use smaller counts, or * in place of {0,n}");
  // Each rule leads to one other at most: a walk longer than the rules has come round.
  for (const Rules::Rule& rule : rules.rules()) {
    RuleId next = only_repeats(rules, rule.body);
    for (size_t steps = 0; next >= 0; ++steps) {
      if (steps > rules.rules().size())
        refuse(where,
               fmt::format("the rule '{}' is nothing but repeats of itself", rule.name.substr(rule.name.find('_') + 1)),
               "");
      next = only_repeats(rules, rules.rules()[static_cast<size_t>(next)].body);
    }
  }
}

}  // namespace octet::text
