// octet plan train|serve|rl: finds the subcommands that registered themselves and runs the one that was given.
#include "app/plan.h"

#include "octet/base/error.h"
#include "octet/base/file.h"

namespace octet::app {

std::vector<PlanCommand>& plan_commands() {
  static std::vector<PlanCommand> all;
  return all;
}

void PlanOutput::add_to(CLI::App& command) {
  command.add_option("--html", html, "write one page with tables and pictures, whole in itself");
  ExplainedOutput::add_to(command);
}

void PlanOutput::print(const std::string& text, Json object, const std::vector<plan::Explained>& lines,
                       const std::function<std::string()>& page) const {
  if (!html.empty()) replace_file(html, page());
  ExplainedOutput::print(text, std::move(object), lines);
}

static Registration plan(planning, "plan", "What fits, how long it takes and what it costs", [](CLI::App& command) {
  command.require_subcommand(1);
  command.footer(
      "Example:\n  octet plan train deepseek-v3 --fleet h800x2048 --layout pp=16,ep=64 --batch 15360 --seq 4096 "
      "--schedule dualpipe --precision fp8");
  auto& all = plan_commands();
  std::sort(all.begin(), all.end(), [](const PlanCommand& a, const PlanCommand& b) { return a.name < b.name; });
  std::vector<std::pair<CLI::App*, Action>> actions;
  for (const auto& each : all) {
    CLI::App* sub = command.add_subcommand(each.name, each.summary);
    actions.push_back({sub, each.setup(*sub)});
  }
  return [actions] {
    for (const auto& [sub, action] : actions)
      if (sub->parsed()) return action();
    throw Bug("no subcommand of plan was parsed", std::source_location::current());
  };
});

}  // namespace octet::app
