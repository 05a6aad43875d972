#include "octet/text/jinja/parser.h"
#include "octet/text/jinja/parser_nesting.h"

namespace octet::text::jinja {

void Parser::fail_at(int line, std::string_view message) const {
  throw Error(ErrorKind::config, fmt::format("{}: line {}: {}", name_, line, message));
}

void Parser::refuse(std::string_view what) const { fail(fmt::format("{} is not supported", what)); }

bool Parser::take(std::string_view sign) {
  if (!peek().is(sign)) return false;
  next();
  return true;
}

bool Parser::take_name(std::string_view name) {
  if (!peek().is_name(name)) return false;
  next();
  return true;
}

void Parser::expect(std::string_view sign) {
  if (!take(sign)) fail(fmt::format("expected '{}', found {}", sign, describe(peek())));
}

void Parser::expect(TokenType type) {
  if (peek().type != type) fail(fmt::format("expected {}, found {}", describe({type, "", 0}), describe(peek())));
  next();
}

std::string Parser::expect_any_name(std::string_view what) {
  if (peek().type != TokenType::name) fail(fmt::format("expected a name {}, found {}", what, describe(peek())));
  return next().value;
}

Block Parser::program() {
  Block whole = block({});
  if (!unknown_.empty()) fail_at(unknown_[0].line, fmt::format("{} is not supported", unknown_[0].value));
  return whole;
}

// Up to a tag whose name is among `ends`, which stays to be read; without ends, up to the end of the template.
Block Parser::block(std::initializer_list<std::string_view> ends) {
  Block out;
  while (peek().type != TokenType::end) {
    const Token& token = next();
    if (token.type == TokenType::data) {
      out.push_back({Data{token.value}, token.line});
    } else if (token.type == TokenType::output_begin) {
      out.push_back({Output{tuple(Conditional::allowed)}, token.line});
      expect(TokenType::output_end);
    } else {
      for (std::string_view end : ends)
        if (peek().is_name(end)) return out;
      out.push_back(statement());
      expect(TokenType::block_end);
    }
  }
  if (ends.size() > 0)
    fail(fmt::format("the template ends inside '{}'; expected {}", open_tags_.back(), fmt::join(ends, " or ")));
  return out;
}

Block Parser::body(std::initializer_list<std::string_view> ends) {
  take(":");
  expect(TokenType::block_end);
  return block(ends);
}

Stmt Parser::statement() {
  Nested nested(*this);
  int line = peek().line;
  std::string tag = expect_any_name("of a tag");
  static constexpr std::string_view outside[] = {"autoescape", "block",   "call",  "do",    "extends", "from",
                                                 "import",     "include", "print", "trans", "debug"};
  if (std::find(std::begin(outside), std::end(outside), tag) != std::end(outside))
    fail_at(line, fmt::format("the tag '{}' is not supported", tag));
  if (tag == "break") return parse_jump(line, Jump::leave);
  if (tag == "continue") return parse_jump(line, Jump::next);
  open_tags_.push_back(tag);
  Stmt out = [&]() -> Stmt {
    if (tag == "set") return parse_set(line);
    if (tag == "if") return parse_if(line);
    if (tag == "for") return parse_for(line);
    if (tag == "macro") return parse_macro(line);
    if (tag == "with") return parse_with(line);
    if (tag == "filter") return parse_filter_block(line);
    if (tag == "generation") return parse_generation(line);
    open_tags_.pop_back();
    fail_at(line, fmt::format("unknown tag '{}'{}", printable(tag),
                              open_tags_.empty() ? "" : fmt::format(" inside '{}'", open_tags_.back())));
  }();
  open_tags_.pop_back();
  return out;
}

Target Parser::single_target(Names names) {
  if (take("(")) {
    Nested nested(*this);
    Target inside = target(names, "");
    expect(")");
    return inside;
  }
  Target out;
  out.name = expect_any_name("to assign to");
  for (std::string_view constant : {"true", "false", "none", "True", "False", "None"})
    if (out.name == constant) fail(fmt::format("cannot assign to '{}'", constant));
  if (names == Names::of_namespaces && take(".")) out.attribute = expect_any_name("of an attribute");
  return out;
}

Target Parser::target(Names names, std::string_view end_name) {
  Target first = single_target(names);
  if (!peek().is(",")) return first;
  Target out;
  out.several.push_back(std::move(first));
  while (take(",") && !tuple_ends(end_name) && !peek().is("=")) out.several.push_back(single_target(names));
  return out;
}

Stmt Parser::parse_set(int line) {
  Target to = target(Names::of_namespaces, "");
  if (take("=")) return {Set{std::move(to), tuple(Conditional::allowed)}, line};
  ExprPtr filters;
  while (peek().is("|")) filters = filter(std::move(filters));
  Block inside = body({"endset"});
  next();
  return {SetBlock{std::move(to), std::move(filters), std::move(inside)}, line};
}

Stmt Parser::parse_if(int line) {
  If out;
  ++conditional_;
  while (true) {
    ExprPtr condition = tuple(Conditional::left_alone);
    out.branches.emplace_back(std::move(condition), body({"elif", "else", "endif"}));
    std::string tag = next().value;
    if (tag == "elif") continue;
    if (tag == "else") {
      out.otherwise = body({"endif"});
      next();
    }
    break;
  }
  --conditional_;
  return {std::move(out), line};
}

Stmt Parser::parse_for(int line) {
  For out;
  out.target = target(Names::plain, "in");
  if (out.target.name == "loop") fail("the variable of a loop cannot be called 'loop'");
  if (!take_name("in")) fail(fmt::format("expected 'in', found {}", describe(peek())));
  out.sequence = tuple(Conditional::left_alone, "recursive");
  if (take_name("if")) out.condition = expression();
  if (peek().is_name("recursive")) refuse("a recursive loop");
  ++loops_;
  out.body = body({"endfor", "else"});
  --loops_;
  if (next().value == "else") {
    out.otherwise = body({"endfor"});
    next();
  }
  return {std::move(out), line};
}

Stmt Parser::parse_macro(int line) {
  Macro out;
  out.name = expect_any_name("of a macro");
  expect("(");
  while (!peek().is(")")) {
    if (!out.parameters.empty()) {
      expect(",");
      if (peek().is(")")) break;
    }
    std::string name = expect_any_name("of a parameter");
    ExprPtr value;
    if (take("="))
      value = expression();
    else if (!out.parameters.empty() && out.parameters.back().second)
      fail("a parameter without a default follows one that has a default");
    out.parameters.emplace_back(std::move(name), std::move(value));
  }
  expect(")");
  int outer_loops = std::exchange(loops_, 0);
  auto outer_names = std::exchange(names_, {});
  out.body = body({"endmacro"});
  next();
  for (const auto& [name, value] : out.parameters) names_.erase(name);
  out.takes_more_positional = names_.contains("varargs");
  out.takes_more_keywords = names_.contains("kwargs");
  if (names_.contains("caller")) fail_at(line, "'caller' in a macro is not supported");
  names_.merge(outer_names);
  loops_ = outer_loops;
  return {std::move(out), line};
}

Stmt Parser::parse_with(int line) {
  With out;
  while (peek().type != TokenType::block_end) {
    if (!out.values.empty()) expect(",");
    Target to = target(Names::plain, "");
    expect("=");
    out.values.emplace_back(std::move(to), expression());
  }
  out.body = body({"endwith"});
  next();
  return {std::move(out), line};
}

Stmt Parser::parse_filter_block(int line) {
  FilterBlock out;
  out.filters = named_filter(nullptr);
  while (peek().is("|")) out.filters = filter(std::move(out.filters));
  out.body = body({"endfilter"});
  next();
  return {std::move(out), line};
}

// transformers marks the assistant's own words with it; the words are rendered in a scope of their own.
Stmt Parser::parse_generation(int line) {
  int outer_loops = std::exchange(loops_, 0);
  With out;
  out.body = body({"endgeneration"});
  next();
  loops_ = outer_loops;
  return {std::move(out), line};
}

Stmt Parser::parse_jump(int line, Jump jump) {
  if (loops_ == 0) fail_at(line, fmt::format("'{}' outside a loop", jump == Jump::leave ? "break" : "continue"));
  return {jump, line};
}

}  // namespace octet::text::jinja
