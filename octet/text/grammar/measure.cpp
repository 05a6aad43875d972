#include "octet/text/grammar/measure.h"

#include <algorithm>

#include "octet/base/error.h"

namespace octet::text {

namespace {

using Kind = GrammarNode::Kind;

// Measured: about half a millisecond of compiling for a counted character of a JSON string (12 states) and 2,048
// tokens. The limits below keep any grammar within a few seconds for the largest vocabularies.
constexpr double most_states = 60000;
constexpr double most_states_times_tokens = 1.2e9;
constexpr double most_nested_counts = 4096;
constexpr int deepest = 500;
constexpr double star = 8;  // what an unlimited repeat counts as in nested counts

// Automaton states for one character of the set: other than ASCII takes several bytes.
double set_states(const CodePointSet& set) {
  bool ascii = set.empty() || set.ranges().back().last < 0x80;
  return ascii ? 1 : 6 + static_cast<double>(set.ranges().size()) / 4;
}

class Measurer {
 public:
  explicit Measurer(const Rules& rules)
      : rules_(rules), states_(rules.size()), regular_(rules.size()), depth_(rules.size()), counts_(rules.rules().size()) {
    for (size_t i = 0; i < rules.size(); ++i) node(static_cast<NodeId>(i));
  }

  GrammarSize run() {
    GrammarSize size;
    for (const Rules::Rule& rule : rules_.rules()) {
      size.states += states_[static_cast<size_t>(rule.body)];
      size.depth = std::max(size.depth, depth_[static_cast<size_t>(rule.body)]);
    }
    if (size.depth <= deepest) size.nested_counts = rule_counts(rules_.root(), 0);
    return size;
  }

 private:
  void node(NodeId id) {
    const GrammarNode& node = rules_[id];
    auto i = static_cast<size_t>(id);
    regular_[i] = node.kind != Kind::rule && node.kind != Kind::token;
    states_[i] = node.kind == Kind::set ? set_states(node.set) : std::max<double>(1, static_cast<double>(node.text.size()));
    for (NodeId child : node.children) {
      auto c = static_cast<size_t>(child);
      states_[i] += states_[c];
      depth_[i] = std::max(depth_[i], depth_[c] + 1);
      regular_[i] = regular_[i] && regular_[c];
    }
    if (node.kind == Kind::repeat && regular_[i])
      states_[i] *= std::max<double>({1, static_cast<double>(node.low), static_cast<double>(node.high)});
  }

  // The counts met below a rule; a rule inside itself counts once.
  double rule_counts(RuleId rule, int depth) {
    double& known = counts_[static_cast<size_t>(rule)];
    if (known == 0 && depth < deepest) {
      known = 1;
      double found = node_counts(rules_.rules()[static_cast<size_t>(rule)].body, depth + 1);
      counts_[static_cast<size_t>(rule)] = found;
      return found;
    }
    return std::max<double>(known, 1);
  }

  double node_counts(NodeId id, int depth) {
    const GrammarNode& node = rules_[id];
    if (regular_[static_cast<size_t>(id)]) return 1;  // unrolled: counted as states
    if (node.kind == Kind::rule) return rule_counts(node.id, depth);
    double most = 1;
    for (NodeId child : node.children) most = std::max(most, node_counts(child, depth));
    if (node.kind != Kind::repeat || node.high == 1) return most;
    return most * (node.high == GrammarNode::unlimited ? star : node.high);
  }

  const Rules& rules_;
  std::vector<double> states_;
  std::vector<bool> regular_;
  std::vector<int> depth_;
  std::vector<double> counts_;  // by rule; 0: not known yet
};

}  // namespace

GrammarSize measure(const Rules& rules) { return Measurer(rules).run(); }

void refuse_oversized(const Rules& rules, int64_t vocab_size, const std::string& where) {
  GrammarSize size = measure(rules);
  double limit = std::min(most_states, most_states_times_tokens / static_cast<double>(std::max<int64_t>(vocab_size, 1)));
  auto refuse = [&](const std::string& what, std::string_view hint) {
    throw Error(ErrorKind::request, fmt::format("{}: {}", where, what), std::string(hint));
  };
  if (size.depth > deepest) refuse(fmt::format("nested deeper than {} levels", deepest), "split it into rules");
  if (size.states > limit)
    refuse(fmt::format("too large: about {:.0f} states where at most {:.0f} are compiled", size.states, limit),
           "use smaller counts, fewer or shorter strings");
  if (size.nested_counts > most_nested_counts)
    refuse(fmt::format("repeats inside repeats count to {:.0f} together, at most {:.0f} are followed", size.nested_counts,
                       most_nested_counts),
           "use smaller counts, or * in place of {0,n}");
}

}  // namespace octet::text
