// Tokens to a Program, by recursive descent along jinja2's grammar. Used by Template alone.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "octet/text/jinja/ast.h"
#include "octet/text/jinja/lexer.h"

namespace octet::text::jinja {

class Parser {
 public:
  // Error{config} with `name` and the line.
  Parser(std::string_view source, std::string_view name) : name_(name), tokens_(tokenize(source, name)) {}
  Block program();

 private:
  std::string name_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int nesting_ = 0;             // of parentheses and of statements: what the parser itself recurses by
  int conditional_ = 0;         // inside an if: unknown filters and tests are left to the renderer
  std::vector<Token> unknown_;  // filters and tests, outside any condition
  int loops_ = 0;               // that break and continue could mean
  std::vector<std::string> open_tags_;
  std::set<std::string, std::less<>> names_;  // that were read, to see what a macro's body asks for

  struct Nested;  // counts nesting_

  // The tokens.
  const Token& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& next() { return tokens_[at_ < tokens_.size() - 1 ? at_++ : at_]; }
  bool take(std::string_view sign);
  bool take_name(std::string_view name);
  void expect(std::string_view sign);
  void expect(TokenType type);
  std::string expect_any_name(std::string_view what);
  [[noreturn]] void fail(std::string_view message) const { fail_at(peek().line, message); }
  [[noreturn]] void fail_at(int line, std::string_view message) const;
  [[noreturn]] void refuse(std::string_view what) const;

  // Expressions (parse_expression.cpp), from loose to tight.
  enum class Conditional { allowed, left_alone };  // whether "a if b" belongs to the expression
  ExprPtr make(int line, Expr::Data data) const;
  ExprPtr tuple(Conditional conditional, std::string_view end_name = "");
  ExprPtr parenthesised();
  ExprPtr tuple_items(ExprPtr first, Conditional conditional, std::string_view end_name);
  bool tuple_ends(std::string_view end_name) const;
  ExprPtr expression(Conditional conditional = Conditional::allowed);
  ExprPtr choice();
  ExprPtr either();
  ExprPtr both();
  ExprPtr negation();
  ExprPtr comparison();
  ExprPtr sum();
  ExprPtr concatenation();
  ExprPtr product();
  ExprPtr power();
  ExprPtr unary();
  ExprPtr signed_operand();
  ExprPtr primary();
  ExprPtr named();
  ExprPtr list();
  ExprPtr dict();
  ExprPtr number(const Token& token) const;
  ExprPtr postfix(ExprPtr value);
  ExprPtr bracket(ExprPtr value);
  ExprPtr filters_and_tests(ExprPtr value);
  ExprPtr filter(ExprPtr value);
  ExprPtr named_filter(ExprPtr value);
  ExprPtr test(ExprPtr value);
  std::string known_name(std::string_view kind, bool (*known)(std::string_view));
  Arguments arguments();

  // Statements (parse_statement.cpp).
  enum class Names { plain, of_namespaces };  // whether "ns.x" may be assigned to
  Block block(std::initializer_list<std::string_view> ends);
  Block body(std::initializer_list<std::string_view> ends);  // after the rest of its opening tag
  Stmt statement();
  Target target(Names names, std::string_view end_name);
  Target single_target(Names names);
  Stmt parse_set(int line);
  Stmt parse_if(int line);
  Stmt parse_for(int line);
  Stmt parse_macro(int line);
  Stmt parse_with(int line);
  Stmt parse_filter_block(int line);
  Stmt parse_generation(int line);
  Stmt parse_jump(int line, Jump jump);
};

}  // namespace octet::text::jinja
