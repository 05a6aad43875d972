#include "octet/plan/audit/published.h"

#include <gtest/gtest.h>

#include "octet/base/testing_sanitized.h"

namespace octet::plan {
namespace {

TEST(Published, EveryCaseIsWithinWhatIsAllowed) {
  OCTET_LONG_IF_SANITIZED();
  auto cases = published_cases(OCTET_SOURCE_DIR);
  size_t exact = 0, predicted = 0;
  for (const Case& c : cases) {
    exact += c.basis == Basis::exact, predicted += c.basis == Basis::predicted;
    EXPECT_LE(c.low, c.octet) << c.what;
    EXPECT_GE(c.high, c.octet) << c.what;
    if (c.basis == Basis::predicted) {
      EXPECT_LT(c.low, c.high) << c.what;  // none without its interval
    }
    // The table and the picture would show a miss as well; that it is none is held here.
    EXPECT_TRUE(c.within()) << c.what << ": " << c.error() << ", allowed " << c.allowed;
  }
  EXPECT_GE(exact, 15u);
  EXPECT_GE(predicted, 8u);
  std::string text = table(cases), picture = svg(cases);
  for (const Case& c : cases) {
    EXPECT_NE(text.find(c.what), std::string::npos);
    EXPECT_EQ(text.find("nan"), std::string::npos);
    if (c.basis != Basis::exact) {
      EXPECT_NE(picture.find(c.what.substr(0, 12)), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace octet::plan
