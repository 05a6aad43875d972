#include "octet/text/chat_template.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "octet/base/file.h"

namespace octet::text {
namespace {

namespace fs = std::filesystem;

const Json tokens = {{"bos_token", "<｜begin▁of▁sentence｜>"}, {"eos_token", "<｜end▁of▁sentence｜>"}};

// The reference texts, by templates of our own that say the same as the models'. The models' own template is compared
// where npm can fetch it.
TEST(ChatTemplate, WritesTheGoldenTexts) {
  Json golden = read_json(OCTET_SOURCE_DIR "/tests/golden/chat-golden.json");
  ASSERT_EQ(golden.size(), 40u);
  std::map<std::string, ChatTemplate> templates;
  for (auto [name, file] : {std::pair("deepseek-v3", "deepseek_v3"), {"deepseek-r1", "deepseek_r1"}}) {
    fs::path path = fmt::format(OCTET_SOURCE_DIR "/tests/end_to_end/chat_templates/{}.jinja", file);
    templates.emplace(name, ChatTemplate(read_file(path), file, tokens));
  }
  for (const Json& test : golden) {
    ChatOptions options;
    if (!test.at("add_generation_prompt").get<bool>()) options.generation_prompt = GenerationPrompt::omit;
    EXPECT_EQ(templates.at(test.at("template")).render(test.at("messages"), nullptr, options),
              test.at("text").get<std::string>())
        << test.at("template") << ": " << test.at("name");
  }
}

class ChatTemplateFolder : public testing::Test {
 protected:
  fs::path folder = fs::path(testing::TempDir()) / fmt::format("octet_chat_{}", getpid());
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }
  void write(const char* name, std::string_view text) { std::ofstream(folder / name) << text; }
  static std::string say(const ChatTemplate& chat, const Json& tools = nullptr) {
    return chat.render(Json::parse(R"([{"role": "user", "content": "Hi"}])"), tools);
  }
};

TEST_F(ChatTemplateFolder, IsEmptyWithoutATemplate) {
  EXPECT_FALSE(ChatTemplate::load(folder));
  write("tokenizer_config.json", R"({"bos_token": "<s>", "chat_template": null})");
  EXPECT_FALSE(ChatTemplate::load(folder));
}

TEST_F(ChatTemplateFolder, ReadsTokensInBothSpellings) {
  write("tokenizer_config.json",
        R"({"bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}, "unk_token": null,
            "chat_template": "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ unk_token }}{{ add_generation_prompt }}"})");
  EXPECT_EQ(say(*ChatTemplate::load(folder)), "<s>Hi</s>True");
}

TEST_F(ChatTemplateFolder, PrefersTheFileOfItsOwn) {
  write("tokenizer_config.json", R"({"bos_token": "<s>", "chat_template": "old"})");
  write("chat_template.jinja", "{{ bos_token }}new\n");
  EXPECT_EQ(say(*ChatTemplate::load(folder)), "<s>new");
}

TEST_F(ChatTemplateFolder, ChoosesAmongNamedTemplates) {
  write("tokenizer_config.json", R"({"chat_template": [{"name": "default", "template": "plain"},
                                                      {"name": "tool_use", "template": "tools: {{ tools|length }}"}]})");
  auto chat = ChatTemplate::load(folder);
  EXPECT_EQ(say(*chat), "plain");
  EXPECT_EQ(say(*chat, Json::array({Json::object()})), "tools: 1");
}

TEST_F(ChatTemplateFolder, RefusesWhatIsNoTemplate) {
  for (const char* bad :
       {"3", "[]", R"([{"name": "other", "template": "x"}])", R"([{"name": "default"}])", "[1]", R"("{% if %}")"}) {
    write("tokenizer_config.json", fmt::format(R"({{"chat_template": {}}})", bad));
    EXPECT_THROW(ChatTemplate::load(folder), Error) << bad;
  }
  write("tokenizer_config.json", "[]");
  EXPECT_THROW(ChatTemplate::load(folder), Error);
}

TEST(ChatTemplate, PassesVariablesOn) {
  ChatTemplate chat("{{ thinking }}{{ tools is none }}{{ documents is none }}{{ bos_token }}", "t", tokens);
  ChatOptions options;
  options.variables = {{"thinking", true}, {"bos_token", "B"}};
  EXPECT_EQ(chat.render(Json::array(), nullptr, options), "TrueTrueTrueB");
}

TEST(ChatTemplate, RefusesRequestsThatAreNone) {
  ChatTemplate chat("x", "t");
  EXPECT_THROW(chat.render(Json("Hi"), nullptr), Error);
  EXPECT_THROW(chat.render(Json::array({"Hi"}), nullptr), Error);
  EXPECT_THROW(chat.render(Json::array(), Json("f")), Error);
  ChatOptions options;
  options.variables = {{"messages", 1}};
  EXPECT_THROW(chat.render(Json::array(), nullptr, options), Error);
}

}  // namespace
}  // namespace octet::text
