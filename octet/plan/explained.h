// One number with where it comes from: what --explain prints, and the last table of every page.
#pragma once
#include <string>
#include <vector>

#include "octet/base/json.h"

namespace octet::plan {

struct Explained {
  std::string name, value, formula, source;
};

std::string explained_text(const std::vector<Explained>& lines);
Json explained_json(const std::vector<Explained>& lines);  // [{name, value, formula, source}]

}  // namespace octet::plan
