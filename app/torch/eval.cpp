// octet eval: accuracy on seeded problems with exact checkers.
#include "app/torch/model_flags.h"
#include "octet/base/terminal.h"
#include "octet/base/units.h"
#include "octet/eval/suite.h"

namespace octet::app {
namespace eval_command {

struct Flags {
  ModelFlags model;
  std::string suite = "mini", split = "wordings";
  int64_t n = 100, max_tokens = 160, width = 32, show = 0;
  uint64_t seed = 1;
  bool json = false;
};

const std::vector<std::pair<std::string, tasks::Split>> splits = {{"wordings", tasks::Split::heldout_wordings},
                                                                  {"problems", tasks::Split::heldout_problems},
                                                                  {"train", tasks::Split::train}};

tasks::Split parse_split(const std::string& text) {
  std::vector<std::string> names;
  for (const auto& [name, split] : splits) {
    if (name == text) return split;
    names.push_back(name);
  }
  throw Error(ErrorKind::usage, fmt::format("--split: unknown split '{}'", printable(text)),
              unknown_name_hint(text, names));
}

Json to_json(const eval::Accuracy& a) {
  return {{"accuracy", a.share()}, {"low", a.low()}, {"high", a.high()}, {"right", a.right}, {"asked", a.asked}};
}

void print_row(const std::string& name, const eval::Accuracy& a) {
  int cells = static_cast<int>(a.share() * 20 + 0.5);
  std::string bar;
  for (int i = 0; i < 20; ++i) bar += i < cells ? "█" : "·";
  fmt::print("{:<12} {}  {:>5.1f} %   {:>5.1f} to {:>5.1f}   {}/{}\n", name, bar, 100 * a.share(), 100 * a.low(),
             100 * a.high(), a.right, a.asked);
}

int run(const Flags& flags) {
  // "mini" takes each family in turn, so that n problems a family need n times their number.
  bool all = flags.suite == "mini";
  auto problems = tasks::suite(flags.suite, flags.n * (all ? static_cast<int64_t>(tasks::families().size()) : 1),
                               flags.seed, parse_split(flags.split));
  auto model = flags.model.load();
  eval::SuiteResult result;
  {
    Progress progress("asking", static_cast<double>(problems.size()));
    result = eval::run_suite(model, problems, flags.max_tokens, flags.width,
                             [&](size_t done) { progress.update(static_cast<double>(done)); });
  }
  if (flags.json) {
    Json by_task = Json::object();
    for (const auto& [name, a] : result.by_task) by_task[name] = to_json(a);
    Json out = {{"suite", flags.suite},       {"split", flags.split}, {"seed", flags.seed},
                {"all", to_json(result.all)}, {"tasks", by_task},     {"tokens", result.tokens},
                {"seconds", result.seconds}};
    fmt::print("{}\n", dump(out));
    return 0;
  }
  for (const auto& [name, a] : result.by_task) print_row(name, a);
  print_row("all", result.all);
  fmt::print("95 % intervals (Wilson); {} tokens in {}\n", format_thousands(static_cast<int64_t>(result.tokens)),
             format_duration(result.seconds));
  int64_t shown = 0;
  for (const auto& a : result.asked)
    if (!a.right && shown++ < flags.show)
      fmt::print("\n[{}] {}\nreply:    {}\nexpected: {}\n", a.problem.task, a.problem.question, a.reply, a.problem.key);
  return 0;
}

const Registration eval_command(
    models, "eval", "Measure a model on problems with exact answers", [](CLI::App& command) {
      auto flags = std::make_shared<Flags>();
      flags->model.add_to(command);
      command.add_option("--suite", flags->suite, fmt::format("One of {}", fmt::join(tasks::suite_names(), ", ")))
          ->capture_default_str();
      command
          .add_option(
              "--split", flags->split,
              "wordings: problems and phrasings never trained on; problems: the problems only; train: neither held out")
          ->capture_default_str();
      command.add_option("--n", flags->n, "Problems a family")->capture_default_str()->check(CLI::Range(1, 1000000));
      command.add_option("--max-tokens", flags->max_tokens, "Longest answer")
          ->capture_default_str()
          ->check(CLI::Range(1, 100000));
      command.add_option("--width", flags->width, "Problems answered at a time")
          ->capture_default_str()
          ->check(CLI::Range(1, 4096));
      command.add_option("--seed", flags->seed, "Of the problems")->capture_default_str();
      command.add_option("--show", flags->show, "Print this many wrong answers")->capture_default_str();
      command.add_flag("--json", flags->json, "One JSON object");
      command.footer("Example:\n  octet eval mini --suite add --n 200 --show 3");
      return [flags] { return run(*flags); };
    });

}  // namespace eval_command
}  // namespace octet::app
