// What follows a value: .name, [index], (arguments), |filter and "is test".
#include "octet/text/jinja/filters.h"
#include "octet/text/jinja/parser.h"
#include "octet/text/jinja/parser_nesting.h"
#include "octet/text/jinja/predicates.h"

namespace octet::text::jinja {

ExprPtr Parser::postfix(ExprPtr value) {
  while (true) {
    int line = peek().line;
    if (take(".")) {
      const Token& token = next();
      if (token.type == TokenType::integer)
        value = make(line, Subscript{std::move(value), number(token)});
      else if (token.type == TokenType::name)
        value = make(line, Attribute{std::move(value), token.value});
      else
        fail_at(line, fmt::format("expected a name after '.', found {}", describe(token)));
    } else if (peek().is("[")) {
      value = bracket(std::move(value));
    } else if (peek().is("(")) {
      value = make(line, Call{std::move(value), arguments()});
    } else {
      return value;
    }
  }
}

ExprPtr Parser::bracket(ExprPtr value) {
  int line = next().line;
  ExprPtr start;
  if (!peek().is(":")) {
    if (peek().is("]")) fail("expected an index, found ']'");
    start = expression();
  }
  if (!take(":")) {
    if (peek().is(",")) refuse("an index of several values");
    expect("]");
    return make(line, Subscript{std::move(value), std::move(start)});
  }
  ExprPtr stop, step;
  if (!peek().is(":") && !peek().is("]")) stop = expression();
  if (take(":") && !peek().is("]")) step = expression();
  if (peek().is(",")) refuse("an index of several values");
  expect("]");
  return make(line, Slice{std::move(value), std::move(start), std::move(stop), std::move(step)});
}

ExprPtr Parser::filters_and_tests(ExprPtr value) {
  while (true) {
    int line = peek().line;
    if (peek().is("|"))
      value = filter(std::move(value));
    else if (peek().is_name("is"))
      value = test(std::move(value));
    else if (peek().is("("))
      value = make(line, Call{std::move(value), arguments()});
    else
      return value;
  }
}

// The name of a filter or test. One that is not known is refused, unless a condition may keep it from being reached.
std::string Parser::known_name(std::string_view kind, bool (*known)(std::string_view)) {
  int line = peek().line;
  std::string name = expect_any_name(fmt::format("of a {}", kind));
  while (take(".")) name += "." + expect_any_name(fmt::format("of a {}", kind));
  if (conditional_ == 0 && !known(name))
    unknown_.push_back({TokenType::name, fmt::format("the {} '{}'", kind, printable(name)), line});
  return name;
}

ExprPtr Parser::filter(ExprPtr value) {
  expect("|");
  return named_filter(std::move(value));
}

ExprPtr Parser::named_filter(ExprPtr value) {
  int line = peek().line;
  std::string name = known_name("filter", [](std::string_view n) { return find_filter(n) != nullptr; });
  Arguments given;
  if (peek().is("(")) given = arguments();
  return make(line, Filtered{std::move(value), std::move(name), std::move(given)});
}

ExprPtr Parser::test(ExprPtr value) {
  int line = next().line;
  bool negated = take_name("not");
  std::string name = known_name("test", [](std::string_view n) { return find_predicate(n) != nullptr; });
  Arguments given;
  const Token& token = peek();
  bool value_follows =
      token.type == TokenType::text || token.type == TokenType::integer || token.type == TokenType::number ||
      token.is("[") || token.is("{") ||
      (token.type == TokenType::name && !token.is_name("else") && !token.is_name("or") && !token.is_name("and"));
  if (token.is("(")) {
    given = arguments();
  } else if (value_follows) {
    if (token.is_name("is")) fail("tests cannot be chained with 'is'");
    given.positional.push_back(postfix(primary()));
  }
  ExprPtr result = make(line, Tested{std::move(value), std::move(name), std::move(given)});
  return negated ? make(line, Not{std::move(result)}) : std::move(result);
}

Arguments Parser::arguments() {
  expect("(");
  Arguments out;
  bool begun = false;
  while (!peek().is(")")) {
    if (begun) {
      expect(",");
      if (peek().is(")")) break;
    }
    begun = true;
    if (take("**")) {
      if (out.more_keywords) fail("a call has two '**'");
      out.more_keywords = expression();
    } else if (take("*")) {
      if (out.more_positional || out.more_keywords) fail("a call has two '*', or '*' after '**'");
      out.more_positional = expression();
    } else if (peek().type == TokenType::name && peek(1).is("=")) {
      if (out.more_keywords) fail("a call has an argument after '**'");
      std::string name = next().value;
      next();
      out.keywords.emplace_back(std::move(name), expression());
    } else {
      if (!out.keywords.empty() || out.more_positional || out.more_keywords)
        fail("a call has a positional argument after a named one");
      out.positional.push_back(expression());
    }
  }
  expect(")");
  return out;
}

}  // namespace octet::text::jinja
