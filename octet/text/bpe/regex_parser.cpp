#include "octet/text/bpe/regex_parser.h"

#include "octet/text/bpe/regex_cursor.h"
#include "octet/text/bpe/regex_sets.h"

namespace octet::text::regex {

namespace {

constexpr uint32_t max_count = 1000;  // in {m,n}

class Parser {
 public:
  Parser(std::string_view pattern, const std::string& where) : cursor_(pattern, where) {}

  Node whole() {
    Node node = alternatives();
    if (!cursor_.done()) cursor_.malformed("')' without '('");
    return node;
  }

 private:
  Node alternatives() {
    cursor_.enter();
    Node node{.kind = Node::Kind::either};
    do node.children.push_back(sequence());
    while (cursor_.accept("|"));
    cursor_.leave();
    if (node.children.size() == 1) return std::move(node.children[0]);
    return node;
  }

  Node sequence() {
    Node node;
    while (!cursor_.done() && cursor_.peek() != '|' && cursor_.peek() != ')') node.children.push_back(repeated());
    if (letters_ == Case::ignored) refuse_folding_pairs(node);
    return node;
  }

  // Unicode folds these pairs of letters to single characters too (ß, ligatures): not implemented, so not accepted.
  void refuse_folding_pairs(const Node& node) const {
    for (size_t i = 0; i + 1 < node.children.size(); ++i) {
      const Node &a = node.children[i], &b = node.children[i + 1];
      if (a.kind != Node::Kind::set || b.kind != Node::Kind::set) continue;
      for (std::string_view pair : {"ss", "ff", "fi", "fl", "st"})
        if (a.set.contains(static_cast<char32_t>(pair[0])) && b.set.contains(static_cast<char32_t>(pair[1])))
          cursor_.lacking(fmt::format("'{}' in (?i:", pair));
    }
  }

  Node repeated() {
    bool group = cursor_.peek() == '(';
    Node node =
        group ? this->group() : Node{.kind = Node::Kind::set, .children = {}, .set = parse_single(cursor_, letters_)};
    uint32_t least = 1, most = 1;
    bool counted = false;
    if (cursor_.accept("?"))
      least = 0;
    else if (cursor_.accept("*"))
      least = 0, most = unbounded;
    else if (cursor_.accept("+"))
      most = unbounded;
    else if (cursor_.peek() == '{')
      counted = true, braces(least, most);
    else
      return node;
    Repeat repeat = Repeat::greedy;
    if (cursor_.peek() == '?' && counted && least == most) cursor_.lacking("{n}?");
    if (cursor_.accept("?"))
      repeat = Repeat::lazy;
    else if (cursor_.peek() == '+' && counted)
      cursor_.lacking("{m,n}+");
    else if (cursor_.accept("+"))
      repeat = Repeat::possessive;
    if (cursor_.peek() == '?' || cursor_.peek() == '*' || cursor_.peek() == '+' || cursor_.peek() == '{')
      cursor_.lacking("a repeat of a repeat");
    if (!group) {
      node.least = least, node.most = most, node.repeat = repeat;
      return node;
    }
    if (counted || most != 1 || repeat != Repeat::greedy) cursor_.lacking("repeats of a group other than '?'");
    Node optional{.kind = Node::Kind::either};
    optional.children.push_back(std::move(node));
    optional.children.emplace_back();
    return optional;
  }

  void braces(uint32_t& least, uint32_t& most) {
    cursor_.take();
    auto number = [&](uint32_t fallback) {
      if (cursor_.peek() < '0' || cursor_.peek() > '9') return fallback;
      uint32_t n = 0;
      while (cursor_.peek() >= '0' && cursor_.peek() <= '9')
        if ((n = n * 10 + (cursor_.take() - '0')) > max_count)
          cursor_.malformed(fmt::format("a count above {}", max_count));
      return n;
    };
    uint32_t missing = unbounded - 1;
    least = number(missing);
    if (cursor_.accept(","))
      most = number(unbounded);
    else
      most = least;
    if (!cursor_.accept("}") || least == missing || most < least || most == 0)
      cursor_.malformed("expected {m}, {m,} or {m,n}");
  }

  Node group() {
    cursor_.take();
    Case before = letters_;
    Node node;
    if (cursor_.accept("?:"))
      node = alternatives();
    else if (cursor_.accept("?i:"))
      letters_ = Case::ignored, node = alternatives();
    else if (cursor_.accept("?="))
      node = look(Node::Kind::look);
    else if (cursor_.accept("?!"))
      node = look(Node::Kind::look_not);
    else if (cursor_.peek() == '?')
      cursor_.lacking(cursor_.peek(1) == '<' ? "look-behind and named groups" : "this kind of group");
    else
      node = alternatives();
    letters_ = before;
    if (!cursor_.accept(")")) cursor_.malformed("'(' without ')'");
    return node;
  }

  Node look(Node::Kind kind) {
    Node node{.kind = kind};
    node.children.push_back(alternatives());
    if (cursor_.peek(1) == '?' || cursor_.peek(1) == '*' || cursor_.peek(1) == '+' || cursor_.peek(1) == '{')
      cursor_.lacking("a repeated look-ahead");
    return node;
  }

  Cursor cursor_;
  Case letters_ = Case::kept;
};

}  // namespace

Node parse(std::string_view pattern, const std::string& where) { return Parser(pattern, where).whole(); }

}  // namespace octet::text::regex
