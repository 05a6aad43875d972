// A parsed template: expressions and statements as plain structs in variants. Built by the parser, walked by the
// renderer, never changed in between.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "octet/text/jinja/operations.h"

namespace octet::text::jinja {

struct Expr;
using ExprPtr = std::unique_ptr<const Expr>;

struct Arguments {
  std::vector<ExprPtr> positional;
  std::vector<std::pair<std::string, ExprPtr>> keywords;
  ExprPtr more_positional, more_keywords;  // *list and **dict, or null
};

struct Literal {
  Value value;
};  // strings belong to no Runtime
struct Variable {
  std::string name;
};
struct SequenceOf {
  Form form;
  std::vector<ExprPtr> items;
};
struct DictOf {
  std::vector<std::pair<ExprPtr, ExprPtr>> items;
};
struct Attribute {
  ExprPtr object;
  std::string name;
};
struct Subscript {
  ExprPtr object, index;
};
struct Slice {
  ExprPtr object, start, stop, step;
};  // absent bounds are null
struct Call {
  ExprPtr callee;
  Arguments arguments;
};
struct Filtered {
  ExprPtr value;
  std::string filter;
  Arguments arguments;
};  // value is null: the block's text
struct Tested {
  ExprPtr value;
  std::string test;
  Arguments arguments;
};
struct Not {
  ExprPtr value;
};
struct Signed {
  char sign;
  ExprPtr value;
};
struct Binary {
  Operator op;
  ExprPtr left, right;
};
enum class Junction { both, either };
struct Logic {
  Junction junction;
  ExprPtr left, right;
};  // and, or
struct Concat {
  std::vector<ExprPtr> parts;
};
struct Compared {
  ExprPtr first;
  std::vector<std::pair<Relation, ExprPtr>> rest;
};
struct Choice {
  ExprPtr condition, then, otherwise;
};  // otherwise may be null

struct Expr {
  using Data = std::variant<Literal, Variable, SequenceOf, DictOf, Attribute, Subscript, Slice, Call, Filtered, Tested,
                            Not, Signed, Binary, Logic, Concat, Compared, Choice>;
  Data data;
  int line;
  int depth;  // of the tree below, so that no walk of it can be too deep
};

int depth_with(const Expr::Data& data);  // the depth of an expression of these parts

struct Stmt;
using Block = std::vector<Stmt>;

// Where a value goes: a name, an attribute of a namespace, or several of these for a tuple.
struct Target {
  std::string name, attribute;  // attribute is empty for a plain name
  std::vector<Target> several;  // not empty for a tuple
};

struct Data {
  std::string text;
};
struct Output {
  ExprPtr value;
};
struct Set {
  Target target;
  ExprPtr value;
};
struct SetBlock {
  Target target;
  ExprPtr filters;
  Block body;
};  // filters: a chain of Filtered ending in null, or null
struct If {
  std::vector<std::pair<ExprPtr, Block>> branches;
  Block otherwise;
};
struct For {
  Target target;
  ExprPtr sequence, condition;
  Block body, otherwise;
};  // condition may be null
struct Macro {
  std::string name;
  std::vector<std::pair<std::string, ExprPtr>> parameters;  // with their defaults, or null
  Block body;
  bool takes_more_positional = false, takes_more_keywords = false;  // the body names varargs, kwargs
};
struct With {
  std::vector<std::pair<Target, ExprPtr>> values;
  Block body;
};  // also the scope of a generation block
struct FilterBlock {
  ExprPtr filters;
  Block body;
};
enum class Jump { leave, next };  // break, continue

struct Stmt {
  std::variant<Data, Output, Set, SetBlock, If, For, Macro, With, FilterBlock, Jump> data;
  int line;
};

struct Program {
  std::string name;
  Block body;
};

}  // namespace octet::text::jinja
