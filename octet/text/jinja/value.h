// The values of a template: Python's, as far as chat templates use them.
//
// Strings are shared and counted; lists, dicts and the rest belong to the Runtime and are pointed at, so that a list
// may contain itself and nothing is freed by recursion. Values must not outlive their Runtime.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace octet::text::jinja {

class Runtime;

__extension__ typedef __int128 Integer;  // JSON's unsigned numbers fit, and overflow can be seen

// A string, well-formed UTF-8. Its bytes count as memory of the render until the last holder lets go.
class Text {
 public:
  explicit Text(std::string bytes, size_t* memory = nullptr);
  ~Text();
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  const std::string& bytes() const { return bytes_; }
  size_t length() const { return length_; }             // code points
  std::string slice(size_t first, size_t count) const;  // by code points, which exist

 private:
  std::string bytes_;
  size_t length_;
  size_t* memory_;
};
using TextPtr = std::shared_ptr<const Text>;

struct None {};
struct Undefined {
  TextPtr why;  // what to say if it is used: "'x' is undefined"
};

struct Sequence;
struct Dict;
struct Namespace;
struct Loop;
struct Callable;

class Value {
 public:
  using Data =
      std::variant<Undefined, None, bool, Integer, double, TextPtr, Sequence*, Dict*, Namespace*, Loop*, Callable*>;
  Value() = default;  // undefined
  template <class T>
    requires(std::is_same_v<T, Undefined> || std::is_same_v<T, None> || std::is_same_v<T, bool> ||
             std::is_same_v<T, Integer> || std::is_same_v<T, double> || std::is_same_v<T, TextPtr> ||
             std::is_same_v<T, Sequence*> || std::is_same_v<T, Dict*> || std::is_same_v<T, Namespace*> ||
             std::is_same_v<T, Loop*> || std::is_same_v<T, Callable*>)
  Value(T x) : data_(std::move(x)) {}

  template <class T>
  bool is() const {
    return std::holds_alternative<T>(data_);
  }
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&data_);
  }
  template <class T>
  const T& as() const {
    return std::get<T>(data_);
  }
  // The string's bytes, or null.
  const std::string* text() const {
    const TextPtr* t = get_if<TextPtr>();
    return t ? &(*t)->bytes() : nullptr;
  }
  // As Python's int: bool counts as 0 and 1.
  std::optional<Integer> integer() const {
    if (const bool* b = get_if<bool>()) return Integer{*b};
    if (const Integer* i = get_if<Integer>()) return *i;
    return std::nullopt;
  }
  std::optional<double> number() const {
    if (auto i = integer()) return static_cast<double>(*i);
    if (const double* d = get_if<double>()) return *d;
    return std::nullopt;
  }
  const Data& data() const { return data_; }

 private:
  Data data_;
};

// What the Runtime owns.
struct Object {
  virtual ~Object() = default;
};

// How a run of values shows itself. Only list, tuple and range can be indexed; a generator can be walked once.
enum class Form { list, tuple, range, generator, keys, values, items };

struct Sequence : Object {
  Form form = Form::list;
  std::vector<Value> items;
  std::string shown;  // of a range: "range(0, 3)"
};

// A dict in order of insertion. Keys are hashable values, equal as in Python (1 == 1.0 == True).
struct Dict : Object {
  std::vector<std::pair<Value, Value>> entries;
  const Value* find(std::string_view key) const;
  const Value* find(const Value& key) const;
  void set(Value key, Value value);
  void erase(const Value& key);  // which is there

 private:
  std::unordered_map<std::string_view, size_t> names_;  // string keys → entry; the views are into the keys' own bytes
  std::optional<size_t> index(const Value& key) const;
};

struct Namespace : Object {
  Dict attributes;
};

// `loop` inside a for.
struct Loop : Object {
  std::vector<Value> items;
  size_t index = 0;
  size_t depth = 1;
  std::optional<std::vector<Value>> last_changed;
};

struct Args {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> keywords;
};

// A macro, a global function or a method with its object.
struct Callable : Object {
  std::string shown;  // "<Macro 'm'>"
  std::function<Value(Runtime&, const Args&)> body;
};

// Whether a value may be a key of a dict.
bool hashable(const Value& value);
// Equality of hashable values.
bool same_key(const Value& a, const Value& b);
// "str", "int", "dict": Python's name of the type.
const char* type_name(const Value& value);

}  // namespace octet::text::jinja
