#include "octet/text/jinja/operations.h"

namespace octet::text::jinja {

bool truth(const Value& value) {
  struct Truth {
    bool operator()(const Undefined&) const { return false; }
    bool operator()(const None&) const { return false; }
    bool operator()(bool b) const { return b; }
    bool operator()(Integer i) const { return i != 0; }
    bool operator()(double d) const { return d != 0; }
    bool operator()(const TextPtr& t) const { return !t->bytes().empty(); }
    bool operator()(const Sequence* s) const { return s->form == Form::generator || !s->items.empty(); }
    bool operator()(const Dict* d) const { return !d->entries.empty(); }
    bool operator()(const Namespace*) const { return true; }
    bool operator()(const Loop* l) const { return !l->items.empty(); }
    bool operator()(const Callable*) const { return true; }
  };
  return std::visit(Truth{}, value.data());
}

namespace {

bool equal_at(Runtime& runtime, const Value& left, const Value& right, int& depth);

bool equal_dicts(Runtime& runtime, const Dict& a, const Dict& b, int& depth) {
  if (a.entries.size() != b.entries.size()) return false;
  for (const auto& [key, value] : a.entries) {
    const Value* other = b.find(key);
    if (!other || !equal_at(runtime, value, *other, depth)) return false;
  }
  return true;
}

bool equal_sequences(Runtime& runtime, const Sequence& a, const Sequence& b, int& depth) {
  if (&a == &b) return true;
  bool by_items = a.form == Form::list || a.form == Form::tuple || a.form == Form::range || a.form == Form::keys ||
                  a.form == Form::items;
  if (a.form != b.form || !by_items || a.items.size() != b.items.size()) return false;
  for (size_t i = 0; i < a.items.size(); ++i)
    if (!equal_at(runtime, a.items[i], b.items[i], depth)) return false;
  return true;
}

bool equal_at(Runtime& runtime, const Value& left, const Value& right, int& depth) {
  Deeper deeper(runtime, depth);
  runtime.charge(1);
  if (Sequence* const* a = left.get_if<Sequence*>()) {
    Sequence* const* b = right.get_if<Sequence*>();
    return b && equal_sequences(runtime, **a, **b, depth);
  }
  if (Dict* const* a = left.get_if<Dict*>()) {
    Dict* const* b = right.get_if<Dict*>();
    return b && equal_dicts(runtime, **a, **b, depth);
  }
  return same_key(left, right);
}

}  // namespace

bool equal(Runtime& runtime, const Value& left, const Value& right) {
  int depth = 0;
  return equal_at(runtime, left, right, depth);
}

namespace {

std::partial_ordering order_at(Runtime& runtime, const Value& left, const Value& right, std::string_view symbol,
                               int& depth) {
  Deeper deeper(runtime, depth);
  runtime.charge(1);
  if (auto a = left.integer(), b = right.integer(); a && b)
    return *a < *b   ? std::partial_ordering::less
           : *a > *b ? std::partial_ordering::greater
                     : std::partial_ordering::equivalent;
  if (auto a = left.number(), b = right.number(); a && b) return *a <=> *b;
  // Bytes of UTF-8 are in the order of code points.
  if (left.text() && right.text()) return left.text()->compare(*right.text()) <=> 0;
  for (const Value* side : {&left, &right})
    if (const Undefined* u = side->get_if<Undefined>()) runtime.fail_undefined(*u);
  Sequence *const *a = left.get_if<Sequence*>(), *const *b = right.get_if<Sequence*>();
  if (a && b && (*a)->form == (*b)->form && ((*a)->form == Form::list || (*a)->form == Form::tuple)) {
    const auto &x = (*a)->items, &y = (*b)->items;
    for (size_t i = 0; i < x.size() && i < y.size(); ++i)
      if (!equal_at(runtime, x[i], y[i], depth)) return order_at(runtime, x[i], y[i], symbol, depth);
    return x.size() <=> y.size();
  }
  runtime.fail(
      fmt::format("'{}' not supported between instances of '{}' and '{}'", symbol, type_name(left), type_name(right)));
}

}  // namespace

std::partial_ordering order(Runtime& runtime, const Value& left, const Value& right, std::string_view symbol) {
  int depth = 0;
  return order_at(runtime, left, right, symbol, depth);
}

bool contains(Runtime& runtime, const Value& container, const Value& item) {
  if (const std::string* text = container.text()) {
    const std::string* part = item.text();
    if (const Undefined* u = item.get_if<Undefined>()) runtime.fail_undefined(*u);
    if (!part) runtime.fail(fmt::format("'in <string>' requires string as left operand, not {}", type_name(item)));
    runtime.charge(1 + text->size() / 64);
    return text->find(*part) != text->npos;
  }
  if (Dict* const* dict = container.get_if<Dict*>()) {
    if (!hashable(item)) runtime.fail(fmt::format("unhashable type: '{}'", type_name(item)));
    return (*dict)->find(item) != nullptr;
  }
  if (!iterable(container)) runtime.fail(fmt::format("argument of type '{}' is not iterable", type_name(container)));
  if (Sequence* const* sequence = container.get_if<Sequence*>(); sequence && (*sequence)->form != Form::generator) {
    for (const Value& each : (*sequence)->items)
      if (equal(runtime, each, item)) return true;
    return false;
  }
  for (const Value& each : items(runtime, container))
    if (equal(runtime, each, item)) return true;
  return false;
}

bool relate(Runtime& runtime, Relation relation, const Value& left, const Value& right) {
  switch (relation) {
    case Relation::equal:
      return equal(runtime, left, right);
    case Relation::not_equal:
      return !equal(runtime, left, right);
    case Relation::less:
      return order(runtime, left, right, "<") < 0;
    case Relation::less_equal:
      return order(runtime, left, right, "<=") <= 0;
    case Relation::greater:
      return order(runtime, left, right, ">") > 0;
    case Relation::greater_equal:
      return order(runtime, left, right, ">=") >= 0;
    case Relation::in:
      return contains(runtime, right, left);
    case Relation::not_in:
      return !contains(runtime, right, left);
  }
  return false;
}

}  // namespace octet::text::jinja
