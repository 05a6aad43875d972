#include "octet/text/jinja/runtime.h"

#include "octet/base/utf8.h"

namespace octet::text::jinja {

Value Runtime::text(std::string bytes) {
  bound(bytes.size());
  charge(1 + bytes.size() / 64);
  auto text = std::make_shared<Text>(std::move(bytes), &memory_);
  hold(0);
  return TextPtr(std::move(text));
}

Sequence* Runtime::sequence(Form form, std::vector<Value> items) {
  bound_items(items.size());
  Sequence* made = make<Sequence>();
  made->form = form;
  made->items = std::move(items);
  return made;
}

Dict* Runtime::dict() { return make<Dict>(); }

Value Runtime::from_json(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return None{};
    case Json::value_t::boolean:
      return json.get<bool>();
    case Json::value_t::number_integer:
      return Integer{json.get<int64_t>()};
    case Json::value_t::number_unsigned:
      return Integer{json.get<uint64_t>()};
    case Json::value_t::number_float:
      return json.get<double>();
    case Json::value_t::string:
      return text(utf8::replace_invalid(json.get_ref<const std::string&>()));
    case Json::value_t::array: {
      std::vector<Value> items;
      items.reserve(json.size());
      for (const Json& item : json) items.push_back(from_json(item));
      return sequence(Form::list, std::move(items));
    }
    case Json::value_t::object: {
      Dict* made = dict();
      for (const auto& [key, value] : json.items()) {
        hold(2 * sizeof(Value));
        made->set(text(utf8::replace_invalid(key)), from_json(value));
      }
      return made;
    }
    default:
      fail("a value that is no JSON");
  }
}

void Runtime::charge(size_t steps) {
  steps_ += static_cast<int64_t>(std::min<size_t>(steps, size_t{1} << 40));
  if (steps_ > settings_.limits.steps) exhausted(fmt::format("takes more than {} steps", settings_.limits.steps));
}

void Runtime::hold(size_t bytes) {
  memory_ += bytes;
  if (memory_ > settings_.limits.memory)
    exhausted(fmt::format("takes more than {} bytes of memory", settings_.limits.memory));
}

void Runtime::bound(size_t bytes) const {
  if (bytes > settings_.limits.output)
    exhausted(fmt::format("makes a text longer than {} bytes", settings_.limits.output));
}

void Runtime::bound_items(size_t items) {
  charge(1 + items / 8);
  hold(items * sizeof(Value));
}

void Runtime::fail(std::string_view message) const {
  throw Error(ErrorKind::request, fmt::format("{}: line {}: {}", name_, line, message));
}

void Runtime::refuse(std::string_view what) const {
  throw Error(ErrorKind::config, fmt::format("{}: line {}: {} is not supported", name_, line, what));
}

void Runtime::exhausted(std::string_view what) const {
  throw Error(ErrorKind::resources, fmt::format("{}: line {}: the template {}", name_, line, what));
}

void Runtime::fail_undefined(const Undefined& value) const {
  fail(value.why ? std::string_view(value.why->bytes()) : "an undefined value is used");
}

}  // namespace octet::text::jinja
