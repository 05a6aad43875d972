#include "octet/text/grammar/measure.h"

#include <algorithm>

#include "octet/base/error.h"

namespace octet::text {

namespace {

using Kind = GrammarNode::Kind;

// Measured: about half a millisecond of compiling for a counted character of a JSON string (12 states) and 2,048
// tokens. The limits keep any grammar within a few seconds.
constexpr double most_states = 60000;
constexpr double most_states_times_tokens = 1.2e9;
constexpr double most_nested_counts = 4096;
constexpr int deepest_node = 500;
constexpr int deepest_reference = 2000;
constexpr double star_counts = 8;  // what an unlimited repeat counts as

[[noreturn]] void refuse(const std::string& where, const std::string& what, std::string_view hint) {
  throw Error(ErrorKind::request, fmt::format("{}: {}", where, what), std::string(hint));
}

// Automaton states for one character of the set: other than ASCII takes several bytes.
double set_states(const CodePointSet& set) {
  bool ascii = set.empty() || set.ranges().back().last < 0x80;
  return ascii ? 1 : 6 + static_cast<double>(set.ranges().size()) / 4;
}

// What is known of each node from its children.
struct NodeFacts {
  std::vector<double> states;
  std::vector<bool> regular;  // without references
  std::vector<int> depth;

  explicit NodeFacts(const Rules& rules) : states(rules.size()), regular(rules.size()), depth(rules.size()) {
    for (size_t i = 0; i < rules.size(); ++i) {
      const GrammarNode& node = rules[static_cast<NodeId>(i)];
      regular[i] = node.kind != Kind::rule && node.kind != Kind::token;
      states[i] = node.kind == Kind::set ? set_states(node.set) : std::max(1.0, static_cast<double>(node.text.size()));
      for (NodeId id : node.children) {
        auto child = static_cast<size_t>(id);
        states[i] += states[child];
        depth[i] = std::max(depth[i], depth[child] + 1);
        regular[i] = regular[i] && regular[child];
      }
      if (node.kind == Kind::repeat && regular[i])
        states[i] *= std::max({1.0, static_cast<double>(node.low), static_cast<double>(node.high)});
    }
  }
};

class NestedCounts {
 public:
  explicit NestedCounts(const Rules& rules) : rules_(rules), facts_(rules), of_rule_(rules.rules().size()) {}

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
    if (facts_.regular[static_cast<size_t>(id)]) return 1;  // unrolled: counted as states
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

}  // namespace

double automaton_states(const Rules& rules) {
  NodeFacts facts(rules);
  double states = 0;
  for (const Rules::Rule& rule : rules.rules()) states += facts.states[static_cast<size_t>(rule.body)];
  return states;
}

void refuse_oversized(const Rules& rules, int64_t vocab_size, const std::string& where) {
  NodeFacts facts(rules);
  if (std::ranges::any_of(facts.depth, [](int depth) { return depth > deepest_node; }))
    refuse(where, fmt::format("nested deeper than {} levels", deepest_node), "split it into rules");
  double states = automaton_states(rules);
  double tokens = static_cast<double>(std::max<int64_t>(vocab_size, 1));
  double limit = std::min(most_states, most_states_times_tokens / tokens);
  if (states > limit)
    refuse(where, fmt::format("too large: about {:.0f} states where at most {:.0f} are compiled", states, limit),
           "use smaller counts, fewer or shorter strings");
}

void refuse_ambiguous_counts(const Rules& rules, const std::string& where) {
  if (NestedCounts(rules).run() > most_nested_counts)
    refuse(where, fmt::format("repeats inside repeats count to more than {:.0f} together", most_nested_counts),
           "use smaller counts, or * in place of {0,n}");
}

}  // namespace octet::text
