// octet's engine inside a program of your own: every argument after the model's folder is a question, all of them are
// answered at once.
//
//   ask MODEL_FOLDER "What is 12 + 30?" "What is a heron?"
#include <octet/chat/model_folder.h>
#include <octet/chat/prompt.h>
#include <octet/infer/engine.h>
#include <octet/infer/model_runner.h>

#include <cstdio>
#include <future>

// What the engine tells of one answer, on its own thread: hand over and return.
class Answer : public octet::infer::Listener {
 public:
  void token(const octet::infer::TokenEvent& event) override { tokens_.push_back(static_cast<int32_t>(event.token)); }
  void end(const octet::infer::EndEvent& event) override { done_.set_value(event); }

  octet::infer::EndEvent wait() { return done_.get_future().get(); }
  const std::vector<int32_t>& tokens() const { return tokens_; }

 private:
  std::vector<int32_t> tokens_;
  std::promise<octet::infer::EndEvent> done_;
};

int main(int argc, char** argv) try {
  if (argc < 3) return std::fprintf(stderr, "usage: ask MODEL_FOLDER QUESTION...\n"), 2;
  auto folder = octet::chat::load_model_folder(argv[1], {});
  octet::chat::PromptMaker prompts(folder.tokenizer.value(), folder.chat_template.value());
  octet::infer::Engine engine(octet::infer::make_model_runner(folder.model, {.cache_tokens = 16384}), {});

  std::vector<std::shared_ptr<Answer>> answers;
  for (int i = 2; i < argc; ++i) {
    octet::Json messages = {{{"role", "user"}, {"content", argv[i]}}};
    octet::infer::Request request;
    request.prompt = prompts.make(messages, nullptr, octet::Json::object()).tokens;
    request.sampling.temperature = 0;
    request.max_tokens = 200;
    request.stop_tokens = folder.generation.eos_tokens;
    answers.push_back(std::make_shared<Answer>());
    engine.submit(std::move(request), answers.back());
  }
  for (size_t i = 0; i < answers.size(); ++i) {
    auto end = answers[i]->wait();
    std::printf("%s\n  %s\n  (%ld tokens in %.2f s)\n", argv[i + 2],
                folder.tokenizer->decode(answers[i]->tokens()).c_str(), end.answer_tokens, end.seconds_decode);
  }
} catch (const std::exception& error) {
  return std::fprintf(stderr, "ask: %s\n", error.what()), 1;
}
