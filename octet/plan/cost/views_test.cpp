#include "octet/plan/cost/views.h"

#include <gtest/gtest.h>

#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/plan/cost/picture.h"

namespace octet::plan {
namespace {

Book book(const char* name) { return find_book(name, std::filesystem::path(OCTET_SOURCE_DIR) / "prices"); }

TEST(Views, ReproduceTheReportsTable) {
  Sheet s = rental_view(book("deepseek-v3-run"));
  EXPECT_NEAR(s.in_unit("gpu_hours"), 2788e3, 1e-3);
  EXPECT_NEAR(s.in_unit("pretraining"), 5.328e6, 1);
  EXPECT_NEAR(s.in_unit("context_extension"), 0.238e6, 1);
  EXPECT_NEAR(s.in_unit("post_training"), 0.010e6, 1);
  EXPECT_NEAR(s.in_unit("dollars"), 5.576e6, 1);
  EXPECT_NEAR(s.in_unit("hours_per_trillion"), 180e3, 180);
  EXPECT_NEAR(s.in_unit("days_per_trillion"), 3.7, 0.05);
}

TEST(Views, ReproduceTheH200Hour) {
  Sheet s = tco_view(book("h200-tco"));
  EXPECT_NEAR(s.in_unit("capital_node"), 361255, 1e-6);
  EXPECT_NEAR(s.in_unit("capital_hour"), 1.154, 1.154 * 0.005);
  EXPECT_NEAR(s.in_unit("operating_hour"), 0.438, 0.438 * 0.005);
  EXPECT_NEAR(s.in_unit("hour"), 1.59, 1.59 * 0.005);
}

TEST(Views, ReproduceTheServingDay) {
  Sheet s = serving_day_view(book("serving-day"));
  EXPECT_NEAR(s.in_unit("cost"), 87072, 0.5);
  EXPECT_NEAR(s.in_unit("revenue"), 562100, 1);
  EXPECT_NEAR(s.in_unit("margin"), 545, 0.6);
  EXPECT_NEAR(s.in_unit("hit_share"), 56.3, 0.06);
  EXPECT_LT(s.in_unit("rounding"), s.in_unit("rounding_bound"));  // the rounded counts explain the difference
  EXPECT_GT(s.in_unit("rounding"), 0);
}

TEST(Views, AServingDayOfTheUsersOwnIsNotComparedWithThePublishedRevenue) {
  Book day = book("serving-day");
  EXPECT_TRUE(has_published_revenue(day));
  set_value(day, "nodes=300 nodes");
  EXPECT_TRUE(has_published_revenue(day));
  set_value(day, "price_output=4 $/M tokens");
  EXPECT_FALSE(has_published_revenue(day));
  Sheet s = serving_day_view(day);
  EXPECT_FALSE(s.has("rounding"));
  double revenue = 342e3 * 0.14 + 266e3 * 0.55 + 168e3 * 4, cost = 300 * 8 * 24 * 2;
  EXPECT_NEAR(s.in_unit("revenue"), revenue, 1);
  EXPECT_NEAR(s.in_unit("margin"), (revenue / cost - 1) * 100, 0.01);
}

TEST(Views, RefuseWhatCannotBe) {
  Book day = book("serving-day"), tco = book("h800-tco");
  set_value(day, "hits=700B tokens");
  EXPECT_THROW(serving_day_view(day), Error);
  EXPECT_THROW(set_value(tco, "busy=200 %"), Error);
  EXPECT_THROW(set_value(tco, "busy=2 x"), Error);
  EXPECT_THROW(set_value(tco, "pue=0.5 x"), Error);
  set_value(tco, "busy=100 %");
  std::erase_if(tco.values, [](const Input& input) { return input.key == "server"; });
  try {
    tco_view(tco);
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_NE(e.sentence().find("'server'"), std::string::npos) << e.sentence();
  }
}

TEST(Views, ReproduceR1) {
  Sheet s = r1_view(book("deepseek-r1-run"));
  EXPECT_NEAR(s.in_unit("r1_zero_hours"), 101e3, 505);
  EXPECT_NEAR(s.in_unit("gpu_hours"), 147e3, 147e3 * 0.005);
  EXPECT_NEAR(s.in_unit("dollars"), 294e3, 294e3 * 0.005);
}

std::vector<Sheet> all(double factor) {
  auto b = [&](const char* name) { return scale_prices(book(name), factor); };
  return {rental_view(b("deepseek-v3-run")),
          amortised_view(b("deepseek-v3-run"), b("h800-tco")),
          organisation_view(b("deepseek-v3-run"), b("organisation")),
          tco_view(b("h200-tco")),
          r1_view(b("deepseek-r1-run")),
          serving_day_view(b("serving-day"))};
}

TEST(Views, DoublingEveryPriceDoublesEveryCost) {
  auto once = all(1), twice = all(2);
  size_t costs = 0;
  for (size_t i = 0; i < once.size(); ++i)
    for (size_t k = 0; k < once[i].lines().size(); ++k) {
      const Line &a = once[i].lines()[k], &b = twice[i].lines()[k];
      double factor = a.dimension.power[static_cast<size_t>(Base::dollar)] == 1 ? 2 : 1;
      if (factor == 2) ++costs;
      for (auto [x, y] :
           {std::pair{a.value.low, b.value.low}, {a.value.mid, b.value.mid}, {a.value.high, b.value.high}})
        EXPECT_NEAR(y, factor * x, 1e-9 * std::abs(factor * x)) << once[i].title() << ": " << a.key;
    }
  EXPECT_GT(costs, 30u);
}

TEST(Views, RangesHoldTheirMiddleAndExactInputsMakeExactLines) {
  for (const Sheet& sheet : all(1))
    for (const Line& line : sheet.lines()) {
      EXPECT_LE(line.value.low, line.value.mid * (1 + 1e-12)) << line.key;
      EXPECT_GE(line.value.high, line.value.mid * (1 - 1e-12)) << line.key;
    }
  EXPECT_TRUE(tco_view(book("h200-tco")).at("hour").value.exact());
  EXPECT_FALSE(tco_view(book("h800-tco")).at("hour").value.exact());
}

TEST(Sheet, RangesAddAsTheRootOfSquaresAndTheTornadoIsSorted) {
  auto put = [](Sheet& s, const char* key, double low, double mid, double high) {
    s.input({key, "$", {low, mid, high}, parse_unit("$", key).dimension, Tag::assumed, "test"});
  };
  Sheet s("test", "test");
  put(s, "a", 7, 10, 14), put(s, "b", 16, 20, 23), put(s, "c", 5, 5, 5);
  const Line& sum = s.line("sum", "$", "sum", "a + b + c");
  EXPECT_DOUBLE_EQ(sum.value.mid, 35);
  EXPECT_DOUBLE_EQ(sum.value.low, 35 - 5);   // 3 and 4
  EXPECT_DOUBLE_EQ(sum.value.high, 35 + 5);  // 4 and 3
  EXPECT_EQ(sum.tag, Tag::assumed);
  auto swings = s.tornado("sum");
  ASSERT_EQ(swings.size(), 2u);
  EXPECT_DOUBLE_EQ(swings[0].high - swings[0].low, 7);
}

TEST(Sheet, AnInputOfTheWrongUnitIsTheUsersError) {
  Book run = book("deepseek-v3-run");
  EXPECT_THROW(set_value(run, "rental_price=2 $/h"), Error);
  EXPECT_THROW(set_value(run, "rental_prise=2 $/GPU-hour"), Error);
  EXPECT_THROW(set_value(run, "rental_price=-2 $/GPU-hour"), Error);
  set_value(run, "rental_price=3 $/GPU-hour");
  EXPECT_NEAR(rental_view(run).in_unit("dollars"), 1.5 * 5.576e6, 1);
}

TEST(Book, RefusesWhatIsNotSourced) {
  auto path = std::filesystem::temp_directory_path() / "octet_book_test.toml";
  auto read = [&](const std::string& line) {
    replace_file(path, "title = \"t\"\ndate = 2025-01-01\nsubject = \"s\"\n[values]\n" + line + "\n");
    return read_book(path);
  };
  EXPECT_EQ(read(R"(a = { value = "2 $", tag = "stated", source = "s" })").values.size(), 1u);
  replace_file(path, "title = \"t\"\ndate = \"yesterday\"\nsubject = \"s\"\n[values]\n");
  EXPECT_THROW(read_book(path), Error);
  for (const char* bad :
       {R"(a = { value = "101 %", tag = "stated", source = "s" })", R"(a = { value = "2 $", tag = "stated" })",
        R"(a = { value = "2 $", tag = "guessed", source = "s" })",
        R"(a = { value = "-2 $", tag = "stated", source = "s" })",
        R"(a = { value = "2 $", low = "3 $", tag = "stated", source = "s" })",
        R"(a = { value = "2 $", low = "1 GPU", tag = "stated", source = "s" })",
        R"(a = { value = "2", tag = "stated", source = "s" })",
        R"(a = { value = "2 $", tag = "stated", source = "s", sauce = 1 })", R"(a = 2)"})
    EXPECT_THROW(read(bad), Error) << bad;
  std::filesystem::remove(path);
}

TEST(Book, EveryBookOfTheRepositoryReads) {
  auto folder = std::filesystem::path(OCTET_SOURCE_DIR) / "prices";
  auto names = book_names(folder);
  EXPECT_GE(names.size(), 6u);
  for (const auto& name : names) {
    Book b = find_book(name, folder);
    EXPECT_EQ(b.date.size(), 10u) << name;  // dated
    for (const auto& value : b.values) EXPECT_GT(value.source.size(), 10u) << name << ": " << value.key;
  }
}

TEST(Picture, ALossHasNoBar) {
  Sheet s("test", "test");
  for (auto [key, value] : {std::pair{"earned", 1.0}, {"spent", 3.0}})
    s.input({key, "$", {value, value, value}, parse_unit("$", key).dimension, Tag::assumed, "test"});
  s.line("profit", "$", "profit", "earned - spent");
  s.line("sum", "$", "sum", "earned + spent");
  std::string drawn = bars(s, {"profit", "sum"}, 80);
  EXPECT_EQ(drawn.substr(0, drawn.find('\n')).find("█"), std::string::npos) << drawn;
  EXPECT_NE(drawn.find("█"), std::string::npos);
}

TEST(Picture, ShowsTheRunToScaleInsideTheYear) {
  auto views = all(1);
  std::string svg = company_svg(views[0], views[1], views[2]);
  EXPECT_EQ(svg.find("<svg"), 0u);
  EXPECT_NE(svg.find("$5.576M"), std::string::npos);
  EXPECT_NE(svg.find("</svg>"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(escape_xml("a<b & \"c\">"), "a&lt;b &amp; &quot;c&quot;&gt;");
}

}  // namespace
}  // namespace octet::plan
