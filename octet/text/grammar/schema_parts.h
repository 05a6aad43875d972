// What a schema says about one type of value, as grammar nodes; schema.cpp joins them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/text/grammar/json_text.h"
#include "octet/text/grammar/rules.h"

namespace octet::text {

class SchemaScope {
 public:
  virtual ~SchemaScope() = default;

 protected:
  SchemaScope(Rules& rules, JsonText& json) : rules(rules), json(json) {}

  // The values of a schema inside this one; `where` is its place.
  virtual NodeId value(const Json& schema, const std::string& where) = 0;

  NodeId object(const Json& schema, const std::string& where);
  NodeId array(const Json& schema, const std::string& where);
  NodeId scalar_of_type(const Json& schema, const std::string& type, const std::string& where);
  // Of `values`, those of the `types`.
  NodeId enumeration(const Json& values, const std::optional<std::vector<std::string>>& types,
                     const std::string& where);
  static std::vector<std::string> type_names(const Json& type, const std::string& where);

  Rules& rules;
  JsonText& json;

 private:
  struct Member {
    std::string name;
    NodeId pair;
    bool required;
  };
  struct Additional {
    bool allowed = false;
    Json schema = true;
  };

  NodeId string(const Json& schema, const std::string& where);
  NodeId pattern(const std::string& pattern, int64_t low, std::optional<int64_t> high, const std::string& where);
  NodeId integer(const Json& schema, const std::string& where);
  NodeId number(const Json& schema, const std::string& where);
  std::vector<Member> members(const Json& schema, const Additional& additional, const std::string& where);
  Additional additional(const Json& schema, const std::string& where);
  NodeId chain(const std::vector<Member>& members, std::optional<NodeId> other);
};

}  // namespace octet::text
