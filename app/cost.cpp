// octet cost: what things cost, in views that are never mixed, and the auditor of other people's sums.
#include "app/cost.h"

#include "app/command.h"

namespace octet::app {
namespace cost_command {

using FlagsPtr = std::shared_ptr<CostFlags>;
using Part = int (*)(const CostFlags&);

CLI::App* part(CLI::App& command, const FlagsPtr& flags, const char* name, const char* what,
               const std::string& example) {
  CLI::App* sub = command.add_subcommand(name, what);
  flags->add_to(*sub);
  sub->footer("Example:\n  octet cost " + example);
  return sub;
}

void add_book_flags(CLI::App* sub, const FlagsPtr& flags) {
  sub->add_option("--book", flags->books, "a price book (name or TOML file) in place of the usual one of its subject");
  sub->add_option("--set", flags->sets, "one value by hand: key='number unit'");
}

Registration cost(
    planning, "cost", "What a run, an hour, a day of serving or a company costs; audits claims", [](CLI::App& command) {
      auto flags = std::make_shared<CostFlags>();
      std::vector<std::pair<CLI::App*, Part>> parts;
      auto add = [&](const char* name, const char* what, const std::string& example, Part act) {
        CLI::App* sub = part(command, flags, name, what, example);
        parts.emplace_back(sub, act);
        return sub;
      };
      CLI::App* v3 =
          add("deepseek-v3", "the $5.576M of DeepSeek-V3's report, and the same run inside the company's bill",
              "deepseek-v3 --svg run.svg", cost_deepseek_v3);
      v3->add_option("--svg", flags->svg, "write the picture of the run inside the company's year");
      add_book_flags(v3, flags);
      add_book_flags(add("deepseek-r1", "what R1 took on top of V3", "deepseek-r1 --explain", cost_deepseek_r1), flags);
      CLI::App* run = add("run", "GPU hours at a rental price", "run --gpu-hours 2788K --price 2", cost_run);
      run->add_option("--gpu-hours", flags->gpu_hours, "GPU hours, as 2788K");
      run->add_option("--gpus", flags->gpus, "GPUs, with --time");
      run->add_option("--time", flags->time, "how long, as '198 h' or '55 days'");
      run->add_option("--model", flags->model, "a model whose run octet plans, as octet plan train does, with:");
      run->add_option("--fleet", flags->fleet, "its machines, h800x2048");
      run->add_option("--layout", flags->layout, "pp=16,ep=64");
      run->add_option("--batch", flags->batch, "sequences a step");
      run->add_option("--seq", flags->seq, "tokens a sequence");
      run->add_option("--tokens", flags->tokens, "of the run, 14.8T");
      run->add_option("--schedule", flags->schedule, "1f1b, zb1p, dualpipe, dualpipev");
      run->add_option("--precision", flags->precision, "bf16 or fp8")->capture_default_str();
      run->add_option("--price", flags->price, "dollars a GPU hour")->capture_default_str();
      add_book_flags(
          add("tco", "one GPU hour to its owner (H200, or --book h800-tco)", "tco --book h800-tco", cost_tco), flags);
      add_book_flags(add("organisation", "a year of the company: fleet, power, room, people",
                         "organisation --set 'staff=250 people'", cost_organisation),
                     flags);
      add_book_flags(add("serving-day", "cost and list-price revenue of DeepSeek's published day",
                         "serving-day --explain", cost_serving_day),
                     flags);
      add("published", "octet's predictions beside what was published, with the errors", "published --svg errors.svg",
          cost_published)
          ->add_option("--svg", flags->svg, "write the picture of the errors");
      CLI::App* bound = add("ep-bound", "decode bound by the experts' exchange alone",
                            "ep-bound --bandwidth '900 GB/s'", cost_exchange_bound);
      bound->add_option("--tokens", flags->exchange.tokens, "tokens a GPU")->capture_default_str();
      bound->add_option("--copies", flags->exchange.copies, "experts a token goes to")->capture_default_str();
      bound->add_option("--hidden", flags->exchange.hidden, "numbers a token")->capture_default_str();
      bound->add_option("--bytes", flags->exchange.bytes, "bytes a number, there and back")->capture_default_str();
      bound->add_option("--layers", flags->exchange.layers, "layers")->capture_default_str();
      bound->add_option("--bandwidth", flags->bandwidth, "of one GPU's port")->capture_default_str();
      add("books", "the price books", "books", cost_books);
      CLI::App* check = add("audit", "recompute a claim and say what its scope leaves out",
                            "audit claims/v3-for-six-million.toml --json", cost_audit);
      check->add_option("FILE", flags->claim, "the claim, a TOML file")->required();
      check->footer(
          "The file (all of it: docs/cost.md; examples: claims/):\n"
          "  statement = \"V3 was trained for $6M on 2048 GPUs\"   # the words, as published\n"
          "  source = \"news text, January 2025\"\n"
          "  kind = \"cost\"   # sum, time, utilisation, throughput, memory, layout, comparison, economics\n"
          "  model = \"deepseek-v3\"\n"
          "  gpu = \"h800\"\n"
          "  [claimed]        # figures in the statement, each with its unit\n"
          "  cost = \"$6M\"\n"
          "  [evidence]       # figures known from elsewhere\n"
          "  gpu_hours = { value = \"2788K GPU-hours\", source = \"V3 report, table 1\" }\n"
          "  price = \"2 $/GPU-hour\"\n"
          "  [[relation]]     # what must hold\n"
          "  claimed = \"cost\"\n"
          "  computed = \"gpu_hours * price\"\n"
          "  [scope]          # what the words suggest, what the figure holds\n"
          "  headline = \"model\"\n"
          "  covers = [\"pretraining\"]\n"
          "Example:\n  octet cost audit claims/v3-for-six-million.toml --json");
      command.require_subcommand(1);
      command.footer("Example:\n  octet cost deepseek-v3\n  octet cost audit claims/v3-for-six-million.toml");
      return [flags, parts]() -> int {
        for (auto [sub, act] : parts)
          if (sub->parsed()) return act(*flags);
        return 0;
      };
    });

}  // namespace cost_command
}  // namespace octet::app
