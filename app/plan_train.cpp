// octet plan train: what a training run needs, takes and costs.
#include <chrono>

#include "app/plan.h"
#include "app/plan_flags.h"
#include "app/plan_recipe.h"
#include "octet/base/cpu.h"
#include "octet/plan/train/html.h"
#include "octet/plan/train/remedy.h"
#include "octet/plan/train/report.h"
#include "octet/plan/train/search.h"

namespace octet::app {

namespace plan_train_command {

struct Flags {
  PlanFlags plan;
  PlanOutput output;
  bool search = false;
  int64_t most = 0;
  RecipeFlags recipe;
};

int run_search(const Flags& flags) {
  plan::TrainPlan base = unfinished_plan_of(flags.plan);
  plan::SearchSpace space;
  if (flags.most < 0) throw Error(ErrorKind::usage, fmt::format("--most: expected from 1, found {}", flags.most));
  space.most = static_cast<size_t>(flags.most);
  plan::SearchResult result = plan::search(base, space, available_threads());
  // What is explained is the fastest.
  auto lines = result.front.empty() ? std::vector<plan::Explained>() : plan::explain(result.front.front());
  flags.output.print(plan::to_text(result), plan::to_json(result), lines, [&] { return plan::to_html(result, base); });
  return result.front.empty() ? does_not_fit : 0;
}

int run(const Flags& flags) {
  if (!flags.recipe.recipe.empty()) {
    if (flags.search) throw Error(ErrorKind::usage, "--search tries layouts of GPUs, --recipe runs on this machine");
    return plan_recipe(flags.recipe, flags.output);
  }
  if (flags.search) return run_search(flags);
  plan::TrainPlan plan = plan_of(flags.plan);
  auto begin = std::chrono::steady_clock::now();
  plan::Predictor predictor(plan.config, plan.mtp);
  plan::Prediction prediction = predictor(plan);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::string remedy = prediction.fits ? "" : plan::cheapest_remedy(predictor, prediction);
  Json object = plan::to_json(prediction, remedy);
  object["planning_seconds"] = took.count();
  flags.output.print(plan::to_text(prediction, remedy), std::move(object), plan::explain(prediction),
                     [&] { return plan::to_html(prediction, remedy); });
  return prediction.fits ? 0 : does_not_fit;
}

Action setup_plan_train(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  add_plan_flags(command, flags->plan);
  command.add_option("--recipe", flags->recipe.recipe, "a recipe of octet train, priced on this machine; stands alone");
  command.add_option("--peak", flags->recipe.peak,
                     "FLOP/s of this machine in matrix products, with --recipe (default: measured)");
  command.add_option("--share", flags->recipe.share,
                     "of the peak that training reaches, with --recipe (default: the recipe's)");
  flags->output.add_to(command);
  command.add_flag(
      "--search", flags->search,
      "try layouts, schedules, recomputation and precision; --layout, --schedule and --precision are ignored");
  command.add_option("--most", flags->most, "candidates that --search prices at most (default: all)");
  command.footer(
      "Example:\n  octet plan train deepseek-v3 --gpu h800 --gpus 2048 --layout pp=16,ep=64 --batch 15360 --seq 4096 "
      "\\\n"
      "    --schedule dualpipe --precision fp8 --tokens 14.8T\n"
      "Exit codes: 0 fits, 3 does not fit in memory, 2 the plan is impossible.");
  return [flags] { return run(*flags); };
}

static PlanRegistration train("train", "Memory, time, utilisation and cost of a training run", setup_plan_train);

}  // namespace plan_train_command
}  // namespace octet::app
