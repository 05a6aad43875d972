// `octet plan` is one command with subcommands, each in a file of its own (app/plan_train.cpp, app/plan_serve.cpp,
// ...):
//
//   static PlanRegistration serve("serve", "What serving needs and costs", setup_plan_serve);
//
// The set-up function adds flags to `command` and returns what is run when the subcommand was given.
#pragma once
#include "app/command.h"
#include "app/explained_output.h"
#include "octet/plan/refuse.h"

namespace octet::app {

struct PlanCommand {
  std::string name, summary;
  Setup setup;
};

std::vector<PlanCommand>& plan_commands();

struct PlanRegistration {
  PlanRegistration(std::string name, std::string summary, Setup setup) {
    plan_commands().push_back({std::move(name), std::move(summary), std::move(setup)});
  }
};

// Exit codes beside those of every command.
constexpr int does_not_fit = 3, objective_missed = 4;

// Error{usage}: flags that cannot be meant so.
using plan::refuse;

// What `plan` prints; with --html the page is written first.
struct PlanOutput : ExplainedOutput {
  std::string html;

  void add_to(CLI::App& command);
  void print(const std::string& text, Json object, const std::vector<plan::Explained>& lines,
             const std::function<std::string()>& page) const;
};

Action setup_plan_train(CLI::App& command);
Action setup_plan_serve(CLI::App& command);
Action setup_plan_rl(CLI::App& command);

}  // namespace octet::app
