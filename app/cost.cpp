// octet cost: what things cost, in views that are never mixed, and the auditor of other people's sums.
#include <cstdio>

#include "app/command.h"
#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/base/terminal.h"
#include "octet/base/units.h"
#include "octet/plan/audit/audit.h"
#include "octet/plan/cost/picture.h"
#include "octet/plan/cost/views.h"

namespace octet::app {
namespace {

using plan::Book;
using plan::Sheet;

struct Flags {
  bool json = false, explain = false;
  std::vector<std::string> books, sets;
  std::string svg, claim, gpu_hours, gpus, time, price = "2 $/GPU-hour";
};
using FlagsPtr = std::shared_ptr<Flags>;

std::filesystem::path prices() { return std::filesystem::path(home()) / "prices"; }

// The named books, each replaced by a --book of the same subject; then every --set where its key is.
std::vector<Book> books_for(const Flags& flags, const std::vector<std::string>& names) {
  std::vector<Book> out;
  for (const auto& name : names) out.push_back(plan::find_book(name, prices()));
  for (const auto& name : flags.books) {
    Book given = plan::find_book(name, prices());
    auto same = std::find_if(out.begin(), out.end(), [&](const Book& b) { return b.subject == given.subject; });
    if (same == out.end())
      throw Error(ErrorKind::usage, fmt::format("--book {}: its subject '{}' is not used here", name, given.subject));
    *same = std::move(given);
  }
  for (const auto& set : flags.sets) {
    std::string key = set.substr(0, set.find('='));
    std::vector<std::string> known;
    size_t found = 0;
    for (Book& book : out)
      for (const auto& value : book.values) {
        known.push_back(value.key);
        if (value.key == key) plan::set_value(book, set), ++found;
      }
    if (found == 0) throw Error(ErrorKind::usage, fmt::format("--set: no value '{}' here", printable(key)), unknown_name_hint(key, known));
  }
  return out;
}

void say(std::string_view text) { fmt::print("{}", text); }

int print_sheet(const Flags& flags, const Sheet& sheet, const std::vector<std::string>& keys, const std::string& total,
                Json extra = Json::object()) {
  if (flags.json) {
    Json out = extra;
    for (const auto& [key, value] : plan::to_json(sheet).items()) out[key] = value;
    out["tornado"] = plan::tornado_json(sheet, total);
    say(dump(out) + "\n");
    return 0;
  }
  say(sheet.title() + "\n");
  std::string unit = sheet.at(keys.front()).unit;
  say(plan::bars(sheet, keys, terminal_width(stdout)));
  if (auto swings = plan::tornado_text(sheet, total, terminal_width(stdout)); !swings.empty())
    say(fmt::format("What {} rests on (one assumption at a time):\n{}", sheet.at(total).label, swings));
  if (flags.explain) say(plan::explain(sheet));
  return 0;
}

std::string run_table(const Sheet& s) {
  std::string out = "                     GPU hours        dollars\n";
  for (auto [hours, dollars, label] : {std::tuple{"pretraining_hours", "pretraining", "pretraining"},
                                       {"extension_hours", "context_extension", "context extension"},
                                       {"post_training_hours", "post_training", "post-training"},
                                       {"gpu_hours", "dollars", "total"}}) {
    out += fmt::format("  {:<18} {:>8}K  {:>13}\n", label, format_thousands(std::llround(s.in_unit(hours) / 1e3)),
                       fmt::format("${:.3f}M", s.in_unit(dollars) / 1e6));
  }
  return out;
}

Json run_rows(const Sheet& s) {
  Json rows = Json::array();
  for (auto [hours, dollars, label] : {std::tuple{"pretraining_hours", "pretraining", "pretraining"},
                                       {"extension_hours", "context_extension", "context extension"},
                                       {"post_training_hours", "post_training", "post-training"},
                                       {"gpu_hours", "dollars", "total"}})
    rows.push_back({{"part", label}, {"gpu_hours", s.in_unit(hours)}, {"dollars", s.in_unit(dollars)}});
  return rows;
}

int deepseek_v3(const Flags& flags) {
  auto books = books_for(flags, {"deepseek-v3-run", "h800-tco", "organisation"});
  Sheet rental = plan::rental_view(books[0]), owned = plan::amortised_view(books[0], books[1]),
        company = plan::organisation_view(books[0], books[2]);
  if (!flags.svg.empty()) replace_file(flags.svg, plan::company_svg(rental, owned, company));
  if (flags.json) {
    Json out = {{"model", "deepseek-v3"},
                {"gpu_hours", rental.in_unit("gpu_hours")},
                {"price", rental.in_unit("rental_price")},
                {"dollars", rental.in_unit("dollars")},
                {"table", run_rows(rental)},
                {"views", {{"rental", plan::to_json(rental)}, {"amortised", plan::to_json(owned)}, {"organisation", plan::to_json(company)}}},
                {"tornado", {{"amortised", plan::tornado_json(owned, "dollars")}, {"organisation", plan::tornado_json(company, "year")}}}};
    say(dump(out) + "\n");
    return 0;
  }
  int width = terminal_width(stdout);
  say(fmt::format("1  {}: its GPU hours times {}, and nothing else\n", rental.title(),
                  plan::format_quantity(rental.input_at("rental_price").value.mid, "$/GPU-hour")));
  say(run_table(rental));
  say(plan::bars(rental, {"pretraining", "context_extension", "post_training", "dollars"}, width));
  say(fmt::format("\n2  {}: the machines' capital by annuity, power, room and idle time\n", owned.title()));
  say(plan::bars(owned, {"capital", "electricity_paid", "colocation_paid", "hands_paid", "idle", "dollars"}, width));
  say(plan::tornado_text(owned, "dollars", width));
  say(fmt::format("\n3  {}: the fleet and the people that a run like it needs around it\n", company.title()));
  say(plan::bars(company, {"servers_year", "network_year", "storage_year", "setting_up_year", "power_year", "colocation_year", "hands_year",
                           "staff_year", "year", "failures_year", "experiments_year"}, width));
  say(fmt::format("  the run of view 1 to this scale: ▏ {} of the year's money, {} of the fleet's hours\n",
                  plan::format_quantity(1 / company.at("year_over_run").value.mid, "%"),
                  plan::format_quantity(company.at("run_share").value.mid, "%")));
  say("What a year of the company rests on (one assumption at a time):\n" + plan::tornado_text(company, "year", width));
  say("The three views answer different questions; they are not added to each other.\n");
  if (flags.explain) say(plan::explain(rental) + plan::explain(owned) + plan::explain(company));
  return 0;
}

int run_by_hand(const Flags& flags) {
  double hours = 0;
  std::string source;
  auto in = [](const std::string& text, const char* unit, const char* flag) {
    auto written = plan::parse_quantity(text, flag);
    auto wanted = plan::parse_unit(unit, flag);
    if (written.quantity.dimension != wanted.dimension)
      throw Error(ErrorKind::usage, fmt::format("{}: expected {}, found '{}'", flag, unit, printable(text)));
    return written.quantity.value / wanted.scale;
  };
  if (!flags.gpu_hours.empty() && flags.gpus.empty() && flags.time.empty()) {
    bool bare = flags.gpu_hours.find_first_not_of("0123456789.,_KMBT") == std::string::npos;
    hours = bare ? parse_count(flags.gpu_hours, "--gpu-hours") : in(flags.gpu_hours, "GPU-hours", "--gpu-hours");
    source = "--gpu-hours " + flags.gpu_hours;
  } else if (flags.gpu_hours.empty() && !flags.gpus.empty() && !flags.time.empty()) {
    double gpus = flags.gpus.find_first_not_of("0123456789KMB.") == std::string::npos ? parse_count(flags.gpus, "--gpus") : in(flags.gpus, "GPUs", "--gpus");
    hours = gpus * in(flags.time, "hours", "--time");
    source = fmt::format("--gpus {} for --time {}", flags.gpus, flags.time);
  } else {
    throw Error(ErrorKind::usage, "a run needs its GPU hours", "give --gpu-hours 2788K, or --gpus 512 and --time '198 h'");
  }
  bool bare = flags.price.find_first_not_of("0123456789.") == std::string::npos;
  double price = in(bare ? flags.price + " $/GPU-hour" : flags.price, "$/GPU-hour", "--price");
  Sheet sheet = plan::plain_run_view(hours, price, source);
  return print_sheet(flags, sheet, {"dollars"}, "dollars", {{"gpu_hours", hours}, {"price", price}, {"dollars", hours * price}});
}

int tco(const Flags& flags) {
  Sheet s = plan::tco_view(books_for(flags, {"h200-tco"})[0]);
  return print_sheet(flags, s, {"capital_hour", "power_hour", "colocation_hour", "hands_hour", "operating_hour", "hour"}, "hour",
                     {{"capital_per_gpu_hour", s.in_unit("capital_hour")}, {"operating_per_gpu_hour", s.in_unit("operating_hour")}, {"dollars_per_gpu_hour", s.in_unit("hour")}});
}

int organisation(const Flags& flags) {
  auto books = books_for(flags, {"deepseek-v3-run", "organisation"});
  Sheet s = plan::organisation_view(books[0], books[1]);
  return print_sheet(flags, s, {"servers_year", "network_year", "storage_year", "setting_up_year", "power_year", "colocation_year", "hands_year",
                                "staff_year", "year", "failures_year", "experiments_year"}, "year", {{"dollars_per_year", s.in_unit("year")}});
}

int r1(const Flags& flags) {
  Sheet s = plan::r1_view(books_for(flags, {"deepseek-r1-run"})[0]);
  return print_sheet(flags, s, {"r1_zero", "sft_data", "r1", "dollars"}, "dollars",
                     {{"model", "deepseek-r1"}, {"gpu_hours", s.in_unit("gpu_hours")}, {"dollars", s.in_unit("dollars")}});
}

int serving_day(const Flags& flags) {
  Sheet s = plan::serving_day_view(books_for(flags, {"serving-day"})[0]);
  Json extra = {{"dollars_per_day", s.in_unit("cost")}, {"revenue_per_day", s.in_unit("published_revenue")},
                {"revenue_from_rounded_figures", s.in_unit("revenue")}, {"margin", s.in_unit("margin") / 100}};
  int code = print_sheet(flags, s, {"cost", "revenue_hits", "revenue_misses", "revenue_output", "revenue"}, "cost", extra);
  if (flags.json) return code;
  say(fmt::format("  {} of the {} input tokens were found in the cache\n", plan::format_quantity(s.at("hit_share").value.mid, "%"),
                  format_count(s.in_unit("input"))));
  say(fmt::format("  revenue from the rounded counts is {}; DeepSeek's {} came from counts before rounding.\n"
                  "  The difference of {} lies within the {} that counts rounded to billions can hide.\n",
                  fmt::format("${}", format_thousands(std::llround(s.in_unit("revenue")))), fmt::format("${}", format_thousands(std::llround(s.in_unit("published_revenue")))),
                  fmt::format("${}", format_thousands(std::llround(s.in_unit("rounding")))), fmt::format("${}", format_thousands(std::llround(s.in_unit("rounding_bound"))))));
  say(fmt::format("  GPUs ${} a day; theoretical profit over cost {:.0f} %: list prices for every token, no discount, no free use,\n"
                  "  no cost but the GPUs.\n", format_thousands(std::llround(s.in_unit("cost"))), s.in_unit("margin")));
  return code;
}

int list_books(const Flags& flags) {
  Json out = Json::array();
  for (const auto& name : plan::book_names(prices())) {
    Book book = plan::find_book(name, prices());
    out.push_back({{"name", name}, {"date", book.date}, {"subject", book.subject}, {"title", book.title}, {"values", book.values.size()}});
    if (!flags.json) say(fmt::format("  {:<18} {}  {:<13} {}\n", name, book.date, book.subject, book.title));
  }
  if (flags.json) say(dump(Json{{"books", out}}) + "\n");
  return 0;
}

int audit(const Flags& flags) {
  plan::Verdict verdict = plan::audit(plan::read_claim(flags.claim), home());
  if (flags.json) say(dump(plan::to_json(verdict)) + "\n");
  else say(plan::report(verdict, flags.explain ? plan::Detail::explained : plan::Detail::findings));
  return 0;
}

using Part = int (*)(const Flags&);

CLI::App* part(CLI::App& command, const FlagsPtr& flags, const char* name, const char* what, const std::string& example) {
  CLI::App* sub = command.add_subcommand(name, what);
  sub->add_flag("--json", flags->json, "one JSON object");
  sub->add_flag("--explain", flags->explain, "each number with its formula, inputs and source");
  sub->footer("Example:\n  octet cost " + example);
  return sub;
}

void add_book_flags(CLI::App* sub, const FlagsPtr& flags) {
  sub->add_option("--book", flags->books, "a price book (name or TOML file) in place of the usual one of its subject");
  sub->add_option("--set", flags->sets, "one value by hand: key='number unit'");
}

Registration cost(planning, "cost", "What a run, an hour, a day of serving or a company costs; audits claims", [](CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  std::vector<std::pair<CLI::App*, Part>> parts;
  auto add = [&](const char* name, const char* what, const std::string& example, Part act) {
    CLI::App* sub = part(command, flags, name, what, example);
    parts.emplace_back(sub, act);
    return sub;
  };
  CLI::App* v3 = add("deepseek-v3", "the $5.576M of DeepSeek-V3's report, and the same run inside the company's bill", "deepseek-v3 --svg run.svg", deepseek_v3);
  v3->add_option("--svg", flags->svg, "write the picture of the run inside the company's year");
  add_book_flags(v3, flags);
  add_book_flags(add("deepseek-r1", "what R1 took on top of V3", "deepseek-r1 --explain", r1), flags);
  CLI::App* run = add("run", "GPU hours at a rental price", "run --gpu-hours 2788K --price 2", run_by_hand);
  run->add_option("--gpu-hours", flags->gpu_hours, "GPU hours, as 2788K");
  run->add_option("--gpus", flags->gpus, "GPUs, with --time");
  run->add_option("--time", flags->time, "how long, as '198 h' or '55 days'");
  run->add_option("--price", flags->price, "dollars a GPU hour")->capture_default_str();
  add_book_flags(add("tco", "one GPU hour to its owner (H200, or --book h800-tco)", "tco --book h800-tco", tco), flags);
  add_book_flags(add("organisation", "a year of the company: fleet, power, room, people", "organisation --set 'staff=250 people'", organisation), flags);
  add_book_flags(add("serving-day", "cost and list-price revenue of DeepSeek's published day", "serving-day --explain", serving_day), flags);
  add("books", "the price books", "books", list_books);
  CLI::App* check = add("audit", "recompute a claim and say what its scope leaves out", "audit claims/v3-for-six-million.toml --json", audit);
  check->add_option("FILE", flags->claim, "the claim, a TOML file (format: docs/cost.md)")->required();
  command.require_subcommand(1);
  command.footer("Example:\n  octet cost deepseek-v3\n  octet cost audit claims/v3-for-six-million.toml");
  return [flags, parts]() -> int {
    for (auto [sub, act] : parts)
      if (sub->parsed()) return act(*flags);
    return 0;
  };
});

}  // namespace
}  // namespace octet::app
