#include "octet/text/reply/tools.h"

#include <gtest/gtest.h>

#include "octet/base/file.h"
#include "octet/text/reply/reply.h"

namespace octet::text {
namespace {

ChatTemplate chat_template(const char* name) {
  return ChatTemplate(read_file(fmt::format(OCTET_SOURCE_DIR "/tests/end_to_end/chat_templates/{}.jinja", name)), name);
}

const Json tools = Json::parse(R"([{"type": "function", "function": {"name": "get_weather",
  "description": "The weather of a city, now", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}},
  {"type": "function", "function": {"name": "now"}}])");

TEST(Tools, SeesWhetherATemplateReadsThem) {
  for (const char* name : {"deepseek_v31", "kimi_k2", "llama3", "mistral", "qwen3", "typescript", "xml_tools"})
    EXPECT_TRUE(reads_tools(chat_template(name))) << name;
  for (const char* name : {"deepseek_v3", "deepseek_r1", "chatml", "gemma"})
    EXPECT_FALSE(reads_tools(chat_template(name))) << name;
  EXPECT_TRUE(reads_tools(ChatTemplate("{{ tools[0].no.such }}{{ messages }}", "t")) ||
              reads_tools(ChatTemplate("{% if tools %}{{ raise_exception('no tools') }}{% endif %}", "t")));
}

TEST(Tools, DescribesThemInTheSystemMessage) {
  Json user = {{"role", "user"}, {"content", "Weather?"}}, system = {{"role", "system"}, {"content", "Be brief."}};
  std::string description = describe_tools(tools);
  EXPECT_NE(description.find(
                "### get_weather\nThe weather of a city, now\nParameters, as a JSON Schema: {\"type\":\"object\""),
            description.npos)
      << description;
  EXPECT_NE(description.find("### now\nParameters, as a JSON Schema: {}\n"), description.npos) << description;
  Json with = with_tools_described(Json::array({system, user}), tools);
  ASSERT_EQ(with.size(), 2u);
  EXPECT_EQ(with[0].at("content"), "Be brief.\n\n" + description);
  Json without = with_tools_described(Json::array({user}), tools);
  ASSERT_EQ(without.size(), 2u);
  EXPECT_EQ(without[0].at("role"), "system");
  EXPECT_EQ(without[0].at("content"), description);
  EXPECT_EQ(without[1], user);
}

// The form that the description asks for is the form that is read back.
TEST(Tools, AsksForWhatReplyReads) {
  std::string description = describe_tools(tools);
  size_t begin = description.find(deepseek_marks.calls_begin), end = description.find(deepseek_marks.calls_end);
  ASSERT_LT(begin, end);
  Reply reply({Thinking::none, ToolMarkup::deepseek});
  auto events = reply.push(description.substr(begin, end + deepseek_marks.calls_end.size() - begin));
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].text, "NAME");
  EXPECT_EQ(events[1].text, "{\"argument\": \"value\"}");
}

TEST(Tools, NamesWhatIsWrongInARequest) {
  for (const char* bad :
       {"3", "[1]", R"([{"type": "function"}])", R"([{"function": {"name": 3}}])",
        R"([{"function": {"name": "f", "parameters": 1}}])", R"([{"function": {"name": "f", "description": 1}}])"}) {
    try {
      describe_tools(Json::parse(bad));
      ADD_FAILURE() << bad;
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::request);
      EXPECT_EQ(e.sentence().rfind("tools", 0), 0u) << e.sentence();
    }
  }
}

}  // namespace
}  // namespace octet::text
