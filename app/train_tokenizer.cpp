// octet train-tokenizer: a byte-level BPE vocabulary from text, as tokenizer.json and tokenizer_config.json.
#include "app/command.h"
#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/base/log.h"
#include "octet/base/terminal.h"
#include "octet/base/units.h"
#include "octet/text/bpe/trainer.h"

namespace octet::app {

namespace train_tokenizer_command {

struct Flags {
  std::string out, special_file, chat_template;
  std::vector<std::string> inputs;
  int32_t vocab = 4096;
  int64_t min_frequency = 2, max_length = 4096;
};

// A list of strings (special tokens) or of {"content": "...", "special": true}.
std::vector<text::AddedToken> read_added_tokens(const std::string& path) {
  Json list = read_json(path);
  if (!list.is_array()) throw Error(ErrorKind::config, fmt::format("{}: expected a list of added tokens", path));
  std::vector<text::AddedToken> tokens;
  for (const Json& item : list) {
    if (item.is_string()) {
      tokens.push_back({.content = item.get<std::string>(), .special = true});
      continue;
    }
    Fields fields(item, path);
    tokens.push_back({.content = fields.string("content"), .special = fields.boolean_or("special", false)});
    fields.finish();
  }
  return tokens;
}

void add_lines(text::Trainer& trainer, std::string_view content, const std::string& path) {
  for (size_t line = 1; !content.empty(); ++line) {
    size_t end = std::min(content.find('\n'), content.size());
    std::string_view one = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    if (one.find_first_not_of(" \t\r") == one.npos) continue;
    std::string where = fmt::format("{}:{}", path, line);
    Json value = parse_json(one, where);
    trainer.add(value.is_string() ? value.get<std::string>() : Fields(value, where).string("text"));
  }
}

void add_inputs(text::Trainer& trainer, const std::vector<std::string>& inputs) {
  double bytes = 0, done = 0;
  for (const std::string& path : inputs) {
    std::error_code missing;
    uintmax_t size = fs::file_size(path, missing);
    if (missing) throw Error(ErrorKind::file, fmt::format("{}: {}", path, missing.message()));
    bytes += static_cast<double>(size);
  }
  Progress progress("reading", std::max(bytes, 1.0));
  for (const std::string& path : inputs) {
    std::string content = read_file(path, size_t{8} << 30);
    if (fs::path(path).extension() == ".jsonl")
      add_lines(trainer, content, path);
    else
      trainer.add(content);
    progress.update(done += static_cast<double>(content.size()), fs::path(path).filename().string());
  }
}

// The token among the added ones that plays a role, by the part that its spelling holds.
std::string token_named(const std::vector<text::AddedToken>& tokens, std::string_view part, std::string fallback) {
  for (const auto& token : tokens)
    if (token.content.find(part) != token.content.npos) return token.content;
  return fallback;
}

// Before the training, which takes long: whether the files can be written at its end.
void need_writable(const fs::path& folder) {
  for (const char* name : {"tokenizer.json", "tokenizer_config.json"}) ReplacingFile probe(folder / name);
}

int train(const Flags& flags) {
  std::vector<text::AddedToken> added =
      flags.special_file.empty() ? text::deepseek_added_tokens() : read_added_tokens(flags.special_file);
  if (added.empty()) throw Error(ErrorKind::config, fmt::format("{}: no tokens", flags.special_file));
  text::TokenizerConfig config;
  config.eos_token = token_named(added, "end▁of▁sentence", added.back().content);
  config.bos_token = token_named(added, "begin▁of▁sentence", config.eos_token);
  config.pad_token = config.eos_token;
  config.model_max_length = flags.max_length;
  if (!flags.chat_template.empty()) config.chat_template = read_file(flags.chat_template, 1 << 20);

  need_writable(flags.out);
  text::Trainer trainer({.vocab_size = flags.vocab, .added_tokens = added, .min_frequency = flags.min_frequency});
  add_inputs(trainer, flags.inputs);
  Json file;
  {
    Progress progress("merging", static_cast<double>(flags.vocab));
    file = trainer.train([&](int64_t done, int64_t wanted) {
      progress.update(static_cast<double>(flags.vocab) * static_cast<double>(done) / static_cast<double>(wanted));
    });
  }
  size_t size = file["model"]["vocab"].size();
  if (size < static_cast<size_t>(flags.vocab))
    log::warning("no more pairs occur {} times: the vocabulary has {} entries, not {}", flags.min_frequency, size,
                 flags.vocab);
  replace_file(fs::path(flags.out) / "tokenizer.json", dump(file, 2) + "\n");
  replace_file(fs::path(flags.out) / "tokenizer_config.json", dump(text::tokenizer_config(config), 2) + "\n");
  fmt::print("{}: {} entries\n", flags.out, format_thousands(static_cast<int64_t>(size)));
  return 0;
}

Registration registration(training, "train-tokenizer", "A vocabulary from text", [](CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("INPUT", flags->inputs, "text files; .jsonl: the \"text\" of each line")->required();
  command.add_option("--out", flags->out, "folder for tokenizer.json and tokenizer_config.json")->required();
  command.add_option("--vocab", flags->vocab, "entries, with added tokens and 256 bytes")
      ->capture_default_str()
      ->check(CLI::Range(257, 1 << 20));
  command.add_option("--special-file", flags->special_file,
                     "JSON list of added tokens, which get the ids 0, 1, 2, …: strings, or {\"content\", \"special\"} "
                     "(default: DeepSeek-V3's)");
  command.add_option("--chat-template", flags->chat_template, "file to be put into tokenizer_config.json");
  command.add_option("--min-frequency", flags->min_frequency, "pairs that occur less often are not merged")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 30));
  command.add_option("--max-length", flags->max_length, "model_max_length of tokenizer_config.json")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 30));
  command.footer("Example:\n  octet train-tokenizer --out my-tokenizer --vocab 8192 book.txt chats.jsonl");
  return [flags] { return train(*flags); };
});

}  // namespace train_tokenizer_command
}  // namespace octet::app
