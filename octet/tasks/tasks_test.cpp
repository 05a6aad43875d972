#include <gtest/gtest.h>

#include <set>

#include "octet/base/error.h"
#include "octet/base/testing_sanitized.h"
#include "octet/tasks/arithmetic.h"
#include "octet/tasks/conversation.h"
#include "octet/tasks/ordering.h"
#include "octet/tasks/suite.h"

namespace octet::tasks {
namespace {

TEST(Tasks, WrittenOutStepsAreTheDocumentedOnes) {
  EXPECT_EQ(add_steps(347, 85), "347+085\n7+5+0=12\n4+8+1=13\n3+0+1=04\nAnswer: 432");
  EXPECT_EQ(add_steps(999, 1), "999+001\n9+1+0=10\n9+0+1=10\n9+0+1=10\nAnswer: 1000");
  EXPECT_EQ(subtract_steps(512, 348), "512-348\n2-8-0+10=4\n1-4-1+10=6\n5-3-1+00=1\nAnswer: 164");
  EXPECT_EQ(subtract_steps(85, 347), "085-347<0\n347-085\n7-5-0+00=2\n4-8-0+10=6\n3-0-1+00=2\nAnswer: -262");
  EXPECT_EQ(multiply_steps(36, 7), "36*7\n6*7+0=42\n3*7+4=25\nAnswer: 252");
  EXPECT_EQ(larger_steps(345, 354), "larger: 345 354\n3=3\n4<5\nAnswer: 354");
  EXPECT_EQ(smaller_steps(345, 98), "smaller: 345 098\n3>0\nAnswer: 98");
  EXPECT_EQ(whether_steps(710, '<', 342), "710<342?\n7>3\nAnswer: no");
  EXPECT_EQ(whether_steps(9, '<', 10), "09<10?\n0<1\nAnswer: yes");
  EXPECT_EQ(sort_steps({42, 7, 19}, Order::ascending),
            "smallest first\n42\n07: 07 42\n19: 07 19 42\nAnswer: 7, 19, 42");
  EXPECT_EQ(sort_steps({42, 7, 99}, Order::descending),
            "largest first\n42\n07: 42 07\n99: 99 42 07\nAnswer: 99, 42, 7");
  EXPECT_EQ(extreme_steps({42, 7, 88}, Order::descending), "largest\n42\n07: 42\n88: 88\nAnswer: 88");
}

TEST(Tasks, EveryFamilyPassesItsOwnCheckAndIsAFunctionOfTheSeed) {
  for (const auto& family : families()) {
    for (Split split : {Split::train, Split::heldout_problems, Split::heldout_wordings}) {
      for (uint64_t i = 0; i < 300; ++i) {
        Random random = Random::named(7, family, i), again = Random::named(7, family, i);
        Problem p = make(family, random, split), q = make(family, again, split);
        ASSERT_EQ(p.question + p.answer, q.question + q.answer);
        ASSERT_TRUE(check(p, p.answer)) << family << ": " << p.question << "\n" << p.answer << "\nkey " << p.key;
        ASSERT_FALSE(check(p, "")) << family;
        ASSERT_FALSE(check(p, "Answer: perhaps")) << family;
        ASSERT_FALSE(p.question.empty());
        ASSERT_EQ(p.question.find("  "), std::string::npos) << p.question;
        ASSERT_EQ(p.question.find('{'), std::string::npos) << p.question;
        ASSERT_EQ(p.question.find('|'), std::string::npos) << p.question;
        ASSERT_LT(p.answer.size(), 260u) << p.answer;
      }
    }
  }
}

TEST(Tasks, HeldOutWordingsAndProblemsAreNotTrained) {
  OCTET_LONG_IF_SANITIZED();
  for (const auto& family : families()) {
    std::set<std::string> trained;
    for (uint64_t i = 0; i < 3000; ++i) {
      Random random = Random::named(1, family, i);
      trained.insert(make(family, random, Split::train).question);
    }
    for (const auto& problem : suite(family, 100, 3))
      EXPECT_FALSE(trained.contains(problem.question)) << problem.question;
    EXPECT_GE(trained.size(), family == "talk" ? 200u : 500u) << family;
  }
}

Problem keyed(std::string key, KeyKind kind) {
  Problem p;
  p.key = std::move(key);
  p.kind = kind;
  return p;
}

TEST(Tasks, CheckIsTolerantOfFormAndExactInValue) {
  Problem number = keyed("1234", KeyKind::number);
  for (const char* good : {"1234", "1,234", "Answer: 1234.", "The result is 1,234 apples.", "12+3=15\nanswer: 1234"})
    EXPECT_TRUE(check(number, good)) << good;
  for (const char* bad : {"-1234", "12345", "1 234 5", "", "Answer: 123", "1234\nAnswer: 5", "99999999999999999999999"})
    EXPECT_FALSE(check(number, bad)) << bad;
  EXPECT_TRUE(check(keyed("-5", KeyKind::number), "85-90<0\nAnswer: -5"));
  EXPECT_FALSE(check(keyed("5", KeyKind::number), "Answer: -5"));
  EXPECT_TRUE(check(keyed("5", KeyKind::number), "10-5"));
  EXPECT_TRUE(check(keyed("7 19 42", KeyKind::numbers), "Answer: 7, 19 and 42."));
  EXPECT_TRUE(check(keyed("7 190 421", KeyKind::numbers), "Answer: 7, 190, 421"));
  EXPECT_FALSE(check(keyed("7 19 42", KeyKind::numbers), "Answer: 7, 42, 19"));
  EXPECT_FALSE(check(keyed("7 19 42", KeyKind::numbers), "Answer: 7, 19, 42, 42"));
  EXPECT_TRUE(check(keyed("Friday", KeyKind::word), "It is friday."));
  EXPECT_FALSE(check(keyed("Friday", KeyKind::word), "Friday or Saturday"));
  EXPECT_TRUE(check(keyed("yes", KeyKind::word), "4<5\nAnswer: Yes"));
  EXPECT_FALSE(check(keyed("APPLE", KeyKind::exact), "Answer: apple"));
  EXPECT_TRUE(check(keyed("a&b|c", KeyKind::phrases), "xAx C"));
  EXPECT_FALSE(check(keyed("a&b|c", KeyKind::phrases), "a"));
}

TEST(Tasks, UnknownNamesSuggestTheNearest) {
  Random random(1);
  try {
    make("ad", random, Split::train);
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(e.hint().find("add"), std::string::npos);
  }
  EXPECT_THROW(suite("minni", 3, 1), Error);
}

TEST(Tasks, SuitesAreStableAndCoverAllFamilies) {
  auto mini = suite("mini", 60, 5), again = suite("mini", 60, 5);
  std::set<std::string> seen;
  for (size_t i = 0; i < mini.size(); ++i) {
    EXPECT_EQ(mini[i].question, again[i].question);
    seen.insert(mini[i].task);
  }
  EXPECT_EQ(seen.size(), families().size());
}

TEST(Tasks, ConversationsAlternateAndEndWithAnAnswer) {
  std::vector<double> shares(families().size(), 1);
  for (uint64_t i = 0; i < 300; ++i) {
    Random random(3, i);
    auto chat = conversation(random, shares);
    size_t first = chat[0].role == "system" ? 1 : 0;
    ASSERT_EQ((chat.size() - first) % 2, 0u);
    for (size_t m = first; m < chat.size(); ++m) ASSERT_EQ(chat[m].role, (m - first) % 2 ? "assistant" : "user");
  }
}

}  // namespace
}  // namespace octet::tasks
