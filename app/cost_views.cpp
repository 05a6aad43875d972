// The views of `octet cost`, the price books and the auditor.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/cost.h"
#include "app/cost_print.h"
#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/terminal.h"
#include "octet/base/units.h"
#include "octet/plan/audit/audit.h"
#include "octet/plan/audit/published.h"
#include "octet/plan/cost/picture.h"
#include "octet/plan/cost/views.h"

namespace octet::app {

using plan::Book;
using plan::Sheet;

namespace {

std::filesystem::path prices() { return std::filesystem::path(home()) / "prices"; }

// The named books, each replaced by a --book of the same subject; then every --set where its key is.
std::vector<Book> books_for(const CostFlags& flags, const std::vector<std::string>& names) {
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
    if (found == 0)
      throw Error(ErrorKind::usage, fmt::format("--set: no value '{}' here", printable(key)),
                  unknown_name_hint(key, known));
  }
  return out;
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

}  // namespace

void say(std::string_view text) { fmt::print("{}", text); }

int print_sheet(const CostFlags& flags, const Sheet& sheet, const std::vector<std::string>& keys,
                const std::string& total, Json extra) {
  if (flags.json) {
    Json out = extra, lines = plan::to_json(sheet);
    for (const auto& [key, value] : lines.items()) out[key] = value;
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

int cost_deepseek_v3(const CostFlags& flags) {
  auto books = books_for(flags, {"deepseek-v3-run", "h800-tco", "organisation"});
  Sheet rental = plan::rental_view(books[0]), owned = plan::amortised_view(books[0], books[1]),
        company = plan::organisation_view(books[0], books[2]);
  if (!flags.svg.empty()) replace_file(flags.svg, plan::company_svg(rental, owned, company));
  if (flags.json) {
    Json out = {
        {"model", "deepseek-v3"},
        {"gpu_hours", rental.in_unit("gpu_hours")},
        {"price", rental.in_unit("rental_price")},
        {"dollars", rental.in_unit("dollars")},
        {"table", run_rows(rental)},
        {"views",
         {{"rental", plan::to_json(rental)},
          {"amortised", plan::to_json(owned)},
          {"organisation", plan::to_json(company)}}},
        {"tornado",
         {{"amortised", plan::tornado_json(owned, "dollars")}, {"organisation", plan::tornado_json(company, "year")}}}};
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
  say(plan::bars(company,
                 {"servers_year", "network_year", "storage_year", "setting_up_year", "power_year", "colocation_year",
                  "hands_year", "staff_year", "year", "failures_year", "experiments_year"},
                 width));
  say(fmt::format("  the run of view 1 to this scale: ▏ {} of the year's money, {} of the fleet's hours\n",
                  plan::format_quantity(1 / company.at("year_over_run").value.mid, "%"),
                  plan::format_quantity(company.at("run_share").value.mid, "%")));
  say("What a year of the company rests on (one assumption at a time):\n" + plan::tornado_text(company, "year", width));
  say("The three views answer different questions; they are not added to each other.\n");
  if (flags.explain) say(plan::explain(rental) + plan::explain(owned) + plan::explain(company));
  return 0;
}

int cost_tco(const CostFlags& flags) {
  Sheet s = plan::tco_view(books_for(flags, {"h200-tco"})[0]);
  return print_sheet(flags, s,
                     {"capital_hour", "power_hour", "colocation_hour", "hands_hour", "operating_hour", "hour"}, "hour",
                     {{"capital_per_gpu_hour", s.in_unit("capital_hour")},
                      {"operating_per_gpu_hour", s.in_unit("operating_hour")},
                      {"dollars_per_gpu_hour", s.in_unit("hour")}});
}

int cost_organisation(const CostFlags& flags) {
  auto books = books_for(flags, {"deepseek-v3-run", "organisation"});
  Sheet s = plan::organisation_view(books[0], books[1]);
  return print_sheet(flags, s,
                     {"servers_year", "network_year", "storage_year", "setting_up_year", "power_year",
                      "colocation_year", "hands_year", "staff_year", "year", "failures_year", "experiments_year"},
                     "year", {{"dollars_per_year", s.in_unit("year")}});
}

int cost_deepseek_r1(const CostFlags& flags) {
  Sheet s = plan::r1_view(books_for(flags, {"deepseek-r1-run"})[0]);
  return print_sheet(
      flags, s, {"r1_zero", "sft_data", "r1", "dollars"}, "dollars",
      {{"model", "deepseek-r1"}, {"gpu_hours", s.in_unit("gpu_hours")}, {"dollars", s.in_unit("dollars")}});
}

int cost_serving_day(const CostFlags& flags) {
  Book day = books_for(flags, {"serving-day"})[0];
  Sheet s = plan::serving_day_view(day);
  const bool published = plan::has_published_revenue(day);
  Json extra = {{"dollars_per_day", s.in_unit("cost")},
                {"revenue_per_day", s.in_unit(published ? "published_revenue" : "revenue")},
                {"revenue_from_rounded_figures", s.in_unit("revenue")},
                {"margin", s.in_unit("margin") / 100}};
  int code =
      print_sheet(flags, s, {"cost", "revenue_hits", "revenue_misses", "revenue_output", "revenue"}, "cost", extra);
  if (flags.json) return code;
  say(fmt::format("  {} of the {} input tokens were found in the cache\n",
                  plan::format_quantity(s.at("hit_share").value.mid, "%"), format_count(s.in_unit("input"))));
  auto dollars = [&](const char* key) { return fmt::format("${}", format_thousands(std::llround(s.in_unit(key)))); };
  if (published) {
    bool explained = std::fabs(s.in_unit("rounding")) <= s.in_unit("rounding_bound");
    say(
        fmt::format("  revenue from the rounded counts is {}; the published {} came from counts before rounding.\n"
                    "  The difference of {} {} the {} that counts rounded to billions can hide.\n",
                    dollars("revenue"), dollars("published_revenue"), dollars("rounding"),
                    explained ? "lies within" : "is more than", dollars("rounding_bound")));
  } else {
    say(fmt::format("  revenue from these counts and prices is {} a day\n", dollars("revenue")));
  }
  say(
      fmt::format("  GPUs ${} a day; theoretical profit over cost {:.0f} %: list prices for every token, no discount, "
                  "no free use,\n"
                  "  no cost but the GPUs.\n",
                  format_thousands(std::llround(s.in_unit("cost"))), s.in_unit("margin")));
  return code;
}

int cost_books(const CostFlags& flags) {
  Json out = Json::array();
  for (const auto& name : plan::book_names(prices())) {
    Book book = plan::find_book(name, prices());
    out.push_back({{"name", name},
                   {"date", book.date},
                   {"subject", book.subject},
                   {"title", book.title},
                   {"values", book.values.size()}});
    if (flags.json) continue;
    say(fmt::format("  {:<18} {}  {:<13} {}\n", name, book.date, book.subject, book.title));
    if (!flags.explain) continue;
    for (const auto& value : book.values)
      say(fmt::format("    {} = {}  {}: {}\n", value.key, plan::format_quantity(value.value.mid, value.unit),
                      plan::name(value.tag), value.source));
  }
  if (flags.json) say(dump(Json{{"books", out}}) + "\n");
  return 0;
}

int cost_audit(const CostFlags& flags) {
  plan::Verdict verdict = plan::audit(plan::read_claim(flags.claim), home());
  if (flags.json)
    say(dump(plan::to_json(verdict)) + "\n");
  else
    say(plan::report(verdict, flags.explain ? plan::Detail::explained : plan::Detail::findings));
  return 0;
}

}  // namespace octet::app
