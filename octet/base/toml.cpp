#define TOML_EXCEPTIONS 0
// parse_key asserts what it then reports as an error: without this, a bad key ends a debug build.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

#include <sstream>

#include "octet/base/file.h"
#include "octet/base/json.h"

namespace octet {

namespace {

Json convert(const toml::node& node) {
  if (auto* table = node.as_table()) {
    // The parser sorts keys; a recipe's order is the reader's, so restore it from the source positions.
    std::vector<std::pair<toml::source_position, std::pair<std::string, const toml::node*>>> entries;
    for (auto&& [key, value] : *table)
      entries.push_back({key.source().begin, {std::string(key.str()), &value}});
    std::stable_sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.first < b.first; });
    Json out = Json::object();
    for (auto& [position, entry] : entries) out[entry.first] = convert(*entry.second);
    return out;
  }
  if (auto* array = node.as_array()) {
    Json out = Json::array();
    for (auto&& item : *array) out.push_back(convert(item));
    return out;
  }
  if (auto* v = node.as_string()) return v->get();
  if (auto* v = node.as_integer()) return v->get();
  if (auto* v = node.as_floating_point()) return v->get();
  if (auto* v = node.as_boolean()) return v->get();
  std::ostringstream text;  // dates and times
  if (auto* v = node.as_date()) text << v->get();
  if (auto* v = node.as_time()) text << v->get();
  if (auto* v = node.as_date_time()) text << v->get();
  return text.str();
}

}  // namespace

Json parse_toml(std::string_view text, std::string_view where) {
  toml::parse_result result = toml::parse(text, where);
  if (!result) {
    const auto& error = result.error();
    throw Error(ErrorKind::config,
                fmt::format("{}:{}:{}: not valid TOML: {}", where, error.source().begin.line,
                            error.source().begin.column, printable(error.description(), 200)));
  }
  return convert(result.table());
}

Json read_toml(const std::filesystem::path& path) {
  return parse_toml(read_file(path, size_t{16} << 20), path.string());
}

}  // namespace octet
