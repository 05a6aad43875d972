#include "octet/text/grammar/number_range.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "octet/base/random.h"
#include "octet/base/testing_sanitized.h"
#include "octet/text/grammar/testing_matcher.h"

namespace octet::text {
namespace {

using namespace grammar_testing;

TEST(NumberRange, HoldsExactlyTheIntegersBetween) {
  OCTET_LONG_IF_SANITIZED();
  Random random(1);
  for (int round = 0; round < 40; ++round) {
    int64_t scale = random.pick(std::vector<int64_t>{3, 20, 150, 1200});
    std::optional<int64_t> low, high;
    if (random.chance(0.85)) low = random.between(-scale, scale);
    if (random.chance(0.85)) high = random.between(-scale, scale);
    Rules rules;
    NodeId node = integer_range(rules, low, high);
    for (int64_t x = -scale - 30; x <= scale + 30; ++x) {
      bool inside = (!low || x >= *low) && (!high || x <= *high);
      ASSERT_EQ(Matcher(rules, std::to_string(x)).whole(node), inside)
          << x << " in " << low.value_or(-9999) << ".." << high.value_or(9999);
    }
    for (const char* wrong : {"", "-", "-0", "00", "01", "-01", "+1", "1.0", "1e1"})
      EXPECT_FALSE(Matcher(rules, wrong).whole(node)) << wrong;
  }
}

TEST(NumberRange, ReachesTheEndsOf64Bits) {
  Rules rules;
  NodeId all = integer_range(rules, INT64_MIN, INT64_MAX), high = integer_range(rules, INT64_MAX - 1, std::nullopt);
  for (const char* right : {"-9223372036854775808", "9223372036854775807", "0"})
    EXPECT_TRUE(Matcher(rules, right).whole(all)) << right;
  for (const char* wrong : {"-9223372036854775809", "9223372036854775808", "10000000000000000000"})
    EXPECT_FALSE(Matcher(rules, wrong).whole(all)) << wrong;
  EXPECT_TRUE(Matcher(rules, "9223372036854775806").whole(high));
  EXPECT_FALSE(Matcher(rules, "9223372036854775805").whole(high));
}

TEST(NumberRange, DecimalsObeyTheirBoundsAsDoubles) {
  OCTET_LONG_IF_SANITIZED();
  using enum NumberBound::Included;
  Random random(2);
  int inside = 0;
  for (int round = 0; round < 300; ++round) {
    auto bound = [&] {
      double scale = random.pick(std::vector<double>{0.001, 1, 37, 4000});
      double x = (random.uniform() * 2 - 1) * scale;
      if (random.chance(0.5)) x = std::round(x * 100) / 100;
      return NumberBound{x, random.chance(0.5) ? yes : no};
    };
    std::optional<NumberBound> low, high;
    if (random.chance(0.9)) low = bound();
    if (random.chance(0.9)) high = bound();
    if (low && high && low->value > high->value) std::swap(low, high);
    Rules rules;
    NodeId node = number_range(rules, low, high);
    for (int i = 0; i < 60; ++i) {
      double centre = low && random.chance(0.4)    ? low->value
                      : high && random.chance(0.5) ? high->value
                                                   : random.uniform() * 100 - 50;
      double x = centre + random.pick(std::vector<double>{0, 0, 0.01, -0.01, 1, -1, 1e-7, -1e-7});
      std::string text = fmt::format("{:.{}f}", x, random.between(0, 10));
      if (text.starts_with("-") && text.find_first_of("123456789") == text.npos) continue;  // "-0.0" is never written
      double read = std::strtod(text.c_str(), nullptr);
      bool right = (!low || read > low->value || (read == low->value && low->included == yes)) &&
                   (!high || read < high->value || (read == high->value && high->included == yes));
      ASSERT_EQ(Matcher(rules, text).whole(node), right) << text << (low ? fmt::format(" low {}", low->value) : "")
                                                         << (high ? fmt::format(" high {}", high->value) : "");
      inside += right;
    }
  }
  EXPECT_GT(inside, 1000);
}

}  // namespace
}  // namespace octet::text
