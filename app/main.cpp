#include <cstdlib>
#include <filesystem>

#include "app/command.h"
#include "app/engine.h"
#include "octet/base/error.h"

namespace octet::app {

std::vector<Command>& commands() {
  static std::vector<Command> all;
  return all;
}

std::string home() {
  if (const char* set = std::getenv("OCTET_HOME"); set && *set) return set;
  // An installed program has its files beside it; a built one reads the repository's.
  std::error_code unknown;
  namespace fs = std::filesystem;
  fs::path installed = fs::read_symlink("/proc/self/exe", unknown).parent_path().parent_path() / "share" / "octet";
  return fs::is_directory(installed, unknown) ? installed.string() : OCTET_HOME;
}

namespace {

bool is_here(std::string_view name) {
  return std::any_of(commands().begin(), commands().end(), [&](const Command& c) { return c.name == name; });
}

// A first argument that is neither a flag nor a command: CLI11 would only say "not expected".
[[noreturn]] void refuse_command(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& command : commands()) names.push_back(command.name);
  throw Error(ErrorKind::usage, fmt::format("unknown command '{}'", printable(name)), unknown_name_hint(name, names));
}

// The nearest flag to one that CLI11 did not expect.
std::string flag_hint(const CLI::App& app, const std::vector<std::string>& rest) {
  std::vector<std::string> known;
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  for (const auto& word : rest) {
    if (!word.starts_with("-")) continue;
    std::string near = nearest_name(word.substr(0, word.find('=')), known);
    return near.empty() ? fmt::format("see octet {} --help", app.get_name()) : fmt::format("did you mean '{}'?", near);
  }
  return fmt::format("see octet {} --help", app.get_name());
}

int run(int argc, char** argv) {
  keep_arguments(argv);
  std::string_view first = argc < 2 ? "--help" : argv[1];
  if (first != "--version" && !is_here(first)) {
    become_engine();  // the whole help page, and what to say of an unknown command, take all commands
    if (!first.starts_with('-')) refuse_command(first);
  }
  CLI::App app("octet: train, run, serve and price language models of the DeepSeek-V3 family", "octet");
  app.set_version_flag("--version", "octet " OCTET_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Example:\n  octet chat                       talk to the bundled model\n"
      "  octet COMMAND --help             flags and an example of a command");
  auto& all = commands();
  std::vector<std::string> order = {models, training, planning, tools};
  auto rank = [&](const Command& c) { return std::find(order.begin(), order.end(), c.group) - order.begin(); };
  std::stable_sort(all.begin(), all.end(), [&](const Command& a, const Command& b) {
    return std::pair(rank(a), a.name) < std::pair(rank(b), b.name);
  });
  int code = 0;
  for (const auto& command : all) {
    CLI::App* sub = app.add_subcommand(command.name, command.summary)->group(command.group);
    sub->callback([action = command.setup(*sub), &code] { code = action(); });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {  // --help, --version
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    std::string message = e.what();
    bool extras = dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr;
    std::string hint = extras ? flag_hint(*at, at->remaining(true))
                              : fmt::format("see octet {}--help", at == &app ? "" : at->get_name() + " ");
    throw Error(ErrorKind::usage, printable(message, 200), hint);
  }
  return code;
}

}  // namespace
}  // namespace octet::app

int main(int argc, char** argv) {
  try {
    return octet::app::run(argc, argv);
  } catch (const octet::Error& e) {
    fmt::print(stderr, "octet: {}\n", e.what());
    return 2;
  } catch (const octet::Bug& e) {
    fmt::print(stderr, "{}\n", e.what());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "octet: out of memory\n");
  } catch (const std::exception& e) {
    // libtorch's messages go on with a stack of frames: the first line says what happened.
    std::string_view what = e.what();
    fmt::print(stderr, "octet: {}\n", what.substr(0, what.find('\n')));
  }
  return 1;
}
