#include "app/explained_output.h"

#include "app/command.h"

namespace octet::app {

void ExplainedOutput::add_to(CLI::App& command) {
  command.add_flag("--json", json, "one JSON object");
  command.add_flag("--explain", explain, "each number with its formula, inputs and source");
}

void ExplainedOutput::print(const std::string& text, Json object, const std::vector<plan::Explained>& lines) const {
  if (json) {
    if (explain) object["explain"] = plan::explained_json(lines);
    fmt::print("{}\n", dump(object, 2));
    return;
  }
  fmt::print("{}", text);
  if (explain) fmt::print("\n{}", plan::explained_text(lines));
}

}  // namespace octet::app
