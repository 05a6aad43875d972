#include "octet/text/grammar/ebnf.h"

#include <map>

#include "octet/base/error.h"
#include "octet/base/utf8.h"
#include "octet/text/grammar/regex_cursor.h"

namespace octet::text {

namespace {

constexpr size_t longest_grammar = 65536;
constexpr int64_t highest_repeat = 10000;
constexpr int deepest_parentheses = 64;

class EbnfReader {
 public:
  EbnfReader(Rules& rules, std::string_view text, const std::string& where)
      : rules_(rules), cursor_(text, longest_grammar, where), where_(where) {}

  RuleId run() {
    for (skip(); !cursor_.done(); skip()) {
      std::string name = this->name();
      skip();
      if (name.empty() || !cursor_.accept("::=")) cursor_.malformed("expected 'name ::= ...'");
      Named& rule = named(name);
      if (rule.defined) cursor_.malformed(fmt::format("the rule '{}' is defined twice", printable(name)));
      rule.defined = true;
      RuleId id = rule.id;
      rules_.define(id, alternatives());
    }
    check_defined();
    return names_.at("root").id;
  }

 private:
  struct Named {
    RuleId id;
    bool defined = false;
  };

  Named& named(const std::string& name) {
    auto it = names_.find(name);
    if (it == names_.end()) it = names_.emplace(name, Named{rules_.declare(name)}).first;
    return it->second;
  }

  void check_defined() {
    named("root");
    std::vector<std::string> defined;
    for (const auto& [name, rule] : names_)
      if (rule.defined) defined.push_back(name);
    for (const auto& [name, rule] : names_)
      if (!rule.defined)
        throw Error(ErrorKind::request, fmt::format("{}: no rule is called '{}'", where_, printable(name)),
                    unknown_name_hint(name, defined));
  }

  void skip() {  // white space and comments
    while (!cursor_.done()) {
      char c = cursor_.peek();
      if (c == '#')
        while (!cursor_.done() && cursor_.peek() != '\n') cursor_.take();
      else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        cursor_.take();
      else
        return;
    }
  }

  static bool in_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  }

  // Empty if none stands here. '.' alone is any character.
  std::string name() {
    std::string out;
    if (cursor_.peek() == '.') return out;
    while (in_name(cursor_.peek())) out += static_cast<char>(cursor_.take());
    return out;
  }

  NodeId alternatives() {
    std::vector<NodeId> options;
    do options.push_back(sequence());
    while (cursor_.accept("|"));
    return rules_.choice(std::move(options));
  }

  // Up to '|', ')', the end, or the next rule's beginning.
  NodeId sequence() {
    std::vector<NodeId> parts;
    for (skip(); !cursor_.done() && cursor_.peek() != '|' && cursor_.peek() != ')'; skip()) {
      size_t before = cursor_.place();
      if (std::string name = this->name(); !name.empty()) {
        skip();
        if (cursor_.accept("::=")) {
          cursor_.back_to(before);
          break;
        }
        parts.push_back(repeated(rules_.rule(named(name).id)));
      } else {
        parts.push_back(repeated(element()));
      }
    }
    return parts.empty() ? rules_.empty() : rules_.sequence(std::move(parts));
  }

  NodeId element() {
    if (cursor_.accept("\"")) return literal();
    if (cursor_.accept("[")) return rules_.set(read_character_set(cursor_) & ~CodePointSet{{0xD800, 0xDFFF}});
    if (cursor_.accept(".")) return rules_.set(~CodePointSet{{0xD800, 0xDFFF}});
    if (!cursor_.accept("(")) cursor_.malformed("expected a literal, a set, a group or a rule's name");
    if (++depth_ > deepest_parentheses)
      cursor_.malformed(fmt::format("groups nested deeper than {}", deepest_parentheses));
    NodeId inside = alternatives();
    if (!cursor_.accept(")")) cursor_.malformed("expected ')'");
    --depth_;
    return inside;
  }

  NodeId literal() {
    std::string text;
    while (!cursor_.accept("\"")) {
      if (cursor_.done() || cursor_.peek() == '\n') cursor_.malformed("a literal without its closing '\"'");
      char32_t c = cursor_.accept("\\") ? escape() : cursor_.take();
      if (c >= 0xD800 && c <= 0xDFFF) cursor_.malformed("an unpaired surrogate");
      utf8::append(text, c);
    }
    return rules_.text(text);
  }

  char32_t escape() {
    if (cursor_.accept("U")) {
      char32_t c = cursor_.hex(8);
      if (c > 0x10FFFF) cursor_.malformed("a character beyond U+10FFFF");
      return c;
    }
    CodePointSet set = read_escape(cursor_, InSet::yes);
    if (set.ranges().size() != 1 || set.ranges()[0].first != set.ranges()[0].last)
      cursor_.malformed("a class of characters in a literal");
    return set.ranges()[0].first;
  }

  NodeId repeated(NodeId node) {
    skip_blanks();
    if (cursor_.accept("?")) return rules_.optional(node);
    if (cursor_.accept("*")) return rules_.repeat(node, 0, GrammarNode::unlimited);
    if (cursor_.accept("+")) return rules_.repeat(node, 1, GrammarNode::unlimited);
    if (!cursor_.accept("{")) return node;
    skip_blanks();
    int64_t low = cursor_.number(highest_repeat), high = low;
    skip_blanks();
    if (cursor_.accept(",")) {
      skip_blanks();
      if (low < 0) low = 0;
      high = cursor_.peek() == '}' ? GrammarNode::unlimited : cursor_.number(highest_repeat);
      skip_blanks();
    }
    bool ordered = high == GrammarNode::unlimited || high >= low;
    if (low < 0 || !ordered || !cursor_.accept("}")) cursor_.malformed("expected {n}, {n,} or {n,m}");
    return rules_.repeat(node, low, high);
  }

  void skip_blanks() {
    while (cursor_.peek() == ' ' || cursor_.peek() == '\t') cursor_.take();
  }

  Rules& rules_;
  PatternCursor cursor_;
  std::string where_;
  std::map<std::string, Named> names_;
  int depth_ = 0;
};

}  // namespace

RuleId add_ebnf(Rules& rules, std::string_view text, const std::string& where) {
  return EbnfReader(rules, text, where).run();
}

}  // namespace octet::text
