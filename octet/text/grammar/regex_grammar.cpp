#include "octet/text/grammar/regex_grammar.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/base/utf8.h"
#include "octet/text/grammar/regex_cursor.h"

namespace octet::text {

namespace {

constexpr size_t longest_pattern = 16384;
constexpr int64_t highest_count = 10000;
constexpr int deepest_group = 64;
constexpr int64_t longest_length = int64_t{1} << 40;  // lengths beyond are as good as unlimited

CodePointSet line_ends() { return {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}; }

class RegexReader {
 public:
  RegexReader(Rules& rules, std::string_view pattern, const RegexAlphabet& alphabet, const std::string& where)
      : rules_(rules), alphabet_(alphabet), cursor_(pattern, longest_pattern, where) {}

  RegexGrammar whole() {
    RegexGrammar all = alternatives([this] { return anchored(RegexMatch::whole); });
    if (!cursor_.done()) cursor_.malformed("')' without '('");
    return all;
  }

  RegexGrammar search() {
    RegexGrammar all = alternatives([this] { return anchored(RegexMatch::search); });
    if (!cursor_.done()) cursor_.malformed("')' without '('");
    return all;
  }

 private:
  template <class One>
  RegexGrammar alternatives(One one) {
    std::vector<NodeId> options;
    RegexGrammar all{};
    do {
      RegexGrammar next = one();
      if (options.empty()) {
        all = next;
      } else {
        all.min_length = std::min(all.min_length, next.min_length);
        all.max_length = all.max_length && next.max_length ? std::optional(std::max(*all.max_length, *next.max_length))
                                                           : std::nullopt;
      }
      options.push_back(next.node);
    } while (cursor_.accept("|"));
    all.node = rules_.choice(std::move(options));
    return all;
  }

  // One of the outermost alternatives, with what may stand around it.
  RegexGrammar anchored(RegexMatch match) {
    bool begins = cursor_.accept("^");
    while (cursor_.accept("^")) begins = true;
    RegexGrammar part = sequence();
    bool ends = false;
    while (cursor_.accept("$")) ends = true;
    if (!cursor_.done() && cursor_.peek() != '|' && cursor_.peek() != ')') cursor_.lacking("'$' before the end");
    if (match == RegexMatch::whole) return part;
    std::vector<NodeId> parts;
    auto anything = [&] { return rules_.repeat(alphabet_.any_character(), 0, GrammarNode::unlimited); };
    if (!begins) parts.push_back(anything());
    parts.push_back(part.node);
    if (!ends) parts.push_back(anything());
    if (!begins || !ends) part.max_length = std::nullopt;
    part.node = rules_.sequence(std::move(parts));
    return part;
  }

  RegexGrammar sequence() {
    std::vector<NodeId> parts;
    RegexGrammar all{.node = -1, .min_length = 0, .max_length = 0};
    while (!cursor_.done() && cursor_.peek() != '|' && cursor_.peek() != ')' && cursor_.peek() != '$') {
      RegexGrammar next = repeated();
      parts.push_back(next.node);
      all.min_length = std::min(all.min_length + next.min_length, longest_length);
      all.max_length = all.max_length && next.max_length && *all.max_length + *next.max_length < longest_length
                           ? std::optional(*all.max_length + *next.max_length)
                           : std::nullopt;
    }
    all.node = parts.empty() ? rules_.empty() : rules_.sequence(std::move(parts));
    return all;
  }

  RegexGrammar repeated() {
    RegexGrammar part = atom();
    auto [low, high] = counts();
    if (low < 0) return part;
    cursor_.accept("?");  // lazy: the same texts
    if (cursor_.peek() == '+') cursor_.lacking("a possessive count");
    if (cursor_.peek() == '?' || cursor_.peek() == '*' || cursor_.peek() == '{')
      cursor_.malformed("a count of a count");
    RegexGrammar all{.node = rules_.repeat(part.node, low, high),
                     .min_length = std::min(part.min_length * low, longest_length)};
    if (part.max_length && (high != GrammarNode::unlimited || *part.max_length == 0) &&
        *part.max_length * std::max<int64_t>(high, 0) < longest_length)
      all.max_length = *part.max_length * std::max<int64_t>(high, 0);
    return all;
  }

  // {-1, 0} if no count stands here.
  std::pair<int64_t, int64_t> counts() {
    if (cursor_.accept("?")) return {0, 1};
    if (cursor_.accept("*")) return {0, GrammarNode::unlimited};
    if (cursor_.accept("+")) return {1, GrammarNode::unlimited};
    if (cursor_.peek() != '{') return {-1, 0};
    cursor_.accept("{");
    int64_t low = cursor_.number(highest_count), high = low;
    if (cursor_.accept(",")) {
      if (low < 0) low = 0;
      high = cursor_.peek() == '}' ? GrammarNode::unlimited : cursor_.number(highest_count);
    }
    bool ordered = high == GrammarNode::unlimited || high >= low;
    if (low < 0 || !ordered || !cursor_.accept("}")) cursor_.malformed("expected {n}, {n,} or {n,m}");
    return {low, high};
  }

  RegexGrammar atom() {
    char c = cursor_.peek();
    if (c == '(') return group();
    if (c == '?' || c == '*' || c == '+') cursor_.malformed("nothing to repeat");
    if (c == '{' || c == '}' || c == ']') cursor_.malformed(fmt::format("'{}' must be written as '\\{}'", c, c));
    if (c == '^') cursor_.lacking("'^' after the beginning");
    CodePointSet set = cursor_.accept("[")    ? read_character_set(cursor_)
                       : cursor_.accept("\\") ? read_escape(cursor_, InSet::no)
                       : cursor_.accept(".")  ? ~line_ends()
                                              : literal();
    return {.node = characters(set), .min_length = 1, .max_length = 1};
  }

  CodePointSet literal() {
    char32_t c = cursor_.take();
    return {{c, c}};
  }

  NodeId characters(const CodePointSet& set) {
    const auto& ranges = set.ranges();
    if (ranges.size() != 1 || ranges[0].first != ranges[0].last) return alphabet_.character(set);
    if (ranges[0].first >= 0xD800 && ranges[0].first <= 0xDFFF) cursor_.malformed("an unpaired surrogate");
    std::string text;
    utf8::append(text, ranges[0].first);
    return alphabet_.text(text);
  }

  RegexGrammar group() {
    if (++depth_ > deepest_group) cursor_.malformed(fmt::format("groups nested deeper than {}", deepest_group));
    cursor_.accept("(");
    if (cursor_.accept("?:")) {
    } else if (cursor_.accept("?P<") || (cursor_.peek() == '?' && cursor_.peek(1) == '<' && cursor_.peek(2) != '=' &&
                                         cursor_.peek(2) != '!' && cursor_.accept("?<"))) {
      while (!cursor_.done() && cursor_.peek() != '>') cursor_.take();
      if (!cursor_.accept(">")) cursor_.malformed("expected '>' after a group's name");
    } else if (cursor_.peek() == '?') {
      char kind = cursor_.peek(1);
      cursor_.lacking(kind == '=' || kind == '!' || kind == '<' ? "look-around" : fmt::format("the group (?{}", kind));
    }
    RegexGrammar inside = alternatives([this] {
      RegexGrammar part = sequence();
      if (cursor_.peek() == '$') cursor_.lacking("'$' inside a group");
      return part;
    });
    if (!cursor_.accept(")")) cursor_.malformed("'(' without ')'");
    --depth_;
    return inside;
  }

  Rules& rules_;
  const RegexAlphabet& alphabet_;
  PatternCursor cursor_;
  int depth_ = 0;
};

}  // namespace

RegexAlphabet plain_alphabet(Rules& rules) {
  CodePointSet surrogates{{0xD800, 0xDFFF}};
  return {.character = [&rules, surrogates](const CodePointSet& set) { return rules.set(set & ~surrogates); },
          .text = [&rules](std::string_view text) { return rules.text(text); },
          .any_character = [&rules, surrogates] { return rules.set(~surrogates); }};
}

RegexGrammar regex_grammar(Rules& rules, std::string_view pattern, const RegexAlphabet& alphabet, RegexMatch match,
                           const std::string& where) {
  RegexReader reader(rules, pattern, alphabet, where);
  return match == RegexMatch::whole ? reader.whole() : reader.search();
}

}  // namespace octet::text
