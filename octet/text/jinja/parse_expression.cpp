#include <charconv>

#include "octet/text/jinja/parser.h"
#include "octet/text/jinja/parser_nesting.h"

namespace octet::text::jinja {

ExprPtr Parser::make(int line, Expr::Data data) const {
  constexpr int most = 300;  // a chain of + or | as long as that is no template's
  int depth = depth_with(data);
  if (depth > most) fail_at(line, "the expression is nested too deeply");
  return std::make_unique<const Expr>(Expr{std::move(data), line, depth});
}

bool Parser::tuple_ends(std::string_view end_name) const {
  TokenType type = peek().type;
  return type == TokenType::output_end || type == TokenType::block_end || peek().is(")") ||
         (!end_name.empty() && peek().is_name(end_name));
}

ExprPtr Parser::tuple(Conditional conditional, std::string_view end_name) {
  if (tuple_ends(end_name)) fail(fmt::format("expected an expression, found {}", describe(peek())));
  return tuple_items(expression(conditional), conditional, end_name);
}

// `first`, or a tuple if a comma follows.
ExprPtr Parser::tuple_items(ExprPtr first, Conditional conditional, std::string_view end_name) {
  int line = peek().line;
  if (!peek().is(",")) return first;
  std::vector<ExprPtr> items;
  items.push_back(std::move(first));
  while (take(",") && !tuple_ends(end_name)) items.push_back(expression(conditional));
  return make(line, SequenceOf{Form::tuple, std::move(items)});
}

ExprPtr Parser::parenthesised() {
  int line = next().line;
  ExprPtr inside = peek().is(")") ? make(line, SequenceOf{Form::tuple, {}}) : tuple(Conditional::allowed);
  expect(")");
  return inside;
}

ExprPtr Parser::expression(Conditional conditional) {
  Nested nested(*this);
  return conditional == Conditional::allowed ? choice() : either();
}

ExprPtr Parser::choice() {
  Nested nested(*this);
  int line = peek().line;
  size_t unknown = unknown_.size();
  ExprPtr value = either();
  bool chosen = peek().is_name("if");
  while (take_name("if")) {
    ExprPtr condition = either(), otherwise;
    if (take_name("else")) otherwise = choice();
    value = make(line, Choice{std::move(condition), std::move(value), std::move(otherwise)});
  }
  if (chosen) unknown_.resize(unknown);  // the renderer refuses them if it comes to them
  return value;
}

ExprPtr Parser::either() {
  int line = peek().line;
  ExprPtr left = both();
  while (take_name("or")) left = make(line, Logic{Junction::either, std::move(left), both()});
  return left;
}

ExprPtr Parser::both() {
  int line = peek().line;
  ExprPtr left = negation();
  while (take_name("and")) left = make(line, Logic{Junction::both, std::move(left), negation()});
  return left;
}

ExprPtr Parser::negation() {
  Nested nested(*this);
  int line = peek().line;
  if (take_name("not")) return make(line, Not{negation()});
  return comparison();
}

ExprPtr Parser::comparison() {
  static constexpr std::pair<std::string_view, Relation> signs[] = {
      {"==", Relation::equal},      {"!=", Relation::not_equal}, {"<", Relation::less},
      {"<=", Relation::less_equal}, {">", Relation::greater},    {">=", Relation::greater_equal}};
  int line = peek().line;
  ExprPtr first = sum();
  std::vector<std::pair<Relation, ExprPtr>> rest;
  while (true) {
    std::optional<Relation> relation;
    for (const auto& [sign, meaning] : signs)
      if (peek().is(sign)) relation = meaning;
    if (peek().is_name("in")) relation = Relation::in;
    if (peek().is_name("not") && peek(1).is_name("in")) {
      relation = Relation::not_in;
      next();
    }
    if (!relation) break;
    next();
    rest.emplace_back(*relation, sum());
  }
  return rest.empty() ? std::move(first) : make(line, Compared{std::move(first), std::move(rest)});
}

ExprPtr Parser::sum() {
  int line = peek().line;
  ExprPtr left = concatenation();
  while (peek().is("+") || peek().is("-")) {
    Operator op = next().value == "+" ? Operator::add : Operator::subtract;
    left = make(line, Binary{op, std::move(left), concatenation()});
  }
  return left;
}

ExprPtr Parser::concatenation() {
  int line = peek().line;
  std::vector<ExprPtr> parts;
  do parts.push_back(product());
  while (take("~"));
  return parts.size() == 1 ? std::move(parts[0]) : make(line, Concat{std::move(parts)});
}

ExprPtr Parser::product() {
  static constexpr std::pair<std::string_view, Operator> signs[] = {
      {"*", Operator::multiply}, {"/", Operator::divide}, {"//", Operator::floor_divide}, {"%", Operator::modulo}};
  int line = peek().line;
  ExprPtr left = power();
  while (true) {
    std::optional<Operator> op;
    for (const auto& [sign, meaning] : signs)
      if (peek().is(sign)) op = meaning;
    if (!op) return left;
    next();
    left = make(line, Binary{*op, std::move(left), power()});
  }
}

ExprPtr Parser::power() {
  int line = peek().line;
  ExprPtr left = unary();
  while (take("**")) left = make(line, Binary{Operator::power, std::move(left), unary()});
  return left;
}

// -x|abs is (-x)|abs: filters stand outside the sign.
ExprPtr Parser::unary() { return filters_and_tests(signed_operand()); }

ExprPtr Parser::signed_operand() {
  Nested nested(*this);
  int line = peek().line;
  ExprPtr value;
  if (peek().is("-") || peek().is("+")) {
    char sign = next().value[0];
    value = make(line, Signed{sign, signed_operand()});
  } else {
    value = primary();
  }
  return postfix(std::move(value));
}

ExprPtr Parser::number(const Token& token) const {
  if (token.type == TokenType::number) {
    double value = 0;
    auto [end, error] = std::from_chars(token.value.data(), token.value.data() + token.value.size(), value);
    if (error == std::errc::result_out_of_range) value = std::strtod(token.value.c_str(), nullptr);
    return make(token.line, Literal{value});
  }
  std::string_view digits = token.value;
  Integer base = 10;
  if (digits.size() > 1 && digits[0] == '0' && (digits[1] | 0x20) >= 'a') {
    base = (digits[1] | 0x20) == 'x' ? 16 : (digits[1] | 0x20) == 'o' ? 8 : 2;
    digits.remove_prefix(2);
    if (digits.empty()) fail_at(token.line, "a number has no digits");
  }
  Integer value = 0;
  for (char c : digits) {
    Integer digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    if (digit >= base) fail_at(token.line, fmt::format("'{}' is no number", printable(token.value)));
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
      fail_at(token.line, "an integer beyond 128 bits is not supported");
  }
  return make(token.line, Literal{value});
}

ExprPtr Parser::primary() {
  const Token& token = peek();
  if (token.type == TokenType::name) return named();
  if (token.type == TokenType::integer || token.type == TokenType::number) return number(next());
  if (token.type == TokenType::text) {
    std::string whole;
    while (peek().type == TokenType::text) whole += next().value;  // neighbours join, as in Python
    return make(token.line, Literal{TextPtr(std::make_shared<Text>(std::move(whole)))});
  }
  if (token.is("(")) return parenthesised();
  if (token.is("[")) return list();
  if (token.is("{")) return dict();
  fail(fmt::format("expected an expression, found {}", describe(token)));
}

ExprPtr Parser::named() {
  const Token& token = next();
  const std::string& name = token.value;
  if (name == "true" || name == "True") return make(token.line, Literal{true});
  if (name == "false" || name == "False") return make(token.line, Literal{false});
  if (name == "none" || name == "None") return make(token.line, Literal{None{}});
  names_.insert(name);
  return make(token.line, Variable{name});
}

ExprPtr Parser::list() {
  int line = next().line;
  std::vector<ExprPtr> items;
  while (!peek().is("]")) {
    if (!items.empty()) {
      expect(",");
      if (peek().is("]")) break;
    }
    items.push_back(expression());
  }
  expect("]");
  return make(line, SequenceOf{Form::list, std::move(items)});
}

ExprPtr Parser::dict() {
  int line = next().line;
  std::vector<std::pair<ExprPtr, ExprPtr>> items;
  while (!peek().is("}")) {
    if (!items.empty()) {
      expect(",");
      if (peek().is("}")) break;
    }
    ExprPtr key = expression();
    expect(":");
    items.emplace_back(std::move(key), expression());
  }
  expect("}");
  return make(line, DictOf{std::move(items)});
}

}  // namespace octet::text::jinja
