#include "octet/text/jinja/value.h"

#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

Text::Text(std::string bytes, size_t* memory)
    : bytes_(std::move(bytes)), length_(unicode::length(bytes_)), memory_(memory) {
  if (memory_) *memory_ += bytes_.size();
}

Text::~Text() {
  if (memory_) *memory_ -= bytes_.size();
}

std::string Text::slice(size_t first, size_t count) const {
  if (length_ == bytes_.size()) return bytes_.substr(first, count);
  size_t begin = unicode::offset(bytes_, first);
  std::string_view rest = std::string_view(bytes_).substr(begin);
  return std::string(rest.substr(0, unicode::offset(rest, count)));
}

bool hashable(const Value& value) {
  if (const Sequence* const* s = value.get_if<Sequence*>()) {
    if ((*s)->form != Form::tuple) return false;
    for (const Value& item : (*s)->items)
      if (!hashable(item)) return false;
    return true;
  }
  return !value.is<Dict*>();
}

bool same_key(const Value& a, const Value& b) {
  if (const std::string* s = a.text()) return b.text() && *s == *b.text();
  if (auto i = a.integer(), j = b.integer(); i && j) return *i == *j;
  if (auto x = a.number(), y = b.number(); x && y) return *x == *y;
  if (a.data().index() != b.data().index()) return false;
  if (Sequence* const* s = a.get_if<Sequence*>()) {
    const auto &x = (*s)->items, &y = b.as<Sequence*>()->items;
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), same_key);
  }
  if (Namespace* const* n = a.get_if<Namespace*>()) return *n == b.as<Namespace*>();
  if (Loop* const* l = a.get_if<Loop*>()) return *l == b.as<Loop*>();
  if (Callable* const* c = a.get_if<Callable*>()) return *c == b.as<Callable*>();
  return true;  // None, undefined
}

std::optional<size_t> Dict::index(const Value& key) const {
  if (const std::string* s = key.text()) {
    auto it = names_.find(*s);
    return it == names_.end() ? std::nullopt : std::optional(it->second);
  }
  for (size_t i = 0; i < entries.size(); ++i)
    if (!entries[i].first.text() && same_key(entries[i].first, key)) return i;
  return std::nullopt;
}

const Value* Dict::find(std::string_view key) const {
  auto it = names_.find(key);
  return it == names_.end() ? nullptr : &entries[it->second].second;
}

const Value* Dict::find(const Value& key) const {
  auto i = index(key);
  return i ? &entries[*i].second : nullptr;
}

void Dict::set(Value key, Value value) {
  if (auto i = index(key)) {
    entries[*i].second = std::move(value);
    return;
  }
  if (const std::string* s = key.text()) names_.emplace(*s, entries.size());
  entries.emplace_back(std::move(key), std::move(value));
}

void Dict::erase(const Value& key) {
  size_t gone = index(key).value();
  if (const std::string* s = entries[gone].first.text()) names_.erase(*s);
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(gone));
  for (auto& [name, i] : names_)
    if (i > gone) --i;
}

const char* type_name(const Value& value) {
  struct Name {
    const char* operator()(const Undefined&) const { return "Undefined"; }
    const char* operator()(const None&) const { return "NoneType"; }
    const char* operator()(bool) const { return "bool"; }
    const char* operator()(Integer) const { return "int"; }
    const char* operator()(double) const { return "float"; }
    const char* operator()(const TextPtr&) const { return "str"; }
    const char* operator()(const Sequence* s) const {
      switch (s->form) {
        case Form::list:
          return "list";
        case Form::tuple:
          return "tuple";
        case Form::range:
          return "range";
        case Form::generator:
          return "generator";
        case Form::keys:
          return "dict_keys";
        case Form::values:
          return "dict_values";
        case Form::items:
          return "dict_items";
      }
      return "list";
    }
    const char* operator()(const Dict*) const { return "dict"; }
    const char* operator()(const Namespace*) const { return "Namespace"; }
    const char* operator()(const Loop*) const { return "LoopContext"; }
    const char* operator()(const Callable*) const { return "function"; }
  };
  return std::visit(Name{}, value.data());
}

}  // namespace octet::text::jinja
