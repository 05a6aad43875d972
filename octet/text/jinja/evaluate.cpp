#include "octet/text/jinja/filters.h"
#include "octet/text/jinja/globals.h"
#include "octet/text/jinja/methods.h"
#include "octet/text/jinja/predicates.h"
#include "octet/text/jinja/renderer.h"

namespace octet::text::jinja {

Value Renderer::evaluate(const Expr& expr) {
  Deeper deeper(runtime_, depth_);
  runtime_.line = expr.line;
  runtime_.charge(1);
  return std::visit([this](const auto& e) { return value_of(e); }, expr.data);
}

Value Renderer::value_of(const Literal& e) { return e.value; }

Value Renderer::value_of(const Variable& e) {
  if (const Value* found = scope_->find(e.name)) return *found;
  if (auto global = find_global(runtime_, e.name)) return *global;
  return runtime_.undefined(fmt::format("{} is undefined", repr_text(e.name)));
}

Value Renderer::value_of(const SequenceOf& e) {
  std::vector<Value> items;
  for (const ExprPtr& item : e.items) items.push_back(evaluate(*item));
  return runtime_.sequence(e.form, std::move(items));
}

Value Renderer::value_of(const DictOf& e) {
  Dict* dict = runtime_.dict();
  for (const auto& [key, value] : e.items) {
    Value k = evaluate(*key);
    if (!hashable(k)) runtime_.fail(fmt::format("unhashable type: '{}'", type_name(k)));
    runtime_.hold(2 * sizeof(Value));
    dict->set(std::move(k), evaluate(*value));
  }
  return dict;
}

Value Renderer::value_of(const Attribute& e) { return attribute(runtime_, evaluate(*e.object), e.name); }

Value Renderer::value_of(const Subscript& e) {
  Value object = evaluate(*e.object);
  return subscript(runtime_, object, evaluate(*e.index));
}

Value Renderer::value_of(const Slice& e) {
  Value object = evaluate(*e.object), start = evaluate_or_none(e.start), stop = evaluate_or_none(e.stop);
  return slice(runtime_, object, start, stop, evaluate_or_none(e.step));
}

Args Renderer::evaluate(const Arguments& arguments) {
  Args out;
  for (const ExprPtr& value : arguments.positional) out.positional.push_back(evaluate(*value));
  for (const auto& [name, value] : arguments.keywords) out.keywords.emplace_back(name, evaluate(*value));
  if (arguments.more_positional)
    for (Value& value : items(runtime_, evaluate(*arguments.more_positional)))
      out.positional.push_back(std::move(value));
  if (arguments.more_keywords) {
    Value more = evaluate(*arguments.more_keywords);
    Dict* const* dict = more.get_if<Dict*>();
    if (!dict) runtime_.fail(fmt::format("the argument after ** must be a mapping, not {}", type_name(more)));
    for (const auto& [key, value] : (*dict)->entries) {
      if (!key.text()) runtime_.fail("keywords must be strings");
      out.keywords.emplace_back(*key.text(), value);
    }
  }
  return out;
}

Value Renderer::value_of(const Call& e) {
  int line = runtime_.line;
  // A method called where it is looked up needs no object of its own.
  if (const Attribute* named = std::get_if<Attribute>(&e.callee->data)) {
    Value self = evaluate(*named->object);
    Method method = self.is<Namespace*>() ? nullptr : find_method(runtime_, self, named->name);
    Value callee = method ? Value() : attribute(runtime_, self, named->name);
    Args args = evaluate(e.arguments);
    runtime_.line = line;
    return method ? method(runtime_, self, args) : call(runtime_, callee, args);
  }
  Value callee = evaluate(*e.callee);
  Args args = evaluate(e.arguments);
  runtime_.line = line;
  return call(runtime_, callee, args);
}

Value Renderer::filtered(const Filtered& e, const Value& value) {
  Filter filter = find_filter(e.filter);
  if (!filter) runtime_.refuse(fmt::format("the filter '{}'", printable(e.filter)));
  int line = runtime_.line;
  Args args = evaluate(e.arguments);
  runtime_.line = line;
  return filter(runtime_, value, args);
}

Value Renderer::value_of(const Filtered& e) {
  Value value = evaluate(*e.value);
  return filtered(e, value);
}

// The filters of a set or filter block, whose innermost value is the block's text.
Value Renderer::apply_filters(const ExprPtr& filters, Value text) {
  if (!filters) return text;
  const Filtered& outer = std::get<Filtered>(filters->data);
  Value value = apply_filters(outer.value, std::move(text));
  runtime_.line = filters->line;
  return filtered(outer, value);
}

Value Renderer::value_of(const Tested& e) {
  Predicate predicate = find_predicate(e.test);
  if (!predicate) runtime_.refuse(fmt::format("the test '{}'", printable(e.test)));
  int line = runtime_.line;
  Value value = evaluate(*e.value);
  Args args = evaluate(e.arguments);
  runtime_.line = line;
  return predicate(runtime_, value, args);
}

Value Renderer::value_of(const Not& e) { return !truth(evaluate(*e.value)); }

Value Renderer::value_of(const Signed& e) {
  Value value = evaluate(*e.value);
  return e.sign == '-' ? negate(runtime_, value) : positive(runtime_, value);
}

Value Renderer::value_of(const Binary& e) {
  int line = runtime_.line;
  Value left = evaluate(*e.left), right = evaluate(*e.right);
  runtime_.line = line;
  return arithmetic(runtime_, e.op, left, right);
}

Value Renderer::value_of(const Logic& e) {
  Value left = evaluate(*e.left);
  if (truth(left) == (e.junction == Junction::either)) return left;
  return evaluate(*e.right);
}

Value Renderer::value_of(const Concat& e) {
  std::string out;
  for (const ExprPtr& part : e.parts) {
    out += print(runtime_, evaluate(*part));
    runtime_.bound(out.size());
  }
  return runtime_.text(std::move(out));
}

Value Renderer::value_of(const Compared& e) {
  int line = runtime_.line;
  Value left = evaluate(*e.first);
  for (const auto& [relation, expr] : e.rest) {
    Value right = evaluate(*expr);
    runtime_.line = line;
    if (!relate(runtime_, relation, left, right)) return false;
    left = std::move(right);
  }
  return true;
}

Value Renderer::value_of(const Choice& e) {
  if (truth(evaluate(*e.condition))) return evaluate(*e.then);
  if (e.otherwise) return evaluate(*e.otherwise);
  return runtime_.undefined("the inline if-expression evaluated to false and no else section was defined");
}

}  // namespace octet::text::jinja
