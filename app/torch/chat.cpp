// octet chat: a conversation at the terminal, or one question from a pipe.
#include <charconv>
#include <cmath>
#include <csignal>
#include <sstream>
#include <iostream>
#include <iterator>

#include "app/torch/line_editor.h"
#include "app/torch/model_flags.h"
#include "octet/base/terminal.h"
#include "octet/base/units.h"
#include "octet/chat/answer.h"
#include "octet/chat/conversation.h"
#include "octet/chat/expert_map.h"

namespace octet::app {
namespace {

struct Flags {
  ModelFlags model;
  SamplingFlags sampling;
  std::string system;
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
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state) return std::filesystem::path(state) / "octet/history";
  if (const char* home = std::getenv("HOME"); home && *home) return std::filesystem::path(home) / ".local/state/octet/history";
  return {};
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
  explicit Screen(const Flags& flags)
      : flags_(flags), model_(flags.model.load()), generator_(model_.model, model_.context), conversation_(flags.system) {
    if (!model_.tokenizer || !model_.chat_template) chat::render_chat(model_, Json::array());  // says what is missing
  }

  int one_question(const std::string& question) {
    conversation_.add_user(question);
    answer();
    return 0;
  }

  int converse() {
    catch_interrupts();
    const auto& config = model_.model->config;
    print(fmt::format("octet {}: {} ({} layers, context {}). /help lists the commands.\n\n", OCTET_VERSION,
                      model_.path.filename().string(), config.n_layers(), format_thousands(model_.context)));
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
  const Flags& flags_;
  SamplingFlags sampling_ = flags_.sampling;
  chat::ModelFolder model_;
  infer::Generator generator_;
  chat::Conversation conversation_;
  std::optional<infer::Generated> last_;

  void answer() {
    auto prompt = chat::render_chat(model_, conversation_.messages());
    auto result = chat::answer(generator_, model_, prompt, sampling_.options(model_), sampling_.stop, [](std::string_view piece) {
      print(piece);
      return !interrupted;
    });
    print(result.generated.finish == infer::Finish::cancelled ? " [stopped]\n" : "\n");
    conversation_.add_assistant(result.text);
    last_ = std::move(result.generated);
  }

  bool command(const std::string& line) {
    std::istringstream words(line.substr(1));
    std::string name, rest;
    words >> name;
    std::getline(words >> std::ws, rest);
    const std::vector<std::string> known = {"help", "clear", "undo", "save", "load", "set", "system", "stats", "experts", "quit"};
    if (name == "help") print(help_text);
    else if (name == "quit" || name == "exit") return false;
    else if (name == "clear") conversation_.clear();
    else if (name == "undo") print(conversation_.undo() ? "" : "nothing to take back\n");
    else if (name == "save" || name == "load") file_command(name, rest);
    else if (name == "set") set(rest);
    else if (name == "system") conversation_.set_system(rest);
    else if (name == "stats") stats();
    else if (name == "experts")
      print(chat::expert_map(generator_.trace(), colour_allowed(stdout) ? chat::Paint::colours : chat::Paint::shades,
                             terminal_width(stdout)));
    else throw Error(ErrorKind::usage, fmt::format("unknown command '/{}'", printable(name)), unknown_name_hint(name, known));
    return true;
  }

  void file_command(const std::string& name, const std::string& path) {
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
    const std::vector<std::string> known = {"temperature", "top-p", "top-k", "min-p", "repetition-penalty", "max-tokens", "seed"};
    if (!key.empty()) {
      if (std::find(known.begin(), known.end(), key) == known.end())
        throw Error(ErrorKind::usage, fmt::format("unknown setting '{}'", printable(key)), unknown_name_hint(key, known));
      assign(key, text);
    }
    auto o = sampling_.options(model_);
    print(fmt::format("temperature {}  top-p {}  top-k {}  min-p {}  repetition-penalty {}  max-tokens {}  seed {}\n",
                      o.sampling.temperature, o.sampling.top_p, o.sampling.top_k, o.sampling.min_p,
                      o.sampling.repetition_penalty, o.max_tokens,
                      sampling_.seed ? std::to_string(*sampling_.seed) : "random"));
  }

  void assign(const std::string& key, const std::string& text) {
    double value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool whole = key == "top-k" || key == "max-tokens" || key == "seed";
    if (error != std::errc() || end != text.data() + text.size() || (whole && (value < 0 || value != std::floor(value) || value > 9e15)))
      throw Error(ErrorKind::usage, fmt::format("/set {}: expected a {}number, found '{}'", key, whole ? "whole " : "", printable(text)));
    SamplingFlags changed = sampling_;
    if (key == "temperature") changed.temperature = value;
    if (key == "top-p") changed.top_p = value;
    if (key == "top-k") changed.top_k = static_cast<int64_t>(value);
    if (key == "min-p") changed.min_p = value;
    if (key == "repetition-penalty") changed.repetition_penalty = value;
    if (key == "max-tokens") changed.max_tokens = static_cast<int64_t>(value);
    if (key == "seed") changed.seed = static_cast<uint64_t>(value);
    changed.options(model_);  // refuses what is out of range, before it takes effect
    sampling_ = changed;
  }

  void stats() {
    if (!last_) throw Error(ErrorKind::usage, "no answer yet, so there is nothing to report");
    auto rate = [](double tokens, double seconds) { return seconds > 0 ? tokens / seconds : 0; };
    auto computed = static_cast<double>(last_->prompt_tokens - last_->reused_tokens);
    print(fmt::format("prompt   {} tokens, {} of them from the cache; {:.0f} tokens/s\n", last_->prompt_tokens,
                      last_->reused_tokens, rate(computed, last_->seconds_prefill)));
    print(fmt::format("answer   {} tokens in {}; {:.1f} tokens/s\n", last_->tokens.size(), format_duration(last_->seconds_decode),
                      rate(static_cast<double>(last_->tokens.size()), last_->seconds_decode)));
    print(fmt::format("cache    {} tokens, {} ({} a token)\n", generator_.cached_tokens(),
                      format_bytes(static_cast<double>(generator_.cache_bytes())),
                      format_bytes(static_cast<double>(generator_.cache_bytes()) / std::max<double>(1, static_cast<double>(generator_.cached_tokens())))));
    print(fmt::format("experts  busiest over mean {:.2f}; /experts shows them\n", chat::load_max_over_mean(generator_.trace())));
  }
};

int run(const Flags& flags) {
  Screen screen(flags);
  if (is_terminal(stdin)) return screen.converse();
  std::string question{std::istreambuf_iterator<char>(std::cin), {}};
  while (!question.empty() && (question.back() == '\n' || question.back() == '\r')) question.pop_back();
  if (question.empty()) throw Error(ErrorKind::usage, "chat: expected a question on standard input, found nothing");
  return screen.one_question(question);
}

const Registration chat_command(models, "chat", "Talk to a model", [](CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  flags->model.add_to(command);
  command.add_option("--system", flags->system, "A system message");
  flags->sampling.add_to(command);
  command.footer("Example:\n  octet chat\n  echo 'What is a heron?' | octet chat mini --temperature 0");
  return [flags] { return run(*flags); };
});

}  // namespace
}  // namespace octet::app
