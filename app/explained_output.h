// What a command of the planner prints: a text, with --explain the lines below it; or with --json one object, with
// --explain a key `explain` in it.
#pragma once
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/plan/explained.h"

namespace CLI {
class App;
}

namespace octet::app {

struct ExplainedOutput {
  bool json = false, explain = false;

  void add_to(CLI::App& command);  // the flags --json and --explain
  void print(const std::string& text, Json object, const std::vector<plan::Explained>& lines) const;
};

}  // namespace octet::app
