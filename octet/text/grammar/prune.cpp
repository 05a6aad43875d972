#include "octet/text/grammar/prune.h"

#include <unordered_map>

#include "octet/base/error.h"

namespace octet::text {

namespace {

using Kind = GrammarNode::Kind;

// Which nodes match some finite text: found from the leaves upwards, each edge being walked once.
class ProductiveNodes {
 public:
  explicit ProductiveNodes(const Rules& rules)
      : rules_(rules),
        missing_(rules.size()),
        found_(rules.size()),
        users_(rules.size()),
        rule_users_(rules.rules().size()) {
    for (size_t i = 0; i < rules.size(); ++i) prepare(static_cast<NodeId>(i));
    std::unordered_map<NodeId, std::vector<RuleId>> bodies;
    for (size_t r = 0; r < rules.rules().size(); ++r) bodies[rules.rules()[r].body].push_back(static_cast<RuleId>(r));
    while (!open_.empty()) {
      NodeId id = open_.back();
      open_.pop_back();
      for (NodeId user : users_[static_cast<size_t>(id)]) one_less(user);
      auto it = bodies.find(id);
      if (it == bodies.end()) continue;
      for (RuleId rule : it->second)
        for (NodeId user : rule_users_[static_cast<size_t>(rule)]) one_less(user);
    }
  }

  bool operator[](NodeId id) const { return found_[static_cast<size_t>(id)]; }

 private:
  void prepare(NodeId id) {
    const GrammarNode& node = rules_[id];
    for (NodeId child : node.children) users_[static_cast<size_t>(child)].push_back(id);
    if (node.kind == Kind::rule) rule_users_[static_cast<size_t>(node.id)].push_back(id);
    bool at_once = node.kind == Kind::text || node.kind == Kind::token ||
                   (node.kind == Kind::set && !node.set.empty()) || (node.kind == Kind::repeat && node.low == 0) ||
                   (node.kind == Kind::sequence && node.children.empty());
    missing_[static_cast<size_t>(id)] = node.kind == Kind::sequence ? node.children.size() : 1;
    if (at_once) found(id);
  }

  void one_less(NodeId id) {
    size_t& missing = missing_[static_cast<size_t>(id)];
    if (missing > 0 && --missing == 0) found(id);
  }

  void found(NodeId id) {
    if (found_[static_cast<size_t>(id)]) return;
    found_[static_cast<size_t>(id)] = true;
    open_.push_back(id);
  }

  const Rules& rules_;
  std::vector<size_t> missing_;  // children that a node still waits for
  std::vector<bool> found_;
  std::vector<std::vector<NodeId>> users_, rule_users_;
  std::vector<NodeId> open_;
};

// Copies what the root reaches and what is productive, rule by rule.
class Pruner {
 public:
  explicit Pruner(const Rules& from) : from_(from), productive_(from) {}

  Rules run(const std::string& where) {
    if (!productive_[from_.rules()[static_cast<size_t>(from_.root())].body])
      throw Error(ErrorKind::request, fmt::format("{}: no finite text satisfies it", where),
                  "look for parts that contradict each other or always contain themselves");
    to_.set_root(renamed(from_.root()));
    for (size_t next = 0; next < order_.size(); ++next)  // grows while it runs
      to_.define(static_cast<RuleId>(next), copy(from_.rules()[static_cast<size_t>(order_[next])].body));
    return std::move(to_);
  }

 private:
  RuleId renamed(RuleId old) {
    auto [it, fresh] = names_.try_emplace(old, static_cast<RuleId>(order_.size()));
    if (fresh) {
      const Rules::Rule& rule = from_.rules()[static_cast<size_t>(old)];
      std::string_view name = rule.name;
      to_.declare(name.substr(name.find('_') + 1), rule.most_characters);
      order_.push_back(old);
    }
    return it->second;
  }

  // Of a productive node. What is shared becomes a copy each: sizes were limited before.
  NodeId copy(NodeId id) {
    const GrammarNode& node = from_[id];
    switch (node.kind) {
      case Kind::text:
        return to_.text(node.text);
      case Kind::set:
        return to_.set(node.set);
      case Kind::token:
        return to_.token(node.id);
      case Kind::rule:
        return to_.rule(renamed(node.id));
      case Kind::repeat:
        if (!productive_[node.children[0]]) return to_.empty();
        return to_.repeat(copy(node.children[0]), node.low, node.high);
      case Kind::sequence:
      case Kind::choice:
        break;
    }
    std::vector<NodeId> children;
    for (NodeId child : node.children)
      if (productive_[child]) children.push_back(copy(child));
    return node.kind == Kind::sequence ? to_.sequence(std::move(children)) : to_.choice(std::move(children));
  }

  const Rules& from_;
  ProductiveNodes productive_;
  Rules to_;
  std::vector<RuleId> order_;  // old numbers by new ones
  std::unordered_map<RuleId, RuleId> names_;
};

}  // namespace

Rules prune(const Rules& rules, const std::string& where) { return Pruner(rules).run(where); }

}  // namespace octet::text
