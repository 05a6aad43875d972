#include "octet/plan/cost/quantity.h"

#include <gtest/gtest.h>

#include "octet/base/error.h"
#include "octet/plan/cost/expression.h"

namespace octet::plan {
namespace {

double base(const char* text) { return parse_quantity(text, "test").quantity.value; }
std::string dimension(const char* text) { return name(parse_quantity(text, "test").quantity.dimension); }

TEST(Quantity, ReadsWhatPeopleWrite) {
  EXPECT_DOUBLE_EQ(base("2048 GPUs"), 2048);
  EXPECT_DOUBLE_EQ(base("2788K GPU-hours"), 2788e3 * 3600);
  EXPECT_DOUBLE_EQ(base("2,788,000 H800 hours"), 2788e3 * 3600);
  EXPECT_DOUBLE_EQ(base("2.788M GPU hours"), 2788e3 * 3600);
  EXPECT_DOUBLE_EQ(base("$5.576M"), 5.576e6);
  EXPECT_DOUBLE_EQ(base("5.576 million dollars"), 5.576e6);
  EXPECT_DOUBLE_EQ(base("$5.576 Million"), 5.576e6);
  EXPECT_DOUBLE_EQ(base("5.576 MILLION dollars"), 5.576e6);
  EXPECT_DOUBLE_EQ(base("$2.19/1M tokens"), 2.19e-6);
  EXPECT_DOUBLE_EQ(base("$4 per 1M tokens"), 4e-6);
  EXPECT_DOUBLE_EQ(base("30 $ per 1000 tokens"), 0.03);
  EXPECT_DOUBLE_EQ(base("1.6B $"), 1.6e9);
  EXPECT_DOUBLE_EQ(base("$1.6 billion"), 1.6e9);
  EXPECT_DOUBLE_EQ(base("14.8T tokens"), 14.8e12);
  EXPECT_DOUBLE_EQ(base("43 %"), 0.43);
  EXPECT_DOUBLE_EQ(base("3000 GB/s"), 3e12);
  EXPECT_DOUBLE_EQ(base("400 Gbit/s"), 50e9);
  EXPECT_DOUBLE_EQ(base("68.6 KiB"), 68.6 * 1024);
  EXPECT_DOUBLE_EQ(base("80 GB"), 80e9);
  EXPECT_DOUBLE_EQ(base("80GB"), 80e9);
  EXPECT_DOUBLE_EQ(base("671B parameters"), 671e9);
  EXPECT_DOUBLE_EQ(base("671 B parameters"), 671e9);
  EXPECT_DOUBLE_EQ(base("3.7e24 FLOP"), 3.7e24);
  EXPECT_DOUBLE_EQ(base("120.96 us"), 120.96e-6);
  EXPECT_DOUBLE_EQ(base("10.93 kW"), 10930);
  EXPECT_DOUBLE_EQ(base("0.087 $/kWh"), 0.087 / 3.6e6);
}

TEST(Quantity, IsPrintedInTheUnitItWasWrittenIn) {
  auto again = [](const char* text, double factor) {
    Written w = parse_quantity(text, "test");
    return format_quantity(factor * w.quantity.value, w.unit_words);
  };
  EXPECT_EQ(again("5.576 million dollars", 1), "5.576M dollars");
  EXPECT_EQ(again("5576 thousand dollars", 1.5), "8.364M dollars");
  EXPECT_EQ(again("$5.576 Million", 1.5), "$8.364M");
  EXPECT_EQ(again("2.788 million GPU hours", 1), "2.788M GPU hours");
  EXPECT_EQ(again("2788K GPU-hours", 1), "2.788M GPU-hours");
  EXPECT_EQ(again("671 billion parameters", 1), "671B parameters");
  EXPECT_EQ(again("$2/GPU-hour", 1), "$2/GPU-hour");
  EXPECT_EQ(again("2 $/GPU-hour", 1), "$2/GPU-hour");
  EXPECT_EQ(again("$2 per GPU hour", 1), "$2 per GPU hour");
  EXPECT_EQ(again("80GB", 2), "160 GB");
  EXPECT_EQ(again("43 %", 2), "86 %");
}

TEST(Quantity, OtherCurrenciesAreNotTakenForUnits) {
  for (const char* text : {"5 EUR", "5M €", "40 yuan", "2 GBP/GPU-hour"}) {
    try {
      parse_quantity(text, "test");
      ADD_FAILURE() << text;
    } catch (const Error& e) {
      EXPECT_NE(e.sentence().find("dollars"), std::string::npos) << e.sentence();
    }
  }
}

TEST(Quantity, SpellingsOfOneUnitAgree) {
  for (const char* text : {"2 $/GPU-hour", "2 $/GPU/hour", "$2/GPU-hour", "2 dollars per GPU hour", "2 USD / GPU-h",
                           "2 $ per H800 hour", "$2 per GPU-hour", "200 cents a GPU hour"}) {
    EXPECT_NEAR(base(text) * 3600, 2, 1e-12) << text;
    EXPECT_EQ(dimension(text), "$/GPU/s") << text;
  }
  EXPECT_EQ(dimension("22,282 tokens per second per node"), "token/node/s");
}

TEST(Quantity, FlopAndFlopPerSecondAreDifferentThings) {
  EXPECT_EQ(dimension("1 TFLOP"), "FLOP");
  EXPECT_EQ(dimension("1 TFLOPs"), "FLOP");
  EXPECT_EQ(dimension("1 TFLOPS"), "FLOP/s");
  EXPECT_EQ(dimension("1 TFLOP/s"), "FLOP/s");
}

TEST(Quantity, RemembersHowItWasWritten) {
  Written six = parse_quantity("$6M", "test"), exact = parse_quantity("2048 GPUs", "test");
  EXPECT_DOUBLE_EQ(six.half_digit, 0.5e6);
  EXPECT_TRUE(six.rounded);
  EXPECT_FALSE(exact.rounded);
  EXPECT_DOUBLE_EQ(parse_quantity("50,000 GPUs", "test").half_digit, 5000);
  EXPECT_TRUE(parse_quantity("about 50,000 GPUs", "test").about);
  EXPECT_EQ(parse_quantity("more than $500M", "test").bound, Bound::at_least);
  EXPECT_EQ(parse_quantity("less than 2 months", "test").bound, Bound::at_most);
}

void refused(const char* text, const char* because) {
  try {
    parse_quantity(text, "price");
    ADD_FAILURE() << text << " was accepted";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find(because), std::string::npos) << e.what();
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
  }
}

TEST(Quantity, RefusesInOneClearLine) {
  refused("2048", "without its unit");
  refused("14.8T", "without its unit");
  refused("-2 $/GPU-hour", "negative");
  refused("$-5M", "negative");
  refused("many GPUs", "does not begin with a number");
  refused("5 furlongs", "unknown unit");
  refused("5 tokns/s", "tokens");
  refused("1e99 $", "");
  refused("", "does not begin");
  refused(std::string(5000, '9').c_str(), "");
}

TEST(Expression, CarriesUnits) {
  auto look = [](const std::string& name) -> Quantity {
    if (name == "hours") return parse_quantity("2788K GPU-hours", "test").quantity;
    if (name == "price") return parse_quantity("2 $/GPU-hour", "test").quantity;
    throw Error(ErrorKind::config, "no " + name);
  };
  Quantity cost = Expression("hours * price", "test").evaluate(look);
  EXPECT_DOUBLE_EQ(cost.value, 5.576e6);
  EXPECT_EQ(name(cost.dimension), "$");
  EXPECT_DOUBLE_EQ(Expression("2 + 3 * 4 ^ 2 / (1 + 1)", "test").evaluate(look).value, 26);
  EXPECT_DOUBLE_EQ(Expression("max(1, 2) + min(3, 4) + ceil(1.2)", "test").evaluate(look).value, 7);
  EXPECT_THROW(Expression("hours + price", "test").evaluate(look), Error);
  EXPECT_THROW(Expression("hours / 0", "test").evaluate(look), Error);
}

TEST(Expression, RefusesWhatItCannotRead) {
  for (const char* text : {"", "a +", "(a", "a b", "sum(a)", "min(a)", "[5]", "a + 'b'", "[5 GPUs"})
    EXPECT_THROW(Expression(text, "test"), Error) << text;
  EXPECT_THROW(Expression(std::string(150, '(') + "1" + std::string(150, ')'), "test"), Error);
}

TEST(Expression, ListsAddends) {
  using List = std::vector<std::vector<std::string>>;
  EXPECT_EQ(Expression("a + b * c - d", "test").addends(), (List{{"a"}, {"b", "c"}}));
  EXPECT_EQ(Expression("(a + b) * price", "test").addends(), (List{{"a"}, {"b"}}));
}

TEST(Annuity, RepaysExactlyWhatWasLent) {
  constexpr double month = 730 * 3600.0;
  double payment = annuity(1000, 0.12, 12 * month) * month, debt = 1000;
  for (int i = 0; i < 12; ++i) debt = debt * 1.01 - payment;
  EXPECT_NEAR(debt, 0, 1e-9);
  EXPECT_NEAR(annuity(1000, 0, 10), 100, 1e-12);
}

}  // namespace
}  // namespace octet::plan
