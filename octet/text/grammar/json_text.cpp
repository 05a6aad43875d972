#include "octet/text/grammar/json_text.h"

#include <map>

#include "octet/base/utf8.h"

namespace octet::text {

namespace {

constexpr int64_t deepest_indentation = 24;
constexpr CodePointRange surrogates{0xD800, 0xDFFF};

CodePointSet characters_of(std::string_view ascii) {
  std::vector<CodePointRange> ranges;
  for (char c : ascii) ranges.push_back({static_cast<char32_t>(c), static_cast<char32_t>(c)});
  return CodePointSet(std::move(ranges));
}

CodePointSet hex_digits() { return {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}; }

// The names below a common beginning: where one may end, and how they go on.
struct NameTrie {
  bool ends = false;
  std::map<char32_t, NameTrie> next;
};

// Texts of `allowed` characters that are not in the trie.
NodeId outside(Rules& rules, const NameTrie& trie, const CodePointSet& allowed) {
  std::vector<CodePointRange> taken;
  std::vector<NodeId> options;
  if (!trie.ends) options.push_back(rules.empty());
  for (const auto& [c, below] : trie.next) {
    taken.push_back({c, c});
    CodePointSet one{{c, c}};
    options.push_back(rules.sequence({rules.set(one), outside(rules, below, allowed)}));
  }
  NodeId other = rules.set(allowed & ~CodePointSet(std::move(taken)));
  options.push_back(rules.sequence({other, rules.repeat(rules.set(allowed), 0, GrammarNode::unlimited)}));
  return rules.choice(std::move(options));
}

}  // namespace

JsonText::JsonText(Rules& rules, JsonStyle style) : rules_(rules), style_(std::move(style)) {
  CodePointSet special = CodePointSet{{0, 0x1F}, {'"', '"'}, {'\\', '\\'}, surrogates} | style_.escaped;
  raw_ = ~special;
}

NodeId JsonText::escaped(char32_t c) {
  switch (c) {
    case '"':
      return rules_.text("\\\"");
    case '\\':
      return rules_.text("\\\\");
    case '\b':
      return rules_.text("\\b");
    case '\f':
      return rules_.text("\\f");
    case '\n':
      return rules_.text("\\n");
    case '\r':
      return rules_.text("\\r");
    case '\t':
      return rules_.text("\\t");
    default:
      return rules_.text(fmt::format("\\u{:04x}", static_cast<uint32_t>(c)));
  }
}

NodeId JsonText::text(std::string_view utf8) {
  std::vector<NodeId> parts;
  std::string plain;
  while (!utf8.empty()) {
    size_t length = utf8::valid_length(utf8);
    if (length == 0) throw Error(ErrorKind::request, "a text of the schema is not valid UTF-8");
    char32_t c = utf8::decode(utf8, length);
    if (raw_.contains(c)) {
      plain += utf8.substr(0, length);
    } else {
      if (!plain.empty()) parts.push_back(rules_.text(std::exchange(plain, "")));
      parts.push_back(escaped(c));
    }
    utf8.remove_prefix(length);
  }
  if (!plain.empty() || parts.empty()) parts.push_back(rules_.text(plain));
  return rules_.sequence(std::move(parts));
}

NodeId JsonText::character(const CodePointSet& of) {
  CodePointSet valid = of & ~CodePointSet{surrogates};
  std::vector<NodeId> options = {rules_.set(valid & raw_)};
  CodePointSet special = valid & ~raw_;
  for (const CodePointRange& range : special.ranges())
    for (char32_t c = range.first; c <= range.last; ++c) options.push_back(escaped(c));
  return rules_.choice(std::move(options));
}

NodeId JsonText::any_character() {
  NodeId hex = rules_.set(hex_digits());
  NodeId hex2 = rules_.repeat(hex, 2, 2), hex3 = rules_.repeat(hex, 3, 3);
  // \uXXXX outside the surrogates, or a pair of them: one character.
  NodeId ordinary = rules_.sequence({rules_.set({{'0', '9'}, {'A', 'C'}, {'E', 'F'}, {'a', 'c'}, {'e', 'f'}}), hex3});
  NodeId below = rules_.sequence({rules_.set(characters_of("Dd")), rules_.set({{'0', '7'}}), hex2});
  NodeId pair = rules_.sequence({rules_.set(characters_of("Dd")), rules_.set({{'8', '9'}, {'A', 'B'}, {'a', 'b'}}),
                                 hex2, rules_.text("\\u"), rules_.set(characters_of("Dd")),
                                 rules_.set({{'C', 'F'}, {'c', 'f'}}), hex2});
  NodeId unicode = rules_.sequence({rules_.text("u"), rules_.choice({ordinary, below, pair})});
  NodeId escape = rules_.choice({rules_.set(characters_of("\"\\/bfnrt")), unicode});
  return rules_.choice({rules_.set(raw_), rules_.sequence({rules_.text("\\"), escape})});
}

NodeId JsonText::quoted(NodeId content) { return rules_.sequence({rules_.text("\""), content, rules_.text("\"")}); }

RuleId JsonText::counted(int64_t most) {
  for (const auto& [known, rule] : counted_)
    if (known == most) return rule;
  RuleId rule = rules_.declare(fmt::format("up_to_{}", most), static_cast<int32_t>(most));
  rules_.define(rule, rules_.repeat(any_character(), 0, GrammarNode::unlimited));
  counted_.emplace_back(most, rule);
  return rule;
}

NodeId JsonText::string(int64_t min_length, std::optional<int64_t> max_length) {
  if (!max_length) return quoted(rules_.repeat(any_character(), min_length, GrammarNode::unlimited));
  check(min_length <= *max_length, "string lengths");
  if (*max_length <= style_.unrolled_characters) return quoted(rules_.repeat(any_character(), min_length, *max_length));
  std::vector<NodeId> parts;
  if (min_length > 0) parts.push_back(rules_.repeat(any_character(), min_length, min_length));
  if (*max_length > min_length) parts.push_back(rules_.rule(counted(*max_length - min_length)));
  return quoted(rules_.sequence(std::move(parts)));
}

NodeId JsonText::string_except(const std::vector<std::string>& names) {
  // Only raw characters, so that a name cannot come in disguise; a name that needs escapes cannot come at all.
  NameTrie root;
  for (const std::string& name : names) {
    NameTrie* at = &root;
    std::string_view rest = name;
    bool can_come = true;
    while (!rest.empty() && can_come) {
      size_t length = utf8::valid_length(rest);
      char32_t c = length > 0 ? utf8::decode(rest, length) : U'"';
      can_come = raw_.contains(c);
      if (can_come) at = &at->next[c];
      rest.remove_prefix(std::max<size_t>(length, 1));
    }
    if (can_come) at->ends = true;
  }
  return quoted(outside(rules_, root, raw_));
}

NodeId JsonText::literal_list(const Json& value) {
  std::vector<NodeId> parts;
  for (auto it = value.begin(); it != value.end(); ++it) {
    if (it != value.begin()) parts.push_back(comma());
    parts.push_back(value.is_object() ? pair(quoted(text(it.key())), literal(*it)) : literal(*it));
  }
  return rules_.sequence(std::move(parts));
}

NodeId JsonText::literal(const Json& value) {
  if (value.is_string()) return quoted(text(value.get_ref<const std::string&>()));
  if (value.is_object()) return value.empty() ? rules_.text("{}") : braces(literal_list(value));
  if (value.is_array()) return value.empty() ? rules_.text("[]") : brackets(literal_list(value));
  return rules_.text(dump(value));
}

NodeId JsonText::number() {
  NodeId digit = rules_.set({{'0', '9'}});
  NodeId whole =
      rules_.choice({rules_.text("0"), rules_.sequence({rules_.set({{'1', '9'}}), rules_.repeat(digit, 0, 14)})});
  NodeId fraction = rules_.sequence({rules_.text("."), rules_.repeat(digit, 1, 15)});
  NodeId exponent = rules_.sequence(
      {rules_.set(characters_of("eE")), rules_.optional(rules_.set(characters_of("+-"))), rules_.repeat(digit, 1, 2)});
  return rules_.sequence(
      {rules_.optional(rules_.text("-")), whole, rules_.optional(fraction), rules_.optional(exponent)});
}

NodeId JsonText::space() {
  if (!space_) {
    NodeId indentation = rules_.repeat(rules_.set(characters_of(" \t")), 0, deepest_indentation);
    space_ = rules_.add(
        "space", rules_.optional(rules_.choice({rules_.text(" "), rules_.sequence({rules_.text("\n"), indentation})})));
  }
  return rules_.rule(*space_);
}

RuleId JsonText::any_string() {
  if (!any_string_) any_string_ = rules_.add("string", string(0, std::nullopt));
  return *any_string_;
}

RuleId JsonText::value() {
  if (!value_) {
    value_ = rules_.declare("value");
    NodeId scalar =
        rules_.rule(rules_.add("scalar", rules_.choice({number(), rules_.one_of({"true", "false", "null"})})));
    rules_.define(*value_,
                  rules_.choice({rules_.rule(any_string()), scalar, rules_.rule(object()), rules_.rule(array())}));
  }
  return *value_;
}

RuleId JsonText::object() {
  if (!object_) {
    object_ = rules_.declare("object");
    NodeId member = rules_.rule(rules_.add("member", pair(rules_.rule(any_string()), rules_.rule(value()))));
    NodeId more = rules_.repeat(rules_.sequence({comma(), member}), 0, GrammarNode::unlimited);
    rules_.define(*object_, braces(rules_.optional(rules_.sequence({member, more}))));
  }
  return *object_;
}

RuleId JsonText::array() {
  if (!array_) {
    array_ = rules_.declare("array");
    rules_.define(*array_, list(rules_.rule(value()), 0, GrammarNode::unlimited));
  }
  return *array_;
}

NodeId JsonText::list(NodeId item, int64_t low, int64_t high) {
  if (high == 0) return brackets(rules_.empty());
  int64_t more_high = high == GrammarNode::unlimited ? high : high - 1;
  NodeId more = rules_.repeat(rules_.sequence({comma(), item}), std::max<int64_t>(low - 1, 0), more_high);
  NodeId items = rules_.sequence({item, more});
  return brackets(low == 0 ? rules_.optional(items) : items);
}

NodeId JsonText::pair(NodeId key, NodeId value) { return rules_.sequence({key, rules_.text(":"), space(), value}); }

NodeId JsonText::comma() { return rules_.sequence({rules_.text(","), space()}); }

NodeId JsonText::braces(NodeId members) {
  return rules_.sequence({rules_.text("{"), space(), members, space(), rules_.text("}")});
}

NodeId JsonText::brackets(NodeId items) {
  return rules_.sequence({rules_.text("["), space(), items, space(), rules_.text("]")});
}

}  // namespace octet::text
