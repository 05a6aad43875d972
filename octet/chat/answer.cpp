#include "octet/chat/answer.h"

#include "octet/text/bpe/stream_decoder.h"

namespace octet::chat {

std::string StopTexts::push(std::string_view piece) {
  if (stopped_) return "";
  held_ += piece;
  size_t first = std::string::npos;
  for (const auto& stop : stops_)
    if (!stop.empty()) first = std::min(first, held_.find(stop));
  if (first != std::string::npos) {
    stopped_ = true;
    std::string out = held_.substr(0, first);
    held_.clear();
    return out;
  }
  // The longest end of the text that begins a stop text must wait.
  size_t wait = 0;
  for (const auto& stop : stops_)
    for (size_t n = std::min(stop.size(), held_.size()); n > wait; --n)
      if (std::string_view(held_).ends_with(std::string_view(stop).substr(0, n))) wait = n;
  std::string out = held_.substr(0, held_.size() - wait);
  held_.erase(0, held_.size() - wait);
  return out;
}

std::string StopTexts::finish() { return stopped_ ? "" : std::exchange(held_, ""); }

Answer answer(infer::Generator& generator, const ModelFolder& model, const std::vector<int64_t>& prompt,
              const infer::GenerateOptions& options, const std::vector<std::string>& stop_texts,
              const std::function<bool(std::string_view)>& on_text) {
  check(model.tokenizer.has_value(), "an answer in text needs a tokenizer");
  text::StreamDecoder decoder(*model.tokenizer);
  StopTexts stops(stop_texts);
  Answer out;
  bool wanted = true;
  auto emit = [&](std::string piece) {
    if (piece.empty()) return;
    out.text += piece;
    if (on_text && wanted) wanted = on_text(piece);
  };
  out.generated = generator.generate(prompt, options, [&](int64_t token) {
    emit(stops.push(decoder.push(static_cast<int32_t>(token))));
    return wanted && !stops.stopped();
  });
  emit(stops.push(decoder.finish()));
  emit(stops.finish());
  if (stops.stopped()) out.generated.finish = infer::Finish::stop;
  return out;
}

std::vector<int64_t> render_chat(const ModelFolder& model, const Json& messages) {
  if (!model.tokenizer)
    throw Error(ErrorKind::config, fmt::format("{}: no tokenizer.json, so it cannot read text", model.path.string()),
                "use octet generate with --tokens");
  if (!model.chat_template)
    throw Error(
        ErrorKind::config,
        fmt::format("{}: no chat template in tokenizer_config.json or chat_template.jinja", model.path.string()),
        "use octet generate with --no-chat-template");
  auto ids = model.tokenizer->encode(model.chat_template->render(messages, Json(), {}));
  return {ids.begin(), ids.end()};
}

}  // namespace octet::chat
