// The arguments of a filter, test, method or function, matched to its parameters' names as Python does.
#pragma once
#include <initializer_list>
#include <string_view>
#include <vector>

#include "octet/text/jinja/runtime.h"

namespace octet::text::jinja {

class Parameters {
 public:
  // Error{request} for too many arguments, an unknown keyword, one given twice, or fewer than `required`.
  Parameters(const Runtime& runtime, std::string_view function, const Args& args,
             std::initializer_list<std::string_view> names, size_t required = 0);

  const Value* find(size_t i) const { return values_[i]; }  // null if not given
  const Value* given(size_t i) const;                       // null if not given or None
  const Value& operator[](size_t i) const { return *values_[i]; }
  Integer integer_or(size_t i, Integer fallback) const;  // Error{request} unless it is an integer
  const std::string& text(size_t i) const;               // the same for a string
  bool truth_or(size_t i, bool fallback) const;

 private:
  const Runtime& runtime_;
  std::string_view function_;
  std::vector<std::string_view> names_;
  std::vector<const Value*> values_;
};

}  // namespace octet::text::jinja
