#include "octet/text/bpe/regex_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "octet/base/error.h"
#include "octet/base/utf8.h"

namespace octet::text::regex {

namespace {

constexpr int max_depth = 50;
constexpr uint32_t max_count = 1000;  // in {m,n}
constexpr size_t max_pattern = 1 << 16;

bool is_ascii_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii_punctuation(char32_t c) {
  return c < 0x80 && c > ' ' && c != 0x7F && !is_ascii_letter(c) && !(c >= '0' && c <= '9');
}

// The characters that equal `c` without regard to case: ASCII letters and the two that Unicode folds to them.
CodePointSet case_variants(char32_t c) {
  CodePointSet set{{c, c}};
  if (!is_ascii_letter(c)) return set;
  char32_t lower = c | 0x20, upper = lower - 0x20;
  set = CodePointSet{{lower, lower}, {upper, upper}};
  if (lower == 's') set = set | CodePointSet{{0x17F, 0x17F}};  // long s
  if (lower == 'k') set = set | CodePointSet{{0x212A, 0x212A}};  // kelvin sign
  return set;
}

class Parser {
 public:
  Parser(std::string_view pattern, const std::string& where) : pattern_(pattern), where_(where) {
    if (pattern.size() > max_pattern || !utf8::is_valid(pattern)) malformed("not a pattern of at most 64 KiB of UTF-8");
    for (size_t i = 0; i < pattern.size();) {
      size_t n = utf8::valid_length(pattern.substr(i));
      characters_.push_back(utf8::decode(pattern.substr(i), n));
      i += n;
    }
  }

  Node whole() {
    Node node = alternatives();
    if (!done()) malformed("')' without '('");
    return node;
  }

 private:
  bool done() const { return at_ == characters_.size(); }
  char32_t peek(size_t ahead = 0) const { return at_ + ahead < characters_.size() ? characters_[at_ + ahead] : 0; }
  bool accept(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i)
      if (at_ + i >= characters_.size() || characters_[at_ + i] != static_cast<unsigned char>(text[i])) return false;
    at_ += text.size();
    return true;
  }
  char32_t take() {
    if (done()) malformed("it ends too early");
    return characters_[at_++];
  }

  [[noreturn]] void fail(ErrorKind kind, std::string_view what) const {
    throw Error(kind, fmt::format("{}: split pattern {}: {} (near character {})", where_, printable(pattern_), what, at_));
  }
  [[noreturn]] void malformed(std::string_view what) const { fail(ErrorKind::config, what); }
  [[noreturn]] void lacking(std::string_view what) const {
    fail(ErrorKind::unsupported, fmt::format("octet does not implement {}", what));
  }

  Node alternatives() {
    if (++depth_ > max_depth) malformed("nested too deep");
    Node node{.kind = Node::Kind::either};
    do node.children.push_back(sequence());
    while (accept("|"));
    --depth_;
    if (node.children.size() == 1) return std::move(node.children[0]);
    return node;
  }

  Node sequence() {
    Node node;
    while (!done() && peek() != '|' && peek() != ')') node.children.push_back(repeated());
    if (ignore_case_) refuse_folding_pairs(node);
    return node;
  }

  // Unicode folds these pairs of letters to single characters too (ß, ligatures): not implemented, so not accepted.
  void refuse_folding_pairs(const Node& node) const {
    for (size_t i = 0; i + 1 < node.children.size(); ++i) {
      const Node &a = node.children[i], &b = node.children[i + 1];
      if (a.kind != Node::Kind::set || b.kind != Node::Kind::set) continue;
      for (std::string_view pair : {"ss", "ff", "fi", "fl", "st"})
        if (a.set.contains(static_cast<char32_t>(pair[0])) && b.set.contains(static_cast<char32_t>(pair[1])))
          lacking(fmt::format("'{}' in (?i:", pair));
    }
  }

  Node repeated() {
    bool group = peek() == '(';
    Node node = group ? this->group() : Node{.kind = Node::Kind::set, .children = {}, .set = single()};
    uint32_t least = 1, most = 1;
    bool counted = false;
    if (accept("?")) least = 0;
    else if (accept("*")) least = 0, most = unbounded;
    else if (accept("+")) most = unbounded;
    else if (peek() == '{') counted = true, braces(least, most);
    else return node;
    Repeat repeat = Repeat::greedy;
    if (peek() == '?' && counted && least == most) lacking("{n}?");
    if (accept("?")) repeat = Repeat::lazy;
    else if (peek() == '+' && counted) lacking("{m,n}+");
    else if (accept("+")) repeat = Repeat::possessive;
    if (peek() == '?' || peek() == '*' || peek() == '+' || peek() == '{') lacking("a repeat of a repeat");
    if (!group) {
      node.least = least, node.most = most, node.repeat = repeat;
      return node;
    }
    if (counted || most != 1 || repeat != Repeat::greedy) lacking("repeats of a group other than '?'");
    Node optional{.kind = Node::Kind::either};
    optional.children.push_back(std::move(node));
    optional.children.emplace_back();
    return optional;
  }

  void braces(uint32_t& least, uint32_t& most) {
    ++at_;
    auto number = [&](uint32_t fallback) {
      if (peek() < '0' || peek() > '9') return fallback;
      uint32_t n = 0;
      while (peek() >= '0' && peek() <= '9')
        if ((n = n * 10 + (take() - '0')) > max_count) malformed(fmt::format("a count above {}", max_count));
      return n;
    };
    uint32_t missing = unbounded - 1;
    least = number(missing);
    if (accept(",")) most = number(unbounded);
    else most = least;
    if (!accept("}") || least == missing || most < least || most == 0) malformed("expected {m}, {m,} or {m,n}");
  }

  Node group() {
    ++at_;
    bool before = ignore_case_;
    Node node;
    if (accept("?:")) node = alternatives();
    else if (accept("?i:")) ignore_case_ = true, node = alternatives();
    else if (accept("?=")) node = look(Node::Kind::look);
    else if (accept("?!")) node = look(Node::Kind::look_not);
    else if (peek() == '?') lacking(peek(1) == '<' ? "look-behind and named groups" : "this kind of group");
    else node = alternatives();
    ignore_case_ = before;
    if (!accept(")")) malformed("'(' without ')'");
    return node;
  }

  Node look(Node::Kind kind) {
    Node node{.kind = kind};
    node.children.push_back(alternatives());
    if (peek(1) == '?' || peek(1) == '*' || peek(1) == '+' || peek(1) == '{') lacking("a repeated look-ahead");
    return node;
  }

  // One character's worth of pattern outside of brackets.
  CodePointSet single() {
    char32_t c = take();
    switch (c) {
      case '[': return set();
      case '.': return ~CodePointSet{{'\n', '\n'}};
      case '^': case '$': lacking("the anchors ^ and $");
      case '*': case '+': case '?': case '{': malformed("a repeat of nothing");
      case '\\': return escape();
      default: return literal(c);
    }
  }

  CodePointSet literal(char32_t c) const {
    if (!ignore_case_) return {{c, c}};
    if (c >= 0x80) lacking("characters beyond ASCII in (?i:");
    return case_variants(c);
  }

  // After a backslash: a set for \s and its like, else one character.
  CodePointSet escape() {
    char32_t c = take();
    switch (c) {
      case 's': return white_space();
      case 'S': return ~white_space();
      case 'd': return *unicode_property("Nd");
      case 'D': return ~*unicode_property("Nd");
      case 'w': return word_characters();
      case 'W': return ~word_characters();
      case 'p': return property();
      case 'P': return ~property();
      default: --at_; return literal(escaped_character());
    }
  }

  char32_t escaped_character() {
    char32_t c = take();
    switch (c) {
      case 'r': return '\r';
      case 'n': return '\n';
      case 't': return '\t';
      case 'f': return '\f';
      case 'v': return '\v';
      case 'a': return '\a';
      case 'e': return 0x1B;
      case 'x': return hexadecimal(2);
      case 'u': return hexadecimal(4);
      default: break;
    }
    if (is_ascii_punctuation(c) || c == ' ') return c;
    std::string name = "\\";
    utf8::append(name, c);
    lacking(fmt::format("the escape {}", printable(name)));
  }

  char32_t hexadecimal(int digits) {
    char32_t value = 0;
    auto digit = [&] {
      char32_t c = take();
      if (c >= '0' && c <= '9') return c - '0';
      if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') return (c | 0x20) - 'a' + 10;
      malformed("expected a hexadecimal digit");
    };
    if (digits == 2 && accept("{")) {
      while (!accept("}"))
        if ((value = value * 16 + digit()) > 0x10FFFF) malformed("a code point above 10FFFF");
      return value;
    }
    for (int i = 0; i < digits; ++i) value = value * 16 + digit();
    if (digits == 2 && value >= 0x80) lacking("\\x80 to \\xFF, which are bytes there");
    return value;
  }

  // {L}, {^L}, {Han}
  CodePointSet property() {
    if (ignore_case_) lacking("\\p in (?i:");
    if (!accept("{")) malformed("expected '{' after \\p");
    bool negated = accept("^");
    std::string name;
    while (!accept("}")) utf8::append(name, take());
    std::optional<CodePointSet> found = unicode_property(name);
    if (!found) lacking(fmt::format("\\p{{{}}}", printable(name)));
    return negated ? ~*found : *found;
  }

  // After '[', up to and with ']'.
  CodePointSet set() {
    if (++depth_ > max_depth) malformed("nested too deep");
    bool negated = accept("^");
    if (negated && ignore_case_) lacking("[^..] in (?i:");
    CodePointSet result{{0, 0x10FFFF}};
    std::vector<CodePointRange> part;
    bool empty = true;
    for (;; empty = false) {
      if (accept("]")) break;
      if (accept("&&")) {
        result = result & CodePointSet(std::move(part));
        part.clear();
        continue;
      }
      CodePointSet item = set_item();
      part.insert(part.end(), item.ranges().begin(), item.ranges().end());
    }
    if (empty) malformed("an empty [] (write \\] for the bracket)");
    result = result & CodePointSet(std::move(part));
    --depth_;
    return negated ? ~result : result;
  }

  CodePointSet set_item() {
    char32_t c = take();
    if (c == '[') {
      if (peek() == ':') lacking("[:name:]");
      return set();
    }
    bool escaped = c == '\\';
    if (escaped && std::u32string_view(U"sSdDwWpP").find(peek()) != std::u32string_view::npos) {
      CodePointSet result = escape();
      if (peek() == '-' && peek(1) != ']') lacking("a range that begins with a set");
      return result;
    }
    char32_t low = escaped ? escaped_character() : c;
    if (peek() != '-' || peek(1) == ']') return literal(low);
    ++at_;
    char32_t high = take();
    if (high == '[') malformed("a range that ends with a set");
    if (high == '\\') high = escaped_character();
    if (high < low) malformed("a range that goes down");
    if (!ignore_case_) return {{low, high}};
    CodePointSet result;
    if (high >= 0x80) lacking("characters beyond ASCII in (?i:");
    for (char32_t each = low; each <= high; ++each) result = result | case_variants(each);
    return result;
  }

  std::string_view pattern_;
  const std::string& where_;
  std::u32string characters_;
  size_t at_ = 0;
  int depth_ = 0;
  bool ignore_case_ = false;
};

}  // namespace

Node parse(std::string_view pattern, const std::string& where) { return Parser(pattern, where).whole(); }

}  // namespace octet::text::regex
