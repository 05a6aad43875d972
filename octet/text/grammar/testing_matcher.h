// For tests: which texts a grammar of rules.h matches, found without what it is compiled to.
#pragma once
#include <map>
#include <set>
#include <string_view>

#include "octet/base/utf8.h"
#include "octet/text/grammar/rules.h"

namespace octet::text::grammar_testing {

// Whether a grammar matches a whole text: all ways of reading it are tried, from every place once.
class Matcher {
 public:
  Matcher(const Rules& rules, std::string_view text) : rules_(rules), text_(text) {}
  bool whole(NodeId node) { return ends(node, 0).contains(text_.size()); }
  bool whole() { return whole(rules_.rules()[static_cast<size_t>(rules_.root())].body); }

 private:
  using Ends = std::set<size_t>;

  Ends ends(NodeId id, size_t at) {
    auto [it, fresh] = known_.try_emplace({id, at});
    if (!fresh) return it->second;  // also inside itself: such a reading adds nothing
    Ends found = find(rules_[id], at);
    return known_[{id, at}] = found;
  }

  Ends find(const GrammarNode& node, size_t at) {
    Ends out;
    switch (node.kind) {
      case GrammarNode::Kind::text:
        if (text_.substr(at, node.text.size()) == node.text) out.insert(at + node.text.size());
        break;
      case GrammarNode::Kind::set: {
        size_t length = at < text_.size() ? utf8::valid_length(text_.substr(at)) : 0;
        if (length > 0 && node.set.contains(utf8::decode(text_.substr(at), length))) out.insert(at + length);
        break;
      }
      case GrammarNode::Kind::sequence:
        out.insert(at);
        for (NodeId child : node.children) out = step(child, out);
        break;
      case GrammarNode::Kind::choice:
        for (NodeId child : node.children) out.merge(ends(child, at));
        break;
      case GrammarNode::Kind::repeat:
        out = repeat(node, at);
        break;
      case GrammarNode::Kind::rule: {
        const Rules::Rule& rule = rules_.rules()[static_cast<size_t>(node.id)];
        for (size_t end : ends(rule.body, at))
          if (rule.most_characters == 0 || characters(at, end) <= rule.most_characters) out.insert(end);
        break;
      }
      case GrammarNode::Kind::token:
        break;
    }
    return out;
  }

  Ends step(NodeId child, const Ends& from) {
    Ends out;
    for (size_t at : from) out.merge(ends(child, at));
    return out;
  }

  Ends repeat(const GrammarNode& node, size_t at) {
    Ends now{at}, out;
    if (node.low == 0) out.insert(at);
    for (int32_t i = 1; node.high == GrammarNode::unlimited || i <= node.high; ++i) {
      now = step(node.children[0], now);
      if (now.empty()) break;
      if (i < node.low) continue;
      size_t before = out.size();
      out.insert(now.begin(), now.end());
      if (out.size() == before && i > node.low) break;
    }
    return out;
  }

  int32_t characters(size_t from, size_t to) const {
    int32_t count = 0;
    for (char c : text_.substr(from, to - from)) count += utf8::is_continuation(c) ? 0 : 1;
    return count;
  }

  const Rules& rules_;
  std::string_view text_;
  std::map<std::pair<NodeId, size_t>, Ends> known_;
};

// The same for grammars whose rules may begin with themselves: what each node matches between any two places, found
// again and again until nothing is added.
class Derivations {
 public:
  Derivations(const Rules& rules, std::string_view text) : rules_(rules), text_(text), spans_(rules.size()) {
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = 0; i < rules.size(); ++i) {
        Spans found = find(rules[static_cast<NodeId>(i)]);
        changed |= found.size() != spans_[i].size();
        spans_[i] = std::move(found);
      }
    }
  }
  bool whole() const { return of(rules_.rules()[static_cast<size_t>(rules_.root())].body).contains({0, text_.size()}); }

 private:
  using Spans = std::set<std::pair<size_t, size_t>>;
  const Spans& of(NodeId id) const { return spans_[static_cast<size_t>(id)]; }

  static Spans joined(const Spans& a, const Spans& b) {
    Spans out;
    for (auto [from, middle] : a)
      for (auto [begin, to] : b)
        if (begin == middle) out.emplace(from, to);
    return out;
  }

  Spans nothing() const {
    Spans out;
    for (size_t at = 0; at <= text_.size(); ++at) out.emplace(at, at);
    return out;
  }

  Spans find(const GrammarNode& node) const {
    using enum GrammarNode::Kind;
    if (node.kind == rule) return of(rules_.rules()[static_cast<size_t>(node.id)].body);
    if (node.kind == sequence) {
      Spans out = nothing();
      for (NodeId child : node.children) out = joined(out, of(child));
      return out;
    }
    Spans out;
    if (node.kind == choice)
      for (NodeId child : node.children) out.insert(of(child).begin(), of(child).end());
    if (node.kind == repeat) {
      Spans now = nothing();
      if (node.low == 0) out = now;
      int32_t most =
          node.high == GrammarNode::unlimited ? node.low + static_cast<int32_t>(text_.size()) + 1 : node.high;
      for (int32_t i = 1; i <= most; ++i) {
        now = joined(now, of(node.children[0]));
        if (i >= node.low) out.insert(now.begin(), now.end());
      }
    }
    for (size_t at = 0; at <= text_.size(); ++at) {
      if (node.kind == text && text_.substr(at, node.text.size()) == node.text) out.emplace(at, at + node.text.size());
      if (node.kind == set && at < text_.size() && node.set.contains(static_cast<unsigned char>(text_[at])))
        out.emplace(at, at + 1);
    }
    return out;
  }

  const Rules& rules_;
  std::string_view text_;  // ASCII
  std::vector<Spans> spans_;
};

inline bool derives(const Rules& rules, std::string_view text) { return Derivations(rules, text).whole(); }

}  // namespace octet::text::grammar_testing
