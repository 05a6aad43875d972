#include "app/torch/model_flags.h"
#include "octet/chat/answer.h"

namespace octet::app {
namespace generate_command {

struct Flags {
  ModelFlags model;
  SamplingFlags sampling;
  std::optional<std::string> prompt, tokens;
  bool no_chat_template = false, json = false;
};

std::vector<int64_t> prompt_tokens(const Flags& flags, const chat::ModelFolder& model) {
  if (flags.tokens) return parse_tokens(*flags.tokens, "--tokens");
  if (model.tokenizer && (flags.no_chat_template || !model.chat_template)) {
    auto ids = model.tokenizer->encode(*flags.prompt);
    return {ids.begin(), ids.end()};
  }
  return chat::render_chat(model, Json::array({{{"role", "user"}, {"content", *flags.prompt}}}));
}

void print(const std::string& text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

int run(const Flags& flags) {
  if (flags.prompt.has_value() == flags.tokens.has_value())
    throw Error(ErrorKind::usage, "generate: expected either --prompt or --tokens");
  auto model = flags.model.load();
  if (!model.tokenizer && !flags.sampling.stop.empty())
    throw Error(ErrorKind::usage, fmt::format("--stop: {} has no tokenizer.json", flags.model.model));
  auto options = flags.sampling.options(model);
  auto prompt = prompt_tokens(flags, model);
  infer::Generator generator(model.model,
                             std::min(model.context, static_cast<int64_t>(prompt.size()) + options.max_tokens + 1));
  chat::Answer answer;
  if (model.tokenizer) {
    answer = chat::answer(generator, model, prompt, options, flags.sampling.stop, [&](std::string_view piece) {
      if (!flags.json) print(std::string(piece));
      return true;
    });
  } else {
    answer.generated = generator.generate(prompt, options);
  }
  const auto& g = answer.generated;
  if (flags.json) {
    Json out = {{"tokens", g.tokens},
                {"text", model.tokenizer ? Json(answer.text) : Json(nullptr)},
                {"finish_reason", infer::name(g.finish)},
                {"prompt_tokens", g.prompt_tokens},
                {"seconds_prefill", g.seconds_prefill},
                {"seconds_decode", g.seconds_decode}};
    print(dump(out) + "\n");
  } else {
    print(model.tokenizer ? "\n" : fmt::format("{}\n", fmt::join(g.tokens, ",")));
  }
  return 0;
}

const Registration generate(models, "generate", "Answer one prompt", [](CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  flags->model.add_to(command);
  command.get_option("MODEL")->required();
  command.add_option("--prompt", flags->prompt, "Text; the model's chat template is applied if it has one");
  command.add_option("--tokens", flags->tokens, "Token ids as they are: 1,2,3; needs no tokenizer");
  command.add_flag("--no-chat-template", flags->no_chat_template, "Continue the prompt's text itself");
  command.add_flag("--json", flags->json, "One JSON object: tokens, text, finish_reason, counts and times");
  flags->sampling.add_to(command);
  command.footer("Example:\n  octet generate mini --prompt 'What is 28 plus 14?' --temperature 0");
  return [flags] { return run(*flags); };
});

}  // namespace generate_command
}  // namespace octet::app
