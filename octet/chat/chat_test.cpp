#include <gtest/gtest.h>

#include "octet/chat/answer.h"
#include "octet/chat/conversation.h"
#include "octet/chat/prompt.h"
#include "octet/chat/reply_stream.h"
#include "octet/chat/thought_mask.h"
#include "octet/chat/tool_messages.h"

namespace octet::chat {
namespace {

const fs::path mini = fs::path(OCTET_SOURCE_DIR) / "models/octet-mini";

const Json tools =
    parse_json(R"([{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}])", "tools");
const Json called = parse_json(R"([{"role": "user", "content": "go"},
    {"role": "assistant", "content": "I call.", "tool_calls": [
      {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}},
      {"id": "2", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "1", "content": "one"}, {"role": "tool", "tool_call_id": "2", "content": "two"}])",
                               "messages");

TEST(StopTexts, HoldBackWhatMayBeginOne) {
  StopTexts stops({"END", "\n\n"});
  EXPECT_EQ(stops.push("aE"), "a");
  EXPECT_EQ(stops.push("N"), "");
  EXPECT_EQ(stops.push("x\n"), "ENx");
  EXPECT_EQ(stops.push("\nmore"), "");
  EXPECT_TRUE(stops.stopped());
  StopTexts open({"END"});
  EXPECT_EQ(open.push("EN"), "");
  EXPECT_EQ(open.finish(), "EN");
}

TEST(Conversation, ASystemMessageIsOneMessageInFront) {
  Conversation conversation("");
  conversation.add_user("Hello");
  for (const char* system : {"Be brief.", "Be kind."}) {
    conversation.set_system(system);
    EXPECT_EQ(dump(conversation.messages()),
              dump(Json::array({{{"role", "system"}, {"content", system}}, {{"role", "user"}, {"content", "Hello"}}})));
  }
  conversation.set_system("");
  EXPECT_EQ(conversation.messages().size(), 1u);
}

TEST(ToolMessages, AreWrittenOutForTemplatesThatIgnoreThem) {
  Json out = with_tool_messages_written(called);
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(out[1]["content"],
            "I call.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"x\": "
            "1}\n```<｜tool▁call▁end｜>\n"
            "<｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>");
  EXPECT_FALSE(out[1].contains("tool_calls"));
  EXPECT_EQ(out[2]["role"], "user");
  EXPECT_EQ(out[2]["content"],
            "<｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>one<｜tool▁output▁end｜>\n<｜tool▁output▁begin｜>two<"
            "｜tool▁output▁end｜><｜tool▁outputs▁end｜>");
}

TEST(ToolMessages, WhatIsWrittenIsReadBack) {
  Json out = with_tool_messages_written(called);
  text::Reply reply({text::Thinking::none, text::ToolMarkup::deepseek});
  std::string arguments;
  for (const auto& e : reply.push(out[1]["content"].get<std::string>()))
    if (e.kind == text::ReplyEvent::Kind::call_arguments) arguments += e.text;
  EXPECT_EQ(arguments, "{\"x\": 1}{}");
}

TEST(PromptMaker, DescribesToolsOnlyWhereTheTemplateDoesNot) {
  auto tokenizer = text::Tokenizer::load(mini);
  Json user = Json::array({{{"role", "user"}, {"content", "go"}}});
  PromptMaker plain(tokenizer,
                    text::ChatTemplate("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}", "plain"));
  std::string described = plain.make(user, tools, Json::object()).text;
  EXPECT_TRUE(described.starts_with("system: ## Tools")) << described;
  EXPECT_EQ(plain.make(user, tools, Json::object()).format.tools, text::ToolMarkup::deepseek);
  EXPECT_EQ(plain.make(user, Json(), Json::object()).text, "user: go\n");
  EXPECT_EQ(plain.make(user, Json(), Json::object()).format.tools, text::ToolMarkup::none);
  EXPECT_EQ(plain.tool_form(), text::ToolForm::deepseek_fenced);
  PromptMaker own(
      tokenizer,
      text::ChatTemplate("{{ tools | length if tools }}{{ tools | tojson if tools }}{{ messages | tojson }}", "own"));
  EXPECT_EQ(own.make(user, tools, Json::object()).text.find("## Tools"), std::string::npos);
  EXPECT_EQ(own.tool_form(), text::ToolForm::deepseek_plain);
  EXPECT_NE(own.make(called, Json(), Json::object()).text.find("\"tool_calls\""), std::string::npos);
}

TEST(PromptMaker, VariablesReachTheTemplate) {
  PromptMaker maker(text::Tokenizer::load(mini), text::ChatTemplate("{% if thinking %}<think>{% endif %}", "t"));
  Json user = Json::array({{{"role", "user"}, {"content", "go"}}});
  EXPECT_EQ(maker.make(user, Json(), {{"thinking", true}}).format.thinking, text::Thinking::open);
  EXPECT_TRUE(maker.thinks());
}

// Allows one token alone and remembers what it accepted.
class OnlyOne : public infer::TokenMask {
 public:
  explicit OnlyOne(int64_t token) : token_(token) {}
  void fill(std::span<uint32_t> bits) override {
    std::fill(bits.begin(), bits.end(), 0u);
    bits[static_cast<size_t>(token_) / 32] |= 1u << (token_ % 32);
  }
  bool accept(int64_t token) override {
    if (token != token_) return false;
    ++accepted;
    return true;
  }
  void rollback(int64_t tokens) override { accepted -= tokens; }
  bool complete() const override { return accepted > 0; }
  int64_t accepted = 0;

 private:
  int64_t token_;
};

bool allows(infer::TokenMask& mask, int64_t token) {
  std::vector<uint32_t> bits(64);
  mask.fill(bits);
  return bits[static_cast<size_t>(token) / 32] >> (token % 32) & 1;
}

TEST(ThoughtMask, BeginsAfterTheThought) {
  auto tokenizer = text::Tokenizer::load(mini);
  std::vector<int32_t> thought = tokenizer.encode("so it is</think>");
  int64_t answer = tokenizer.encode("X").at(0), end = 1;
  auto inner = std::make_shared<OnlyOne>(answer);
  ThoughtMask mask(inner, tokenizer, {1}, text::Thinking::open);
  EXPECT_TRUE(allows(mask, thought[0]));
  EXPECT_TRUE(allows(mask, answer));
  EXPECT_FALSE(allows(mask, end));
  for (int32_t token : thought) {
    ASSERT_TRUE(allows(mask, token));
    ASSERT_TRUE(mask.accept(token));
    EXPECT_FALSE(mask.complete());
  }
  EXPECT_TRUE(allows(mask, answer));
  EXPECT_FALSE(allows(mask, thought[0]));
  EXPECT_FALSE(mask.accept(thought[0]));
  EXPECT_TRUE(mask.accept(answer));
  EXPECT_TRUE(mask.complete());
  mask.rollback(2);  // the answer's token, and the one that closed the thought
  EXPECT_EQ(inner->accepted, 0);
  EXPECT_TRUE(allows(mask, thought[0]));
  EXPECT_TRUE(mask.accept(thought.back()));
  EXPECT_FALSE(allows(mask, thought[0]));
}

TEST(ThoughtMask, NothingOfTheAnswerHidesBehindTheMark) {
  auto tokenizer = text::Tokenizer::load(mini);
  ThoughtMask mask(std::make_shared<OnlyOne>(5), tokenizer, {1}, text::Thinking::open);
  for (int32_t token : tokenizer.encode("hm</think")) ASSERT_TRUE(mask.accept(token));
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    auto bytes = tokenizer.bytes_of(id);
    bool hides = bytes.starts_with(">") && bytes.find_first_not_of(" \t\r\n", 1) != bytes.npos;
    EXPECT_FALSE(hides && allows(mask, id)) << bytes;
  }
  EXPECT_TRUE(allows(mask, tokenizer.encode(">").at(0)));
}

TEST(ThoughtMask, AVocabularyWithoutTheMarkDoesNotThinkUnasked) {
  auto tokenizer = text::Tokenizer::load(mini);
  ThoughtMask mask(std::make_shared<OnlyOne>(5), tokenizer, {1}, text::Thinking::marked);
  EXPECT_TRUE(allows(mask, 5));
  EXPECT_FALSE(allows(mask, 6));
  EXPECT_TRUE(mask.accept(5));
  mask.rollback(1);
  EXPECT_FALSE(mask.complete());
}

}  // namespace
}  // namespace octet::chat
