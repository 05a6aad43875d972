// octet's own predictions beside what was published: the same audit that others' claims get.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "octet/base/json.h"

namespace octet::plan {

enum class Basis {
  exact,       // arithmetic on given figures; must come out
  calibrated,  // octet's constants were fitted to it or to its like
  predicted,   // nothing was fitted to it
};
const char* name(Basis basis);

struct Case {
  std::string what, source, unit;
  Basis basis = Basis::exact;
  double published = 0, octet = 0;
  double low = 0, high = 0;  // octet's 80 % interval; both are `octet` where it gives none
  double allowed = 0.005;    // share by which it may differ
  double error() const { return octet / published - 1; }
  bool within() const { return error() <= allowed && error() >= -allowed; }
};

// All of them, computed now. `home` is where price books are.
std::vector<Case> published_cases(const std::filesystem::path& home);

Json to_json(const std::vector<Case>& cases);
std::string table(const std::vector<Case>& cases);
std::string svg(const std::vector<Case>& cases);  // each prediction's error with its interval and what is allowed

}  // namespace octet::plan
