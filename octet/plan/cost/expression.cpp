#include "octet/plan/cost/expression.h"

#include <algorithm>
#include <cmath>

#include "octet/base/error.h"

namespace octet::plan {

struct Expression::Node {
  enum class NodeKind { number, name, add, subtract, multiply, divide, power, call } kind;
  Quantity number;
  std::string name;  // of a value or a function
  std::vector<std::shared_ptr<const Node>> children;
};

double annuity(double capital, double yearly_rate, double seconds) {
  constexpr double month = 730 * 3600.0;
  double months = seconds / month, rate = yearly_rate / 12;
  if (rate == 0) return capital / seconds;
  return capital * rate / (1 - std::pow(1 + rate, -months)) / month;
}

namespace {

using Node = Expression::Node;
using NodeKind = Node::NodeKind;
using NodePtr = std::shared_ptr<const Node>;

struct Parser {
  std::string_view text;
  std::string_view what;
  size_t at = 0;
  int depth = 0;

  [[noreturn]] void fail(std::string_view expected) const {
    throw Error(ErrorKind::config,
                fmt::format("{}: formula '{}': expected {} at character {}", what, printable(text), expected, at + 1),
                "formulas know names, numbers, [8 GPU/node], + - * / ^ ( ), min, max, ceil and annuity");
  }
  void skip() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  }
  bool take(char c) {
    skip();
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  }
  static NodePtr make(NodeKind kind, NodePtr a, NodePtr b) {
    return std::make_shared<const Node>(Node{kind, {}, "", {std::move(a), std::move(b)}});
  }

  NodePtr sum() {
    if (++depth > 100) fail("less nesting");
    NodePtr left = product();
    for (;;) {
      if (take('+'))
        left = make(NodeKind::add, left, product());
      else if (take('-'))
        left = make(NodeKind::subtract, left, product());
      else
        break;
    }
    --depth;
    return left;
  }
  NodePtr product() {
    NodePtr left = raised();
    for (;;) {
      if (take('*'))
        left = make(NodeKind::multiply, left, raised());
      else if (take('/'))
        left = make(NodeKind::divide, left, raised());
      else
        return left;
    }
  }
  NodePtr raised() {
    NodePtr left = atom();
    return take('^') ? make(NodeKind::power, left, atom()) : left;
  }
  NodePtr literal(const Quantity& value) { return std::make_shared<const Node>(Node{NodeKind::number, value, "", {}}); }

  NodePtr atom() {
    skip();
    if (at >= text.size()) fail("a name or a number");
    char c = text[at];
    if (take('(')) {
      NodePtr inside = sum();
      if (!take(')')) fail("')'");
      return inside;
    }
    if (c == '[') {
      size_t end = text.find(']', at);
      if (end == std::string_view::npos) fail("']'");
      Quantity value = parse_quantity(text.substr(at + 1, end - at - 1), what).quantity;
      at = end + 1;
      return literal(value);
    }
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') {
      size_t start = at;
      while (at < text.size() &&
             (std::isdigit(static_cast<unsigned char>(text[at])) || text[at] == '.' || text[at] == '_'))
        ++at;
      if (at + 1 < text.size() && text[at] == 'e' &&
          (std::isdigit(static_cast<unsigned char>(text[at + 1])) || text[at + 1] == '-')) {
        at += 2;
        while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]))) ++at;
      }
      std::string digits(text.substr(start, at - start));
      std::erase(digits, '_');
      return literal({std::strtod(digits.c_str(), nullptr), {}});
    }
    if (!std::isalpha(static_cast<unsigned char>(c)) && c != '_') fail("a name or a number");
    size_t start = at;
    while (at < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_' || text[at] == '.'))
      ++at;
    std::string name(text.substr(start, at - start));
    if (!take('(')) return std::make_shared<const Node>(Node{NodeKind::name, {}, name, {}});
    std::vector<NodePtr> arguments{sum()};
    while (take(',')) arguments.push_back(sum());
    if (!take(')')) fail("')'");
    size_t wanted = name == "ceil" ? 1 : name == "annuity" ? 3 : name == "min" || name == "max" ? 2 : 0;
    if (wanted == 0) fail("min, max, ceil or annuity before '('");
    if (arguments.size() != wanted) fail(fmt::format("{} values in {}()", wanted, name));
    return std::make_shared<const Node>(Node{NodeKind::call, {}, name, std::move(arguments)});
  }
};

struct Evaluator {
  const Expression::Lookup& lookup;
  const std::string& text;
  const std::string& what;

  [[noreturn]] void fail(const std::string& why) const {
    throw Error(ErrorKind::config, fmt::format("{}: formula '{}' {}", what, printable(text), why));
  }
  [[noreturn]] void fail_unit(const std::string& why) const {
    throw UnitError(ErrorKind::config, fmt::format("{}: formula '{}' {}", what, printable(text), why));
  }
  void like(Dimension a, Dimension b, const char* doing) const {
    if (a != b) fail_unit(fmt::format("{} {} and {}", doing, name(a), name(b)));
  }
  Quantity operator()(const Node& node) const {
    if (node.kind == NodeKind::number) return node.number;
    if (node.kind == NodeKind::name) return lookup(node.name);
    std::vector<Quantity> v;
    for (const auto& child : node.children) v.push_back((*this)(*child));
    switch (node.kind) {
      case NodeKind::add:
        like(v[0].dimension, v[1].dimension, "adds");
        return {v[0].value + v[1].value, v[0].dimension};
      case NodeKind::subtract:
        like(v[0].dimension, v[1].dimension, "subtracts");
        return {v[0].value - v[1].value, v[0].dimension};
      case NodeKind::multiply:
        return {v[0].value * v[1].value, v[0].dimension * v[1].dimension};
      case NodeKind::divide:
        if (v[1].value == 0) fail("divides by zero");
        return {v[0].value / v[1].value, v[0].dimension / v[1].dimension};
      case NodeKind::power: {
        if (!v[1].dimension.none()) fail_unit("raises to a power that has a unit");
        if (v[0].dimension.none()) return {std::pow(v[0].value, v[1].value), {}};
        if (v[1].value != std::floor(v[1].value) || v[1].value < 0 || v[1].value > 8)
          fail_unit("raises a unit to that power");
        Quantity out{std::pow(v[0].value, v[1].value), {}};
        for (int i = 0; i < static_cast<int>(v[1].value); ++i) out.dimension = out.dimension * v[0].dimension;
        return out;
      }
      default:
        return call(node.name, v);
    }
  }
  Quantity call(const std::string& name, const std::vector<Quantity>& v) const {
    if (name == "ceil") return {std::ceil(v[0].value - 1e-9), v[0].dimension};
    if (name == "min" || name == "max") {
      like(v[0].dimension, v[1].dimension, "compares");
      return {name == "min" ? std::min(v[0].value, v[1].value) : std::max(v[0].value, v[1].value), v[0].dimension};
    }
    Dimension second;
    second.power[static_cast<size_t>(Base::second)] = 1;
    if (!v[1].dimension.none()) fail_unit("needs a plain yearly rate such as 10.25 %");
    like(v[2].dimension, second, "takes for a time");
    if (v[2].value <= 0) fail("repays over no time");
    return {annuity(v[0].value, v[1].value, v[2].value), v[0].dimension / second};
  }
};

void collect(const Node& node, std::vector<std::string>& out) {
  if (node.kind == NodeKind::name && std::find(out.begin(), out.end(), node.name) == out.end())
    out.push_back(node.name);
  for (const auto& child : node.children) collect(*child, out);
}

void collect_addends(const Node& node, std::vector<std::vector<std::string>>& out) {
  if (node.kind == NodeKind::add) {
    for (const auto& child : node.children) collect_addends(*child, out);
  } else if (node.kind == NodeKind::subtract) {
    collect_addends(*node.children[0], out);
  } else if (node.kind == NodeKind::multiply && node.children[0]->kind == NodeKind::add) {
    collect_addends(*node.children[0], out);  // (a + b) * price
  } else if (node.kind == NodeKind::multiply && node.children[1]->kind == NodeKind::add) {
    collect_addends(*node.children[1], out);
  } else {
    collect(node, out.emplace_back());
  }
}

}  // namespace

Expression::Expression(std::string_view text, std::string_view what) : text_(text), what_(what) {
  Parser parser{text_, what_};
  if (text.size() > 2000) parser.fail("at most 2000 characters");
  root_ = parser.sum();
  parser.skip();
  if (parser.at != text_.size()) parser.fail("an operator");
}

Quantity Expression::evaluate(const Lookup& lookup) const { return Evaluator{lookup, text_, what_}(*root_); }

std::vector<std::string> Expression::names() const {
  std::vector<std::string> out;
  collect(*root_, out);
  return out;
}

std::vector<std::vector<std::string>> Expression::addends() const {
  std::vector<std::vector<std::string>> out;
  collect_addends(*root_, out);
  return out;
}

}  // namespace octet::plan
