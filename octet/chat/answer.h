// From a prompt's text to an answer's text: rendering, stop texts, and whole characters while streaming.
#pragma once
#include <functional>
#include <string>

#include "octet/chat/model_folder.h"

namespace octet::chat {

// Finds the first of several stop texts in a stream, holding back what could be the beginning of one.
class StopTexts {
 public:
  explicit StopTexts(std::vector<std::string> stops) : stops_(std::move(stops)) {}
  std::string push(std::string_view piece);  // text that is certain not to be part of a stop text
  std::string finish();                      // what was held back
  bool stopped() const { return stopped_; }

 private:
  std::vector<std::string> stops_;
  std::string held_;
  bool stopped_ = false;
};

struct Answer {
  infer::Generated generated;
  std::string text;
};

// Generates after `prompt` and hands each certain piece of text to `on_text`, which stops the answer by returning
// false. The text ends before a stop text. Needs the folder's tokenizer.
Answer answer(infer::Generator& generator, const ModelFolder& model, const std::vector<int64_t>& prompt,
              const infer::GenerateOptions& options, const std::vector<std::string>& stop_texts,
              const std::function<bool(std::string_view)>& on_text = {});

// A chat as tokens, through the model's template. Error{config} if it has none.
std::vector<int64_t> render_chat(const ModelFolder& model, const Json& messages);

}  // namespace octet::chat
