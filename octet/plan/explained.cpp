#include "octet/plan/explained.h"

namespace octet::plan {

std::string explained_text(const std::vector<Explained>& lines) {
  std::string out;
  for (const auto& line : lines)
    out += fmt::format("{} = {}\n    {}\n    {}\n", line.name, line.value, line.formula, line.source);
  return out;
}

Json explained_json(const std::vector<Explained>& lines) {
  Json out = Json::array();
  for (const auto& line : lines)
    out.push_back({{"name", line.name}, {"value", line.value}, {"formula", line.formula}, {"source", line.source}});
  return out;
}

}  // namespace octet::plan
