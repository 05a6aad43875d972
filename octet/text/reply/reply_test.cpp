#include "octet/text/reply/reply.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "octet/base/utf8.h"

namespace octet::text {
namespace {

using Kind = ReplyEvent::Kind;
using Events = std::vector<ReplyEvent>;

constexpr ReplyFormat v3 = {Thinking::none, ToolMarkup::deepseek}, r1 = {Thinking::open, ToolMarkup::deepseek},
                      marked = {Thinking::marked, ToolMarkup::deepseek}, kimi = {Thinking::none, ToolMarkup::kimi};

// Neighbouring pieces of the same text become one, whichever push they came from.
void gather(Events& all, Events more) {
  for (ReplyEvent& event : more) {
    bool text = event.kind != Kind::call_start && event.kind != Kind::call_end;
    if (text && !all.empty() && all.back().kind == event.kind && all.back().call == event.call)
      all.back().text += event.text;
    else
      all.push_back(std::move(event));
  }
}

Events parse(ReplyFormat format, const std::vector<std::string>& pieces) {
  Reply reply(format);
  Events all;
  for (const std::string& piece : pieces) gather(all, reply.push(piece));
  gather(all, reply.finish());
  return all;
}

Events parse(ReplyFormat format, const std::string& whole) { return parse(format, std::vector{whole}); }

void append_characters(std::string_view text, std::vector<std::string>& pieces) {
  while (!text.empty()) {
    size_t n = std::max<size_t>(utf8::valid_length(text), 1);
    pieces.emplace_back(text.substr(0, n));
    text.remove_prefix(n);
  }
}

Events parse_by_character(ReplyFormat format, std::string_view whole) {
  std::vector<std::string> pieces;
  append_characters(whole, pieces);
  return parse(format, pieces);
}

ReplyEvent said(std::string text) { return {Kind::content, std::move(text), -1}; }
ReplyEvent thought(std::string text) { return {Kind::reasoning, std::move(text), -1}; }
Events called(std::string name, std::string arguments, int number = 0) {
  return {{Kind::call_start, std::move(name), number},
          {Kind::call_arguments, std::move(arguments), number},
          {Kind::call_end, "", number}};
}
Events operator+(Events a, const Events& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

void expect(ReplyFormat format, const std::string& text, const Events& events) {
  EXPECT_EQ(parse(format, text), events) << text;
  EXPECT_EQ(parse_by_character(format, text), events) << text;
}

const std::string two_calls =
    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"Paris\"}\n```"
    "<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"Rome\"}\n```"
    "<｜tool▁call▁end｜><｜tool▁calls▁end｜>";

TEST(Reply, GivesPlainTextAsContent) {
  expect(v3, "Hello, world", {said("Hello, world")});
  expect(v3, "<think>no thoughts here</think>", {said("<think>no thoughts here</think>")});
  expect(v3, " \n spaces \n", {said(" \n spaces \n")});
  expect(v3, "", {});
  expect({}, two_calls, {said(two_calls)});
}

TEST(Reply, TakesThoughtsApart) {
  expect(marked, "<think>\nhm\n</think>\n\nyes", {thought("hm"), said("yes")});
  expect(marked, "\n <think>hm</think>yes", {thought("hm"), said("yes")});
  expect(marked, "<thinking> is a word", {said("<thinking> is a word")});
  expect(marked, "say <think>", {said("say <think>")});
  expect(marked, "<think></think>yes", {said("yes")});
  expect(r1, "hm\n</think>\n\nyes", {thought("hm"), said("yes")});
  expect(r1, "cut sho", {thought("cut sho")});
  expect(r1, "a </thi b</think> c </think>", {thought("a </thi b"), said("c </think>")});
  expect(r1, "never closed </think", {thought("never closed </think")});
}

TEST(Reply, ReadsCallsOfV3) {
  expect(v3, two_calls, called("weather", R"({"city": "Paris"})") + called("weather", R"({"city": "Rome"})", 1));
  expect(v3, "Let me see. \n" + two_calls + "\nDone.",
         Events{said("Let me see.")} + called("weather", R"({"city": "Paris"})") +
             called("weather", R"({"city": "Rome"})", 1) + Events{said("Done.")});
  // V3 leaves the end of the calls away after a single one.
  expect(v3,
         "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>now\n```json\n{}\n```<｜tool▁call▁end｜>",
         called("now", "{}"));
  expect(v3,
         "<｜tool▁calls▁begin｜>\n<｜tool▁call▁begin｜> function <｜tool▁sep｜> now \n\n "
         "```\n{}\n```\n<｜tool▁call▁end｜>",
         called("now", "{}"));
  expect(v3, "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>now\n{\"a\": 1}<｜tool▁call▁end｜>",
         called("now", "{\"a\": 1}"));
}

TEST(Reply, ReadsCallsOfV31AndKimi) {
  expect(v3,
         "Yes.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\": \"```\"}<｜tool▁call▁end｜>"
         "<｜tool▁call▁begin｜>function<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
         Events{said("Yes.")} + called("f", "{\"a\": \"```\"}") + called("function", "{}", 1));
  expect(kimi,
         "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>"
         "{\"city\": \"Paris\"}<|tool_call_end|><|tool_calls_section_end|>",
         called("get_weather", "{\"city\": \"Paris\"}"));
  expect(kimi, two_calls, {said(two_calls)});
}

TEST(Reply, CallsEndAThought) {
  expect(r1, "I need the weather.\n" + two_calls,
         Events{thought("I need the weather.")} + called("weather", R"({"city": "Paris"})") +
             called("weather", R"({"city": "Rome"})", 1));
  expect(r1, "The mark <｜tool▁calls▁begin｜> opens calls.</think>ok",
         {thought("The mark <｜tool▁calls▁begin｜> opens calls."), said("ok")});
}

TEST(Reply, LosesNothingOfMalformedMarkup) {
  for (std::string text : {"<｜tool▁calls▁begin｜> and then?", "a < b <｜", "x <｜tool▁call▁begin｜>f",
                           "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>two words<｜tool▁sep｜>{}",
                           "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>name\nhello",
                           "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>```json {}",
                           "<｜tool▁calls▁begin｜><｜tool▁calls▁end｜>", "<｜tool▁calls▁end｜> stray"})
    expect(v3, text, {said(text)});
  // After a good call, what is no call is text again.
  expect(v3, "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{}<｜tool▁call▁end｜> <｜tool▁call▁begin｜>? ?",
         called("f", "{}") + Events{said("<｜tool▁call▁begin｜>? ?")});
}

TEST(Reply, ClosesACallThatIsCutShort) {
  expect(v3, "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\": \"bc", called("f", "{\"a\": \"bc"));
  expect(v3, "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{}\n``", called("f", "{}"));
  expect(v3, "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"a\": \"b``",
         called("f", "{\"a\": \"b``"));
}

// An answer that is cut at each of its bytes: what it says, and then calls, but never a mark.
TEST(Reply, GivesNoMarkOfACallThatIsCutShort) {
  const Events words = {said("I look.")}, call = {{Kind::call_start, "get_weather", 0}, {Kind::call_end, "", 0}};
  const std::string begin = "I look. \n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>";
  expect(v3, "I look. \n<｜tool▁calls▁beg", words);
  expect(v3, "I look. \n<｜tool▁calls▁begin｜>", words);
  expect(v3, begin, words);
  expect(v3, begin + "func", words);
  expect(v3, begin + "function<｜tool▁sep｜>", words);
  expect(v3, begin + "function<｜tool▁sep｜>get_wea", words);  // which may be half of a name
  expect(v3, begin + "function<｜tool▁sep｜>get_weather\n", words + call);
  expect(v3, begin + "function<｜tool▁sep｜>get_weather\n```js", words + call);
  expect(v3, begin + "get_weather<｜tool▁sep｜>", words + call);
  expect(r1, "hm <｜tool▁calls▁begin｜>", {thought("hm")});
  expect(kimi, "I look.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_arg", words);
  expect(kimi,
         "I look.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>",
         words + call);
  const std::string whole = "I look." + two_calls;
  for (size_t end = 1; end <= whole.size(); ++end)
    for (const ReplyEvent& event : parse(v3, whole.substr(0, end)))
      EXPECT_EQ(event.text.find("<｜tool"), std::string::npos) << whole.substr(0, end) << ": " << event.text;
}

TEST(Reply, StreamsWithoutWaitingForTheEnd) {
  Reply reply(v3);
  EXPECT_EQ(reply.push("Hel"), (Events{said("Hel")}));
  EXPECT_EQ(reply.push("lo <"), (Events{said("lo")}));
  EXPECT_EQ(reply.push("b>"), (Events{said(" <b>")}));
  EXPECT_EQ(reply.push("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a"),
            (Events{{Kind::call_start, "f", 0}, {Kind::call_arguments, "{\"a", 0}}));
  EXPECT_EQ(reply.push("\": 1"), (Events{{Kind::call_arguments, "\": 1", 0}}));
  EXPECT_EQ(reply.push("}<｜tool▁call▁end｜>"), (Events{{Kind::call_arguments, "}", 0}, {Kind::call_end, "", 0}}));
  EXPECT_EQ(reply.finish(), Events{});
}

TEST(Reply, KnowsWhatToExpect) {
  EXPECT_EQ(reply_format("<｜Assistant｜><think>\n", "...<think>").thinking, Thinking::open);
  EXPECT_EQ(reply_format("<｜Assistant｜></think>", "...<think>").thinking, Thinking::none);
  EXPECT_EQ(reply_format("<｜Assistant｜>", "split('</think>')").thinking, Thinking::marked);
  EXPECT_EQ(reply_format("<｜Assistant｜>", "plain").thinking, Thinking::none);
  EXPECT_EQ(reply_format("", "<|tool_calls_section_begin|>").tools, ToolMarkup::kimi);
  EXPECT_EQ(reply_format("", "").tools, ToolMarkup::deepseek);
}

// Answers made of marks, their halves and what may stand between them, in any order.
rc::Gen<std::string> answers() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
          "<think>", "</think>", "<thi", "</", "<", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>",
          "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>", "<｜tool▁call", "function", "get_weather", "\n", " ",
          "\n```json\n", "\n```", "```", "`", "{\"a\": 1}", "{}", "Hello", "你好", "🙂",
          "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{}\n```<｜tool▁call▁end｜>",
          "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{}<｜tool▁call▁end｜>")),
      [](const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, "")); });
}

RC_GTEST_PROP(ReplyProperty, ParsedAtEverySplitIsTheWhole, ()) {
  std::string text = *answers();
  ReplyFormat format = *rc::gen::element(v3, r1, marked);
  Events whole = parse(format, text);
  RC_ASSERT(parse_by_character(format, text) == whole);
  std::vector<std::string> characters, pieces;
  append_characters(text, characters);
  for (const std::string& character : characters) {
    if (pieces.empty() || *rc::gen::inRange(0, 4) == 0) pieces.emplace_back();
    pieces.back() += character;
  }
  RC_ASSERT(parse(format, pieces) == whole);
}

// Whether some call has a type other than "function", which goes as "function" does.
bool has_odd_type(std::string_view text) {
  for (size_t at = 0; (at = text.find("<｜tool▁sep｜>", at)) != text.npos; ++at) {
    std::string_view next = trim_front(text.substr(at + std::string_view("<｜tool▁sep｜>").size()));
    bool arguments = next.starts_with('{') || next.starts_with('`');
    if (!arguments && !trim_back(text.substr(0, at)).ends_with("function")) return true;
  }
  return false;
}

// What an answer says, apart from marks and white space, is in the events, but for the head of a call that its end
// cuts.
RC_GTEST_PROP(ReplyProperty, NothingButMarksIsLost, ()) {
  std::string text = *answers();
  RC_PRE(!has_odd_type(text));
  ReplyFormat format = *rc::gen::element(v3, r1, marked);
  std::string given;
  for (const ReplyEvent& event : parse(format, text)) given += event.text;
  auto words = [](std::string s) {
    for (std::string_view mark :
         {"<think>", "</think>", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>",
          "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>", "function", "json", "`", " ", "\n"})
      for (size_t at; (at = s.find(mark)) != s.npos;) s.erase(at, mark.size());
    return s;
  };
  RC_ASSERT(words(text).starts_with(words(given)));
  size_t most = 0;  // that may be lost: from the last mark or the beginning of one
  for (std::string_view mark : {"<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<"})
    if (size_t at = text.rfind(mark); at != text.npos) most = std::max(most, words(text.substr(at)).size());
  RC_ASSERT(words(given).size() + most >= words(text).size());
}

}  // namespace
}  // namespace octet::text
