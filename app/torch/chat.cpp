// octet chat: a conversation at the terminal, or one question from a pipe.
#include <charconv>
#include <cmath>
#include <csignal>
#include <iostream>
#include <iterator>
#include <sstream>

#include "app/torch/chat_partner.h"
#include "app/torch/line_editor.h"
#include "octet/base/terminal.h"
#include "octet/chat/conversation.h"
#include "octet/chat/expert_map.h"

namespace octet::app {
namespace chat_command {

struct Flags {
  ModelFlags model;
  SamplingFlags sampling;
  std::string system, server;
  // Where a server answers, MODEL is its name there; the default, mini, is only this machine's.
  std::string remote_model() const { return model.model == ModelFlags().model ? "" : model.model; }
};

// Set by Ctrl-C. While an answer is being written it ends the answer; at the prompt it empties the line.
volatile std::sig_atomic_t interrupted = 0;

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART: a read at the prompt is to return
  sigaction(SIGINT, &action, nullptr);
}

void print(std::string_view text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

std::filesystem::path history_file() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
    return std::filesystem::path(state) / "octet/history";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::filesystem::path(home) / ".local/state/octet/history";
  return {};
}

// "~/x" as a shell would have it; no shell has seen what is typed here.
std::string at_home(const std::string& path) {
  const char* home = std::getenv("HOME");
  return path.starts_with("~/") && home && *home ? home + path.substr(1) : path;
}

constexpr const char* help_text = R"(  /help               this list
  /clear              begin anew (the system message stays)
  /undo               take back the last question and its answer
  /save FILE          keep the conversation;  /load FILE brings it back
  /set                show the settings;  /set temperature 0.8 changes one
  /system TEXT        set the system message
  /stats              speed, cache and expert load of the last answer
  /experts            which experts answered: a map of layer by expert
  /quit               leave (or Ctrl-D)
A line that ends with \ goes on in the next. Ctrl-C stops an answer.
)";

class Screen {
 public:
  Screen(const Flags& flags, std::unique_ptr<Partner> partner)
      : sampling_(flags.sampling), partner_(std::move(partner)), conversation_(flags.system) {}

  int one_question(const std::string& question) {
    conversation_.add_user(question);
    answer();
    return 0;
  }

  int converse() {
    catch_interrupts();
    print(fmt::format("octet {}: {}. /help lists the commands.\n\n", OCTET_VERSION, partner_->title()));
    LineEditor editor(history_file());
    bool colours = colour_allowed(stdout);
    while (auto line = editor.read("> ")) {
      interrupted = 0;
      if (line->find_first_not_of(" \n") == line->npos) continue;
      try {
        if (line->starts_with('/')) {
          if (!command(*line)) break;
          continue;
        }
        conversation_.add_user(*line);
        if (colours) print("\033[36m");
        answer();
        if (colours) print("\033[0m");
        print("\n");
      } catch (const Error& e) {
        print(fmt::format("{}{}\n", colours ? "\033[0m" : "", e.what()));
        if (!line->starts_with('/')) conversation_.undo();
      }
    }
    print("\n");
    return 0;
  }

 private:
  SamplingFlags sampling_;
  std::unique_ptr<Partner> partner_;
  chat::Conversation conversation_;

  void answer() {
    auto said = partner_->answer(conversation_.messages(), sampling_, [](std::string_view piece) {
      print(piece);
      return !interrupted;
    });
    print(said.end == Partner::Said::End::stopped ? " [stopped]\n" : "\n");
    conversation_.add_assistant(said.text);
  }

  bool command(const std::string& line) {
    std::istringstream words(line.substr(1));
    std::string name, rest;
    words >> name;
    std::getline(words >> std::ws, rest);
    const std::vector<std::string> known = {"help", "clear",  "undo",  "save",    "load",
                                            "set",  "system", "stats", "experts", "quit"};
    if (name == "help")
      print(help_text);
    else if (name == "quit" || name == "exit")
      return false;
    else if (name == "clear")
      conversation_.clear();
    else if (name == "undo")
      print(conversation_.undo() ? "" : "nothing to take back\n");
    else if (name == "save" || name == "load")
      file_command(name, rest);
    else if (name == "set")
      set(rest);
    else if (name == "system")
      conversation_.set_system(rest);
    else if (name == "stats")
      print(partner_->stats());
    else if (name == "experts")
      print(chat::expert_map(partner_->trace(), colour_allowed(stdout) ? chat::Paint::colours : chat::Paint::shades,
                             terminal_width(stdout)));
    else
      throw Error(ErrorKind::usage, fmt::format("unknown command '/{}'", printable(name)),
                  unknown_name_hint(name, known));
    return true;
  }

  void file_command(const std::string& name, const std::string& given) {
    std::string path = at_home(given);
    if (path.empty()) throw Error(ErrorKind::usage, fmt::format("/{}: expected a file's name", name));
    if (name == "save") {
      conversation_.save(path);
      print(fmt::format("saved to {}\n", path));
    } else {
      conversation_ = chat::Conversation::load(path);
      print(fmt::format("{} messages\n", conversation_.messages().size()));
    }
  }

  void set(const std::string& assignment) {
    std::istringstream words(assignment);
    std::string key, text;
    words >> key >> text;
    std::replace(key.begin(), key.end(), '_', '-');
    const std::vector<std::string> known = {"temperature",        "top-p",      "top-k", "min-p",
                                            "repetition-penalty", "max-tokens", "seed"};
    if (!key.empty()) {
      if (std::find(known.begin(), known.end(), key) == known.end())
        throw Error(ErrorKind::usage, fmt::format("unknown setting '{}'", printable(key)),
                    unknown_name_hint(key, known));
      assign(key, text);
    }
    print(partner_->settings(sampling_));
  }

  void assign(const std::string& key, const std::string& text) {
    double value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool whole = key == "top-k" || key == "max-tokens" || key == "seed";
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
        (whole && (value < 0 || value != std::floor(value) || value > 9e15)))
      throw Error(ErrorKind::usage,
                  fmt::format("/set {}: expected a {}number, found '{}'", key, whole ? "whole " : "", printable(text)));
    SamplingFlags changed = sampling_;
    if (key == "temperature") changed.temperature = value;
    if (key == "top-p") changed.top_p = value;
    if (key == "top-k") changed.top_k = static_cast<int64_t>(value);
    if (key == "min-p") changed.min_p = value;
    if (key == "repetition-penalty") changed.repetition_penalty = value;
    if (key == "max-tokens") changed.max_tokens = static_cast<int64_t>(value);
    if (key == "seed") changed.seed = static_cast<uint64_t>(value);
    partner_->settings(changed);  // refuses what is out of range, before it takes effect
    sampling_ = changed;
  }
};

int run(const Flags& flags) {
  Screen screen(flags, flags.server.empty() ? make_local_partner(flags.model)
                                            : make_remote_partner(flags.server, flags.remote_model()));
  if (is_terminal(stdin)) return screen.converse();
  std::string question{std::istreambuf_iterator<char>(std::cin), {}};
  while (!question.empty() && (question.back() == '\n' || question.back() == '\r')) question.pop_back();
  if (question.empty()) throw Error(ErrorKind::usage, "chat: expected a question on standard input, found nothing");
  return screen.one_question(question);
}

const Registration chat_command(models, "chat", "Talk to a model", [](CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  flags->model.add_to(command);
  command.add_option("--server", flags->server,
                     "Ask a running server, such as http://127.0.0.1:8080 (its key: OPENAI_API_KEY)");
  command.add_option("--system", flags->system, "A system message");
  flags->sampling.add_to(command);
  command.footer(
      "Example:\n  octet chat\n  echo 'What is a heron?' | octet chat mini --temperature 0\n"
      "  octet chat --server http://127.0.0.1:8080");
  return [flags] { return run(*flags); };
});

}  // namespace chat_command
}  // namespace octet::app
