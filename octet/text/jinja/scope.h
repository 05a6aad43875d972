// The variables of a template while it is rendered. Loops, macros and the like open a scope of their own: what is set
// inside is gone after it, and what is outside can be read. A macro keeps the scope that it was defined in.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "octet/text/jinja/value.h"

namespace octet::text::jinja {

class Scope;
using ScopePtr = std::shared_ptr<Scope>;

class Scope {
 public:
  explicit Scope(ScopePtr outer) : outer_(std::move(outer)) {}

  // `name` must live as long as the scope: it is the program's or the context's.
  void set(std::string_view name, Value value) {
    for (auto& [known, old] : variables_)
      if (known == name) {
        old = std::move(value);
        return;
      }
    variables_.emplace_back(name, std::move(value));
  }

  const Value* find(std::string_view name) const {
    for (const Scope* scope = this; scope; scope = scope->outer_.get())
      for (const auto& [known, value] : scope->variables_)
        if (known == name) return &value;
    return nullptr;
  }

 private:
  ScopePtr outer_;
  std::vector<std::pair<std::string_view, Value>> variables_;  // few enough to look through
};

}  // namespace octet::text::jinja
