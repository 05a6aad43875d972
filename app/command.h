// The frame of a command: flags in, one call, printing out. A command is a file x.cpp with
//
//   static Registration inspect("inspect", "What a model is", [](CLI::App& command) {
//     auto flags = std::make_shared<Flags>();
//     command.add_option("MODEL", flags->model, "folder, preset or 'mini'");
//     command.footer("Example:\n  octet inspect deepseek-v3 --json");
//     return [flags] { ...; return 0; };              // the exit code
//   });
//
// Order on the help page is by `group` and name. Error leads to exit 2, Bug and anything else to 1: main does that.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace octet::app {

using Action = std::function<int()>;
using Setup = std::function<Action(CLI::App& command)>;

struct Command {
  std::string name, summary, group;
  Setup setup;
};

std::vector<Command>& commands();

struct Registration {
  Registration(std::string group, std::string name, std::string summary, Setup setup) {
    commands().push_back({std::move(name), std::move(summary), std::move(group), std::move(setup)});
  }
};

// Groups, in the order of the help page.
inline const std::string models = "Models", training = "Training", planning = "Planning", tools = "Tools";

// The folder that holds models/ and recipes/: OCTET_HOME from the environment, or where octet was built or installed.
std::string home();

}  // namespace octet::app
