// What a render needs besides the program: the values it made, what it may still take, and where it is for errors.
#pragma once
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/json.h"
#include "octet/text/jinja/jinja.h"
#include "octet/text/jinja/value.h"

namespace octet::text::jinja {

class Runtime {
 public:
  Runtime(std::string_view name, const Settings& settings) : name_(name), settings_(settings) {}
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // New values. Error{resources} beyond the limits.
  Value text(std::string bytes);
  Sequence* sequence(Form form, std::vector<Value> items);
  Dict* dict();
  Value from_json(const Json& json);
  template <class T>
  T* make() {
    hold(sizeof(T));
    auto owned = std::make_unique<T>();
    T* object = owned.get();
    objects_.push_back(std::move(owned));
    return object;
  }
  Value undefined(std::string why) { return Undefined{std::make_shared<Text>(std::move(why), &memory_)}; }

  // The budget.
  void charge(size_t steps);       // about one a visited node, item or 64 bytes
  void hold(size_t bytes);         // memory that stays until the end
  void bound(size_t bytes) const;  // a string of this length may exist
  void bound_items(size_t items);  // a list of this length may exist
  int max_depth() const { return settings_.limits.depth; }
  std::time_t now() const { return settings_.now ? *settings_.now : std::time(nullptr); }

  // Errors, with the template's name and line.
  [[noreturn]] void fail(std::string_view message) const;    // Error{request}: what the template or its data does wrong
  [[noreturn]] void refuse(std::string_view what) const;     // Error{config}: "... is not supported"
  [[noreturn]] void exhausted(std::string_view what) const;  // Error{resources}
  [[noreturn]] void fail_undefined(const Undefined& value) const;

  int line = 0;  // of the node at work

 private:
  std::string name_;
  Settings settings_;
  size_t memory_ = 0;  // before the objects: their strings subtract from it as they go
  int64_t steps_ = 0;
  std::vector<std::unique_ptr<Object>> objects_;
};

// Counts the levels of a recursion over values or nodes, and ends it where the limit is.
class Deeper {
 public:
  Deeper(const Runtime& runtime, int& depth) : depth_(depth) {
    if (++depth_ > runtime.max_depth()) {
      --depth_;
      runtime.exhausted("nests deeper than the limit");
    }
  }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  int& depth_;
};

}  // namespace octet::text::jinja
