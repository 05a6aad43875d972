#include "octet/chat/tool_messages.h"

#include "octet/text/reply/markup.h"

namespace octet::chat {

namespace {

constexpr std::string_view outputs_begin = "<｜tool▁outputs▁begin｜>", outputs_end = "<｜tool▁outputs▁end｜>",
                           output_begin = "<｜tool▁output▁begin｜>", output_end = "<｜tool▁output▁end｜>";

std::string calls_text(const Json& calls) {
  const auto& m = text::deepseek_marks;
  std::string out(m.calls_begin);
  for (size_t i = 0; i < calls.size(); ++i) {
    const Json& function = calls[i].at("function");
    out += fmt::format("{}{}function{}{}\n```json\n{}\n```{}", i ? "\n" : "", m.call_begin, m.separator,
                       function.at("name").get_ref<const std::string&>(),
                       function.at("arguments").get_ref<const std::string&>(), m.call_end);
  }
  return out + std::string(m.calls_end);
}

std::string content_of(const Json& message) {
  auto content = message.find("content");
  return content != message.end() && content->is_string() ? content->get<std::string>() : "";
}

}  // namespace

bool reads_tool_messages(const text::ChatTemplate& chat_template) {
  constexpr std::string_view called = "octet_asks_about_calls", result = "octet_asks_about_results";
  Json messages = Json::array({{{"role", "user"}, {"content", "Hello"}},
                               {{"role", "assistant"},
                                {"content", ""},
                                {"tool_calls", Json::array({{{"id", "call_1"},
                                                             {"type", "function"},
                                                             {"function", {{"name", called}, {"arguments", "{}"}}}}})}},
                               {{"role", "tool"}, {"tool_call_id", "call_1"}, {"content", result}}});
  try {
    std::string text = chat_template.render(messages, Json());
    return text.find(called) != text.npos && text.find(result) != text.npos;
  } catch (const Error&) {
    return false;
  }
}

Json with_tool_messages_written(const Json& messages) {
  Json out = Json::array();
  bool after_result = false;
  for (const Json& message : messages) {
    bool result = message.at("role") == "tool";
    if (result) {
      std::string text = fmt::format("{}{}{}", output_begin, content_of(message), output_end);
      if (after_result) {
        auto& content = out.back()["content"].get_ref<std::string&>();
        content.insert(content.size() - outputs_end.size(), "\n" + text);
      } else {
        out.push_back({{"role", "user"}, {"content", fmt::format("{}{}{}", outputs_begin, text, outputs_end)}});
      }
    } else {
      out.push_back(message);
      auto calls = message.find("tool_calls");
      if (calls != message.end() && calls->is_array() && !calls->empty())
        out.back()["content"] = content_of(message) + calls_text(*calls);
      out.back().erase("tool_calls");
    }
    after_result = result;
  }
  return out;
}

}  // namespace octet::chat
