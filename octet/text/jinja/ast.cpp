#include "octet/text/jinja/ast.h"

namespace octet::text::jinja {

namespace {

// Visits the expressions directly below one.
struct Deepest {
  int depth = 0;
  void see(const ExprPtr& child) {
    if (child) depth = std::max(depth, child->depth);
  }
  void see(const std::vector<ExprPtr>& children) {
    for (const ExprPtr& child : children) see(child);
  }
  void see(const Arguments& arguments) {
    see(arguments.positional);
    for (const auto& [name, value] : arguments.keywords) see(value);
    see(arguments.more_positional);
    see(arguments.more_keywords);
  }
  void operator()(const Literal&) {}
  void operator()(const Variable&) {}
  void operator()(const SequenceOf& e) { see(e.items); }
  void operator()(const DictOf& e) {
    for (const auto& [key, value] : e.items) see(key), see(value);
  }
  void operator()(const Attribute& e) { see(e.object); }
  void operator()(const Subscript& e) { see(e.object), see(e.index); }
  void operator()(const Slice& e) { see(e.object), see(e.start), see(e.stop), see(e.step); }
  void operator()(const Call& e) { see(e.callee), see(e.arguments); }
  void operator()(const Filtered& e) { see(e.value), see(e.arguments); }
  void operator()(const Tested& e) { see(e.value), see(e.arguments); }
  void operator()(const Not& e) { see(e.value); }
  void operator()(const Signed& e) { see(e.value); }
  void operator()(const Binary& e) { see(e.left), see(e.right); }
  void operator()(const Logic& e) { see(e.left), see(e.right); }
  void operator()(const Concat& e) { see(e.parts); }
  void operator()(const Compared& e) {
    see(e.first);
    for (const auto& [relation, value] : e.rest) see(value);
  }
  void operator()(const Choice& e) { see(e.condition), see(e.then), see(e.otherwise); }
};

}  // namespace

int depth_with(const Expr::Data& data) {
  Deepest deepest;
  std::visit(deepest, data);
  return deepest.depth + 1;
}

}  // namespace octet::text::jinja
