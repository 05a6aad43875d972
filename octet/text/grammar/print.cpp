#include "octet/text/grammar/print.h"

#include <fmt/ranges.h>

#include <span>

#include "octet/base/error.h"
#include "octet/base/utf8.h"

namespace octet::text {

namespace {

using Kind = GrammarNode::Kind;

constexpr int32_t unrolled = 128;

// Whether a node holds no reference to a rule or a token.
std::vector<bool> regular_nodes(const Rules& rules) {
  std::vector<bool> regular(rules.size());
  for (size_t i = 0; i < rules.size(); ++i) {
    const GrammarNode& node = rules[static_cast<NodeId>(i)];
    regular[i] = node.kind != Kind::rule && node.kind != Kind::token;
    for (NodeId child : node.children) regular[i] = regular[i] && regular[static_cast<size_t>(child)];
  }
  return regular;
}

class EbnfPrinter {
 public:
  explicit EbnfPrinter(const Rules& rules) : rules_(rules), regular_(regular_nodes(rules)) {}

  std::string run() {
    std::string out;
    for (size_t i = 0; i < rules_.rules().size(); ++i) {
      const Rules::Rule& rule = rules_.rules()[i];
      out += static_cast<RuleId>(i) == rules_.root() ? "root" : rule.name;
      if (rule.most_characters > 0) out += fmt::format("[max_chars={}]", rule.most_characters);
      out += " ::= " + expression(rule.body) + "\n";
    }
    return out;
  }

 private:
  std::string expression(NodeId id) {
    const GrammarNode& node = rules_[id];
    if (regular_[static_cast<size_t>(id)]) return regular_run({&id, 1});
    switch (node.kind) {
      case Kind::rule:
        return node.id == rules_.root() ? "root" : rules_.rules()[static_cast<size_t>(node.id)].name;
      case Kind::token:
        return fmt::format("Token({})", node.id);
      case Kind::repeat:
        return "(" + expression(node.children[0]) + ")" + bounds(node.low, node.high);
      case Kind::sequence:
        return sequence(node);
      default:
        break;
    }
    std::string out;
    for (NodeId child : node.children) out += (out.empty() ? "(" : " | ") + expression(child);
    return out + ")";
  }

  std::string sequence(const GrammarNode& node) {
    std::string out;
    auto add = [&](const std::string& part) { out += (out.empty() ? "" : " ") + part; };
    for (size_t at = 0; at < node.children.size();) {
      size_t end = at;
      while (end < node.children.size() && regular_[static_cast<size_t>(node.children[end])]) ++end;
      if (end > at) {
        add(regular_run(std::span(node.children).subspan(at, end - at)));
        at = end;
      } else {
        add(expression(node.children[at++]));
      }
    }
    return out;
  }

  // Regular nodes one after the other.
  std::string regular_run(std::span<const NodeId> ids) {
    std::string plain;
    if (all_text(ids, plain)) return literal(plain);
    std::string out;
    for (NodeId id : ids) regex(id, out);
    return fmt::format("Regex({})", literal(out));
  }

  bool all_text(std::span<const NodeId> ids, std::string& out) const {
    for (NodeId id : ids) {
      const GrammarNode& node = rules_[id];
      if (node.kind == Kind::text)
        out += node.text;
      else if (node.kind != Kind::sequence || !all_text(node.children, out))
        return false;
    }
    return true;
  }

  static std::string literal(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
      auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\')
        out += '\\', out += c;
      else if (byte < 0x20 || byte == 0x7F)
        out += fmt::format("\\x{:02x}", byte);
      else
        out += c;
    }
    return out + "\"";
  }

  void regex(NodeId id, std::string& out) const {
    const GrammarNode& node = rules_[id];
    switch (node.kind) {
      case Kind::text:
        return characters(node.text, out);
      case Kind::set:
        return set(node.set, out);
      case Kind::sequence:
        for (NodeId child : node.children) regex(child, out);
        return;
      case Kind::choice: {
        std::string_view separator = "(";
        for (NodeId child : node.children) {
          out += separator;
          regex(child, out);
          separator = "|";
        }
        out += ')';
        return;
      }
      case Kind::repeat:
        return repeat(node, out);
      default:
        check(false, "a regular node with a reference");
    }
  }

  // XGrammar unrolls counts up to 128 and counts higher ones at every step, which is slow: they are taken apart.
  void repeat(const GrammarNode& node, std::string& out) const {
    std::string part;
    bool single = rules_[node.children[0]].kind == Kind::set;
    if (!single) part += '(';
    regex(node.children[0], part);
    if (!single) part += ')';
    int32_t low = node.low;
    for (; low > unrolled; low -= unrolled) out += part + bounds(unrolled, unrolled);
    if (low > 0) out += part + bounds(low, low);
    if (node.high == GrammarNode::unlimited)
      out += part + '*';  // {n,} goes wrong where something follows that may be empty: (c?){2,}[ab]? matches bc
    else if (node.high > node.low)
      up_to(part, node.high - node.low, out);
  }

  // {0,n} = {0,127} or 128 and {0,n-128}: in any text two ways of counting are open at most.
  static void up_to(const std::string& part, int32_t most, std::string& out) {
    int open = 0;
    for (; most > unrolled; most -= unrolled, ++open)
      out += "(" + part + bounds(0, unrolled - 1) + "|" + part + bounds(unrolled, unrolled);
    out += part + bounds(0, most);
    out.append(static_cast<size_t>(open), ')');
  }

  // Never '?': XGrammar's (ab*)? matches b as well, its (ab*){0,1} does not.
  static std::string bounds(int32_t low, int32_t high) {
    if (high == GrammarNode::unlimited) {
      if (low <= 1) return low == 0 ? "*" : "+";
      return fmt::format("{{{},}}", low);
    }
    if (low == 1 && high == 1) return "";
    return fmt::format("{{{},{}}}", low, high);
  }

  static void character(char32_t c, std::string& out) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ';
    if (plain)
      out += static_cast<char>(c);
    else
      out += fmt::format("\\u{{{:x}}}", static_cast<uint32_t>(c));
  }

  static void characters(std::string_view text, std::string& out) {
    while (!text.empty()) {
      size_t length = utf8::valid_length(text);
      check(length > 0, "a grammar's text is not UTF-8");
      character(utf8::decode(text, length), out);
      text.remove_prefix(length);
    }
  }

  // XGrammar joins adjacent ranges of a set and takes those across the lengths of UTF-8 apart wrongly (U+E000 to
  // U+10FFFF lets F0 81 in): a set for each length.
  static void set(const CodePointSet& set, std::string& out) {
    static const CodePointSet lengths[] = {{{0, 0x7F}}, {{0x80, 0x7FF}}, {{0x800, 0xFFFF}}, {{0x10000, 0x10FFFF}}};
    std::vector<std::string> parts;
    for (const CodePointSet& length : lengths) {
      CodePointSet part = set & length;
      if (part.empty()) continue;
      std::string& text = parts.emplace_back("[");
      for (const CodePointRange& range : part.ranges()) characters(range, text);
      text += ']';
    }
    out += parts.size() == 1 ? parts[0] : fmt::format("({})", fmt::join(parts, "|"));
  }

  static void characters(const CodePointRange& range, std::string& out) {
    character(range.first, out);
    if (range.last == range.first) return;
    out += '-';
    character(range.last, out);
  }

  const Rules& rules_;
  std::vector<bool> regular_;
};

}  // namespace

std::string print_ebnf(const Rules& rules) { return EbnfPrinter(rules).run(); }

}  // namespace octet::text
