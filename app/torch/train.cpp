#include <signal.h>

#include "app/command.h"
#include "app/torch/model_flags.h"
#include "octet/base/json.h"
#include "octet/base/log.h"
#include "octet/base/units.h"
#include "octet/train/checkpoint.h"
#include "octet/train/run.h"

namespace octet::app {

namespace train_command {

volatile sig_atomic_t stop = 0;  // set by SIGINT and SIGTERM; a second one ends the process at once

void stop_on_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int) { stop = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);  // whoever read the messages may go away; the run goes on
}

struct Flags {
  std::string recipe, resume, out, device = "cpu";
  std::vector<std::string> settings;
  int threads = 0;
  bool json = false;
};

void print_json(const train::RunSummary& s, const std::filesystem::path& out) {
  Json json = {{"out", out.string()},
               {"finished", s.finished},
               {"steps", s.steps},
               {"tokens", s.tokens},
               {"seconds", s.seconds},
               {"loss", s.loss},
               {"validation_loss", s.validation_loss ? Json(*s.validation_loss) : Json()},
               {"checkpoint", s.checkpoint.string()},
               {"model", s.model.empty() ? Json() : Json(s.model.string())}};
  fmt::print("{}\n", dump(json));
}

// A word as a shell reads it back.
std::string quoted(const std::string& word) {
  constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  std::string out = "'";
  for (char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// The command that goes on with a run that was stopped: what changed the recipe is needed again.
std::string resuming(const Flags& flags, const std::filesystem::path& out) {
  std::string command = "octet train " + quoted(flags.recipe);
  for (const auto& setting : flags.settings) command += " --set " + quoted(setting);
  if (flags.threads > 0) command += fmt::format(" --threads {}", flags.threads);
  if (flags.device != Flags().device) command += " --device " + quoted(flags.device);
  return command + " --resume " + quoted(out.string());
}

void print(const train::RunSummary& s, const Flags& flags, const std::filesystem::path& out) {
  std::string validation = s.validation_loss ? fmt::format(", validation loss {:.4f}", *s.validation_loss) : "";
  fmt::print("{} steps, loss {:.4f}{}\n{}", s.steps, s.loss, validation, s.closing);
  if (s.finished)
    fmt::print("model in {}: octet chat {}\n", s.model.string(), quoted(s.model.string()));
  else
    fmt::print("stopped before the end; go on with: {}\n", resuming(flags, out));
}

int train_command(const Flags& flags) {
  train::RunOptions options;
  options.recipe = train::read_recipe(flags.recipe, flags.settings);
  if (flags.threads > 0) options.recipe.threads = flags.threads;
  if (!flags.resume.empty()) options.resume = flags.resume;
  options.out = !flags.out.empty()      ? std::filesystem::path(flags.out)
                : !flags.resume.empty() ? train::run_folder(flags.resume)
                                        : std::filesystem::path("runs") / options.recipe.name;
  options.device = device_named(flags.device);
  options.version = OCTET_VERSION;
  options.stop_requested = [] { return stop != 0; };
  stop_on_signals();
  train::RunSummary summary = train::run(options);
  if (flags.json)
    print_json(summary, options.out);
  else
    print(summary, flags, options.out);
  return 0;
}

const Registration train_registration(training, "train", "Pretrain a model from a recipe", [](CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("RECIPE", flags->recipe, "a TOML file, see recipes/")->required();
  command.add_option("--set", flags->settings, "section.key=value, in place of the recipe's")->allow_extra_args(false);
  command.add_option("--resume", flags->resume, "a run's folder: goes on from its newest checkpoint");
  command.add_option("--out", flags->out, "where the run is written (default: runs/NAME, or the folder resumed)");
  command.add_option("--threads", flags->threads, "default: the cores that affinity and cgroup allow")
      ->check(CLI::Range(1, 4096));
  command.add_option("--device", flags->device, "cpu or cuda")->capture_default_str();
  command.add_flag("--json", flags->json, "print one object at the end");
  command.footer(
      "Example:\n  octet train recipes/octet-mini.toml --set schedule.minutes=75 --out runs/mini\n"
      "  octet train recipes/octet-mini.toml --resume runs/mini");
  return [flags] { return train_command(*flags); };
});

}  // namespace train_command
}  // namespace octet::app
