#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "app/command.h"
#include "app/engine.h"
#include "octet/base/error.h"
#include "octet/base/terminal.h"

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

// "plan train" of octet plan train.
std::string path_of(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr || parent->get_parent() == nullptr ? app.get_name()
                                                              : path_of(*parent) + " " + app.get_name();
}

// The nearest flag to one that CLI11 did not expect.
std::string flag_hint(const CLI::App& app, const std::vector<std::string>& rest) {
  std::vector<std::string> known;
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  for (const auto& word : rest) {
    if (!word.starts_with("-")) continue;
    std::string near = nearest_name(word.substr(0, word.find('=')), known);
    return near.empty() ? fmt::format("see octet {} --help", path_of(app)) : fmt::format("did you mean '{}'?", near);
  }
  return fmt::format("see octet {} --help", path_of(app));
}

// The parser would only say that a subcommand is missing where it does not know the one given.
void refuse_subcommand(const CLI::App& app) {
  auto known = app.get_subcommands([](const CLI::App* sub) { return !sub->get_name().empty(); });
  if (known.empty() || !app.get_subcommands().empty()) return;
  for (const auto& word : app.remaining()) {
    if (word.starts_with("-")) continue;
    std::vector<std::string> names;
    for (const auto* sub : known) names.push_back(sub->get_name());
    throw Error(ErrorKind::usage, fmt::format("octet {}: unknown subcommand '{}'", path_of(app), printable(word)),
                unknown_name_hint(word, names));
  }
}

// What is wrong with a word as a number of that type; "" if nothing is.
std::string number_mistake(const std::string& word, std::string_view type) {
  const char *begin = word.data(), *end = begin + word.size();
  if (type == "FLOAT") {
    double value = 0;
    auto [after, error] = std::from_chars(begin, end, value);
    bool good = error == std::errc() && after == end && std::isfinite(value);
    return good ? "" : fmt::format("expected a number such as 0.5, found '{}'", printable(word));
  }
  std::string_view digits = word;
  if (type == "INT" && digits.starts_with('-')) digits.remove_prefix(1);
  bool decimal = !digits.empty() && digits.find_first_not_of("0123456789") == digits.npos;
  bool octal = digits.size() > 1 && digits.front() == '0';
  if (decimal && !octal) return "";
  return fmt::format("expected a {}whole number in decimal digits, found '{}'", type == "UINT" ? "not negative " : "",
                     printable(word));
}

// The parser reads 010 as eight, 0x10 as sixteen, nan as a number and -1 as a vast one where there is no sign.
void read_numbers_strictly(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    std::string type = option->get_type_name();
    type = type.substr(0, type.find(':'));
    if (type == "INT" || type == "UINT" || type == "FLOAT")
      option->check([type](const std::string& word) { return number_mistake(word, type); }, "");
  }
  for (CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) read_numbers_strictly(*sub);
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
  read_numbers_strictly(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {  // --help, --version
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    refuse_subcommand(*at);
    std::string message = e.what();
    bool extras = dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr;
    std::string hint = extras ? flag_hint(*at, at->remaining(true))
                              : fmt::format("see octet {}--help", at == &app ? "" : path_of(*at) + " ");
    throw Error(ErrorKind::usage, printable(message, 200), hint);
  }
  return code;
}

// A file opened by the program must not become one of the three streams, for then messages would go into it. One that
// the caller closed refuses what is written, as before.
void hold_standard_streams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) return;
}

int say(std::string_view sentence, int code) {
  write_stderr(fmt::format("octet: {}\n", sentence));
  return code;
}

// A reader that has gone away, as head does, wants no more: that is said to nobody, as for any other program.
int lost_stdout(int error) {
  if (error == EPIPE) {
    ::signal(SIGPIPE, SIG_DFL);
    ::raise(SIGPIPE);
  }
  return say(fmt::format("cannot write to stdout{}{}", error ? ": " : "", error ? std::strerror(error) : ""), 2);
}

// What is still in the buffer may not fit on the disk, and that must not pass for an answer.
int with_stdout_whole(int code) {
  bool before = std::ferror(stdout);
  errno = 0;
  if (std::fflush(stdout) == 0 && !before) return code;
  return lost_stdout(errno);
}

// "filesystem error: directory iterator cannot open directory: Permission denied [/x]" as a sentence.
std::string sentence_of(const std::filesystem::filesystem_error& e) {
  std::string_view what = e.what();
  size_t from = what.find("cannot "), to = what.find(": ", std::min(from, what.size()));
  bool told = from != what.npos && to != what.npos;
  return fmt::format("{} '{}': {}", told ? what.substr(from, to - from) : "cannot use",
                     printable(e.path1().string(), 200), e.code().message());
}

}  // namespace
}  // namespace octet::app

int main(int argc, char** argv) {
  using namespace octet::app;
  hold_standard_streams();
  try {
    return with_stdout_whole(run(argc, argv));
  } catch (const octet::Error& e) {
    return say(e.what(), 2);
  } catch (const octet::Bug& e) {
    octet::write_stderr(fmt::format("{}\n", e.what()));
  } catch (const std::bad_alloc&) {
    say("out of memory", 1);
  } catch (const std::filesystem::filesystem_error& e) {
    return say(sentence_of(e), 2);
  } catch (const std::system_error& e) {
    if (std::ferror(stdout)) return lost_stdout(e.code().value());
    say(e.what(), 1);
  } catch (const std::exception& e) {
    // libtorch's messages go on with a stack of frames: the first line says what happened.
    std::string_view what = e.what();
    say(what.substr(0, what.find('\n')), 1);
  }
  return 1;
}
