#include "octet/text/grammar/rules.h"

#include <algorithm>
#include <limits>
#include <span>

#include "octet/base/error.h"
#include "octet/base/utf8.h"

namespace octet::text {

namespace {

constexpr size_t most_nodes = 200000;

using Texts = std::span<const std::string>;

// The texts, which are sorted, from byte `from` on: they agree before it. Common beginnings end between characters.
NodeId join_beginnings(Rules& rules, Texts texts, size_t from) {
  if (texts.size() == 1) return rules.text(std::string_view(texts[0]).substr(from));
  std::vector<NodeId> options;
  while (!texts.empty()) {
    std::string_view first = std::string_view(texts[0]).substr(from);
    if (first.empty()) {
      options.push_back(rules.empty());
      texts = texts.subspan(1);
      continue;
    }
    size_t length = utf8::valid_length(first);
    auto same = [&](const std::string& text) {
      return std::string_view(text).substr(from, length) == first.substr(0, length);
    };
    size_t count = 1;
    while (count < texts.size() && same(texts[count])) ++count;
    Texts group = texts.first(count);
    // In a sorted group, what the first and the last share is shared by all.
    while (count > 1) {
      std::string_view rest = first.substr(length), last = std::string_view(group.back()).substr(from + length);
      size_t next = rest.empty() ? 0 : utf8::valid_length(rest);
      if (next == 0 || last.substr(0, next) != rest.substr(0, next)) break;
      length += next;
    }
    if (count == 1) length = first.size();
    NodeId head = rules.text(first.substr(0, length));
    options.push_back(count == 1 ? head : rules.sequence({head, join_beginnings(rules, group, from + length)}));
    texts = texts.subspan(count);
  }
  return rules.choice(std::move(options));
}

}  // namespace

NodeId Rules::add(GrammarNode node) {
  if (nodes_.size() >= most_nodes)
    throw Error(ErrorKind::request, fmt::format("the grammar has more than {} parts", most_nodes),
                "ask for something smaller");
  nodes_.push_back(std::move(node));
  return static_cast<NodeId>(nodes_.size() - 1);
}

NodeId Rules::text(std::string_view utf8) { return add({.kind = GrammarNode::Kind::text, .text = std::string(utf8)}); }

NodeId Rules::set(CodePointSet set) { return add({.kind = GrammarNode::Kind::set, .set = std::move(set)}); }

NodeId Rules::sequence(std::vector<NodeId> parts) {
  if (parts.size() == 1) return parts[0];
  return add({.kind = GrammarNode::Kind::sequence, .children = std::move(parts)});
}

NodeId Rules::choice(std::vector<NodeId> options) {
  if (options.size() == 1) return options[0];
  return add({.kind = GrammarNode::Kind::choice, .children = std::move(options)});
}

NodeId Rules::repeat(NodeId node, int64_t low, int64_t high) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  check(low >= 0 && low <= most && (high == GrammarNode::unlimited || (high >= low && high <= most)), "repeat bounds");
  if (low == 1 && high == 1) return node;
  return add({.kind = GrammarNode::Kind::repeat,
              .children = {node},
              .low = static_cast<int32_t>(low),
              .high = static_cast<int32_t>(high)});
}

NodeId Rules::rule(RuleId id) {
  check(id >= 0 && static_cast<size_t>(id) < rules_.size(), "a rule that was not declared");
  return add({.kind = GrammarNode::Kind::rule, .id = id});
}

NodeId Rules::token(int32_t id) { return add({.kind = GrammarNode::Kind::token, .id = id}); }

NodeId Rules::one_of(std::vector<std::string> texts) {
  if (texts.empty()) return nothing();
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return join_beginnings(*this, texts, 0);
}

RuleId Rules::declare(std::string_view hint, int32_t most_characters) {
  std::string name;
  for (char c : hint.substr(0, 40)) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += letter ? c : '_';
  }
  // The number makes it unique, whatever the hints.
  rules_.push_back({fmt::format("r{}_{}", rules_.size(), name), -1, most_characters});
  return static_cast<RuleId>(rules_.size() - 1);
}

void Rules::define(RuleId id, NodeId body) {
  Rule& rule = rules_[static_cast<size_t>(id)];
  check(rule.body < 0, "a rule defined twice");
  rule.body = body;
}

RuleId Rules::add(std::string_view hint, NodeId body) {
  RuleId id = declare(hint);
  define(id, body);
  return id;
}

}  // namespace octet::text
