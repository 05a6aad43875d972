#include "octet/text/grammar/tool_grammar.h"

#include <gtest/gtest.h>

#include "octet/text/grammar/testing_masks.h"
#include "octet/text/grammar/testing_schema.h"
#include "octet/text/reply/markup.h"
#include "octet/text/reply/reply.h"

namespace octet::text {
namespace {

using namespace grammar_testing;

class ToolMasks : public Masks {};

// What the reply parser reads from an answer.
struct Calls {
  std::string content;
  std::vector<std::pair<std::string, std::string>> calls;  // name, arguments
};
Calls read_calls(const std::string& text, ToolMarkup markup) {
  Reply reply({.thinking = Thinking::none, .tools = markup});
  std::vector<ReplyEvent> events = reply.push(text);
  for (ReplyEvent& event : reply.finish()) events.push_back(std::move(event));
  Calls out;
  for (const ReplyEvent& event : events) {
    if (event.kind == ReplyEvent::Kind::content) out.content += event.text;
    if (event.kind == ReplyEvent::Kind::call_start) out.calls.emplace_back(event.text, "");
    if (event.kind == ReplyEvent::Kind::call_arguments) out.calls.back().second += event.text;
  }
  return out;
}

const Json& weather_parameters() {
  static const Json parameters =
      parse_json(R"({"type": "object", "properties": {"city": {"type": "string", "maxLength": 12},
      "days": {"type": "integer", "minimum": 1, "maximum": 14}}, "required": ["city"], "additionalProperties": false})",
                 "parameters");
  return parameters;
}

TEST_F(ToolMasks, ToolCallsAreReadBackByTheReplyParser) {
  for (ToolForm form : {ToolForm::deepseek_fenced, ToolForm::deepseek_plain, ToolForm::kimi}) {
    ToolCallsSpec spec{
        .form = form, .functions = {{"get_weather", weather_parameters()}, {"now", nullptr}}, .most_calls = 3};
    ToolMarkup markup = form == ToolForm::kimi ? ToolMarkup::kimi : ToolMarkup::deepseek;
    for (uint64_t seed = 0; seed < 40; ++seed) {
      Random random(seed, 6);
      Walk walk = random_walk(spec, random);
      ASSERT_TRUE(walk.ended);
      Calls calls = read_calls(walk.text, markup);
      EXPECT_EQ(calls.content, "");
      ASSERT_GE(calls.calls.size(), 1u) << walk.text;
      ASSERT_LE(calls.calls.size(), 3u);
      for (const auto& [name, arguments] : calls.calls) {
        Json value = parse_json(arguments, "arguments");
        if (name == "now")
          EXPECT_EQ(value, Json::object());
        else
          EXPECT_TRUE(name == "get_weather" && is_valid(value, weather_parameters(), weather_parameters()))
              << walk.text;
      }
    }
  }
}

TEST_F(ToolMasks, MarksAreTokensAndStandOnlyWhereTheyBelong) {
  ToolCallsSpec required{.functions = {{"get_weather", weather_parameters()}}, .most_calls = 1};
  int32_t begin = *mini_tokenizer().token_id(deepseek_marks.calls_begin);
  GrammarState state(mini_compiler().compile(required));
  EXPECT_EQ(mask_of(state).allowed(), std::vector<int32_t>{begin});
  // In the form that tools.h describes, as the tokenizer cuts it.
  std::string answer = std::string(deepseek_marks.calls_begin) + std::string(deepseek_marks.call_begin) + "function" +
                       std::string(deepseek_marks.separator) + "get_weather\n```json\n{\"city\": \"Paris\"}\n```" +
                       std::string(deepseek_marks.call_end) + std::string(deepseek_marks.calls_end);
  EXPECT_TRUE(accepts_all(required, mini_tokenizer().encode(answer)));
  ToolCallsSpec free = required;
  free.least_calls = 0;
  EXPECT_TRUE(accepts_all(free, mini_tokenizer().encode("Let me look: a < b.\n\n" + answer)));
  EXPECT_TRUE(accepts(free, "No call is needed."));
  EXPECT_FALSE(accepts_all(required, mini_tokenizer().encode("Hm. " + answer)));
  EXPECT_FALSE(accepts_all(free, mini_tokenizer().encode(answer + answer)));
}

}  // namespace
}  // namespace octet::text
