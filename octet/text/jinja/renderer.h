// Walks a Program: statements append to a text (render.cpp), expressions give values (evaluate.cpp).
#pragma once
#include <string>
#include <string_view>

#include "octet/text/jinja/ast.h"
#include "octet/text/jinja/runtime.h"
#include "octet/text/jinja/scope.h"

namespace octet::text::jinja {

class Renderer {
 public:
  Renderer(const Program& program, const Settings& settings) : program_(program), runtime_(program.name, settings) {}
  std::string run(const Json& context);

 private:
  const Program& program_;
  Runtime runtime_;
  ScopePtr scope_;
  std::string* out_ = nullptr;
  int depth_ = 0;
  size_t loop_depth_ = 0;

  // What a statement leaves to do for the loop around it.
  enum class Flow { onward, leave, next };

  // Opens a scope, or an empty text to write to, until it goes.
  class InScope;
  class InText;

  Flow block(const Block& block);
  Flow statement(const Stmt& stmt);
  Flow render(const Data& data);
  Flow render(const Output& output);
  Flow render(const Set& set);
  Flow render(const SetBlock& set);
  Flow render(const If& branches);
  Flow render(const For& loop);
  Flow render(const Macro& macro);
  Flow render(const With& with);
  Flow render(const FilterBlock& filter);
  Flow render(const Jump& jump);
  void write(std::string_view text);
  std::vector<Value> loop_items(const For& loop);
  void assign(const Target& target, Value value);
  Value call_macro(const Macro& macro, const ScopePtr& home, const Args& args);
  void bind_parameters(const Macro& macro, const Args& args);

  Value evaluate(const Expr& expr);
  Value evaluate_or_none(const ExprPtr& expr) { return expr ? evaluate(*expr) : Value(None{}); }
  Value value_of(const Literal& e);
  Value value_of(const Variable& e);
  Value value_of(const SequenceOf& e);
  Value value_of(const DictOf& e);
  Value value_of(const Attribute& e);
  Value value_of(const Subscript& e);
  Value value_of(const Slice& e);
  Value value_of(const Call& e);
  Value value_of(const Filtered& e);
  Value value_of(const Tested& e);
  Value value_of(const Not& e);
  Value value_of(const Signed& e);
  Value value_of(const Binary& e);
  Value value_of(const Logic& e);
  Value value_of(const Concat& e);
  Value value_of(const Compared& e);
  Value value_of(const Choice& e);
  Value filtered(const Filtered& e, const Value& innermost);
  Value apply_filters(const ExprPtr& filters, Value text);
  Args evaluate(const Arguments& arguments);
};

}  // namespace octet::text::jinja
