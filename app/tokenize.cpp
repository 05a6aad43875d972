// octet tokenize, octet detokenize: text to token ids and back, with the tokenizer's files alone.
#include <cstdio>
#include <thread>

#include "app/command.h"
#include "app/token_list.h"
#include "octet/base/cpu.h"
#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/base/parallel.h"
#include "octet/text/bpe/tokenizer.h"

namespace octet::app {

namespace tokenize_command {

constexpr size_t text_limit = size_t{8} << 30;  // bytes of a file to be tokenized

struct TokenizeFlags {
  std::string model, text, file, jsonl;
  CLI::Option *text_given = nullptr, *file_given = nullptr, *jsonl_given = nullptr;
  int threads = available_threads();
};

struct DetokenizeFlags {
  std::string model, tokens;
  bool json = false;
};

text::Tokenizer load(const std::string& model) {
  fs::path path = model == "mini" ? fs::path(home()) / "models" / "octet-mini" : fs::path(model);
  if (!fs::exists(path))
    throw Error(ErrorKind::file, fmt::format("{}: no such file or folder", path.string()),
                "MODEL is a folder with tokenizer.json, or 'mini'");
  return text::Tokenizer::load(path);
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw Error(ErrorKind::file, "cannot write to stdout");
}

// "[1,2,3]\n" appended; a list of millions needs no JSON value.
void append_list(std::string& out, const std::vector<int32_t>& ids) {
  out += '[';
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) out += ',';
    fmt::format_to(std::back_inserter(out), "{}", ids[i]);
  }
  out += "]\n";
}

std::vector<std::string_view> lines_of(std::string_view content) {
  std::vector<std::string_view> lines;
  while (!content.empty()) {
    size_t end = std::min(content.find('\n'), content.size());
    lines.push_back(content.substr(0, end));
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  return lines;
}

// Batches of lines in parallel, printed in their order.
void tokenize_lines(const text::Tokenizer& tokenizer, const std::string& path, int threads) {
  constexpr size_t batch = 4096;
  std::string content = read_file(path, text_limit);
  std::vector<std::string_view> lines = lines_of(content);
  for (size_t from = 0; from < lines.size(); from += batch) {
    std::vector<std::string> results(std::min(batch, lines.size() - from));
    parallel_for(results.size(), threads, [&](size_t i) {
      std::string where = fmt::format("{}:{}", path, from + i + 1);
      Json line = parse_json(lines[from + i], where);
      if (!line.is_string())
        throw Error(ErrorKind::file, fmt::format("{}: expected a JSON string, found {}", where, printable(dump(line))));
      append_list(results[i], tokenizer.encode(line.get_ref<const std::string&>()));
    });
    for (const std::string& result : results) print(result);
  }
}

int tokenize(const TokenizeFlags& flags) {
  text::Tokenizer tokenizer = load(flags.model);
  if (*flags.jsonl_given) {
    tokenize_lines(tokenizer, flags.jsonl, flags.threads);
    return 0;
  }
  std::string out;
  append_list(out, tokenizer.encode(*flags.file_given ? read_file(flags.file, text_limit) : flags.text));
  print(out);
  return 0;
}

int detokenize(const DetokenizeFlags& flags) {
  text::Tokenizer tokenizer = load(flags.model);
  std::vector<int32_t> ids;
  for (int64_t id : parse_tokens(flags.tokens, "--tokens")) {
    if (id >= tokenizer.vocab_size() || !tokenizer.token(static_cast<int32_t>(id)))
      throw Error(ErrorKind::usage, fmt::format("--tokens: {} is no token of {}", id, flags.model),
                  fmt::format("ids go from 0 to {}", tokenizer.vocab_size() - 1));
    ids.push_back(static_cast<int32_t>(id));
  }
  std::string text = tokenizer.decode(ids);
  print(flags.json ? dump(Json{{"text", text}}) + "\n" : text + "\n");
  return 0;
}

Registration tokenize_command(models, "tokenize", "Text to token ids", [](CLI::App& command) {
  auto flags = std::make_shared<TokenizeFlags>();
  command.add_option("MODEL", flags->model, "folder with tokenizer.json, or 'mini'")->required();
  auto* source = command.add_option_group("source", "what to tokenize");
  flags->text_given = source->add_option("--text", flags->text, "a text");
  flags->file_given = source->add_option("--file", flags->file, "a file as one text");
  flags->jsonl_given = source->add_option("--jsonl", flags->jsonl, "a file of one JSON string a line");
  source->require_option(1);
  command.add_option("--threads", flags->threads, "threads for --jsonl")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  command.footer(
      "Special tokens in the text are recognised; none is added.\n"
      "Example:\n  octet tokenize mini --text 'Hello, world'");
  return [flags] { return tokenize(*flags); };
});

Registration detokenize_command(models, "detokenize", "Token ids to text", [](CLI::App& command) {
  auto flags = std::make_shared<DetokenizeFlags>();
  command.add_option("MODEL", flags->model, "folder with tokenizer.json, or 'mini'")->required();
  command.add_option("--tokens", flags->tokens, "ids with commas between")->required();
  command.add_flag("--json", flags->json, "print an object with the key text");
  command.footer("Example:\n  octet detokenize mini --tokens 1,2,3");
  return [flags] { return detokenize(*flags); };
});

}  // namespace tokenize_command
}  // namespace octet::app
