#include "octet/text/jinja/arguments.h"

#include "octet/text/jinja/operations.h"

namespace octet::text::jinja {

Parameters::Parameters(const Runtime& runtime, std::string_view function, const Args& args,
                       std::initializer_list<std::string_view> names, size_t required)
    : runtime_(runtime), function_(function), names_(names), values_(names.size()) {
  if (args.positional.size() > names_.size())
    runtime.fail(
        fmt::format("{} takes at most {} arguments, {} were given", function, names_.size(), args.positional.size()));
  for (size_t i = 0; i < args.positional.size(); ++i) values_[i] = &args.positional[i];
  for (const auto& [key, value] : args.keywords) {
    auto at = std::find(names_.begin(), names_.end(), key);
    if (at == names_.end()) runtime.fail(fmt::format("{} takes no keyword argument '{}'", function, printable(key)));
    const Value*& slot = values_[static_cast<size_t>(at - names_.begin())];
    if (slot) runtime.fail(fmt::format("{}: the argument '{}' is given twice", function, key));
    slot = &value;
  }
  for (size_t i = 0; i < required; ++i)
    if (!values_[i]) runtime.fail(fmt::format("{}: the argument '{}' is missing", function, names_[i]));
}

const Value* Parameters::given(size_t i) const { return values_[i] && !values_[i]->is<None>() ? values_[i] : nullptr; }

Integer Parameters::integer_or(size_t i, Integer fallback) const {
  if (!values_[i]) return fallback;
  if (auto n = values_[i]->integer()) return *n;
  runtime_.fail(fmt::format("{}: '{}' must be an integer, not {}", function_, names_[i], type_name(*values_[i])));
}

const std::string& Parameters::text(size_t i) const {
  if (const std::string* s = values_[i]->text()) return *s;
  runtime_.fail(fmt::format("{}: '{}' must be str, not {}", function_, names_[i], type_name(*values_[i])));
}

bool Parameters::truth_or(size_t i, bool fallback) const { return values_[i] ? truth(*values_[i]) : fallback; }

}  // namespace octet::text::jinja
