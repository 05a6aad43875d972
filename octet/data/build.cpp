#include "octet/data/build.h"

#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/parallel.h"
#include "octet/base/terminal.h"
#include "octet/base/units.h"
#include "octet/data/chat_format.h"
#include "octet/data/dataset.h"
#include "octet/data/shard.h"
#include "octet/text/bpe/trainer.h"

namespace octet::data {
namespace {

constexpr int64_t block = 4096;  // documents made at a time

// Spread over the corpus rather than its beginning: chapters and pages come in an order.
void add_text(text::Trainer& trainer, const Corpus& corpus, int64_t bytes_wanted, Progress& progress, int64_t& done) {
  int64_t bytes = 0, n = corpus.documents;
  constexpr int64_t stride = 7919;  // a prime: visits every document once unless it divides n
  for (int64_t i = 0; bytes < bytes_wanted && (n < 0 || i < n); ++i) {
    int64_t index = n < 0 || n % stride == 0 ? i : i * stride % n;
    Document document = corpus.at(index);
    for (const auto& segment : document.segments) {
      if (segment.marker) continue;
      trainer.add(segment.text);
      bytes += static_cast<int64_t>(segment.text.size());
      done += static_cast<int64_t>(segment.text.size());
    }
    progress.update(static_cast<double>(done));
  }
}

Json train_tokenizer(const DataRecipe& recipe) {
  text::TrainerOptions options;
  options.vocab_size = recipe.vocab_size;
  options.added_tokens = text::deepseek_added_tokens();
  text::Trainer trainer(options);
  {
    Progress progress("reading text",
                      static_cast<double>(recipe.tokenizer_bytes) * static_cast<double>(recipe.sources.size()));
    int64_t done = 0;
    for (const auto& source : recipe.sources) add_text(trainer, source.corpus, recipe.tokenizer_bytes, progress, done);
  }
  Progress progress("tokenizer", recipe.vocab_size);
  return trainer.train([&](int64_t done, int64_t) { progress.update(static_cast<double>(done)); });
}

void copy_tokenizer(const std::filesystem::path& from, const std::filesystem::path& to) {
  for (const char* name : {"tokenizer.json", "tokenizer_config.json"}) replace_file(to / name, read_file(from / name));
}

void write_tokenizer(const DataRecipe& recipe, const std::filesystem::path& folder) {
  if (!recipe.tokenizer.empty()) return copy_tokenizer(recipe.tokenizer, folder);
  replace_file(folder / "tokenizer.json", dump(train_tokenizer(recipe), 1) + "\n");
  text::TokenizerConfig config;
  config.chat_template = std::string(chat_template);
  config.model_max_length = recipe.context;
  replace_file(folder / "tokenizer_config.json", dump(text::tokenizer_config(config), 1) + "\n");
}

struct Held {
  Encoded encoded;
  bool validation;
  int64_t bytes;
};

// Held out by a hash of the text: the same question and answer are never on both sides.
bool is_validation(const Document& document, double share) {
  constexpr double range = 1048576;
  return static_cast<double>(hash("held out", hash(document)) % static_cast<uint64_t>(range)) < share * range;
}

Json shards_json(const ShardWriter& writer) {
  return {{"files", writer.files()},
          {"documents", writer.documents()},
          {"tokens", writer.tokens()},
          {"targets", writer.targets()}};
}

Json build_source(const SourceRecipe& source, const Encoder& encoder, const ShardLabel& label, double share,
                  const std::filesystem::path& folder, int threads) {
  ShardWriter train(folder / "train", label), validation(folder / "validation", label);
  const Corpus& corpus = source.corpus;
  bool endless = corpus.documents < 0;
  Progress progress(corpus.name, static_cast<double>(endless ? source.tokens : corpus.documents));
  int64_t bytes = 0;
  for (int64_t begin = 0; endless ? train.tokens() < source.tokens : begin < corpus.documents; begin += block) {
    int64_t end = endless ? begin + block : std::min(begin + block, corpus.documents);
    std::vector<Held> held(static_cast<size_t>(end - begin));
    parallel_for(held.size(), threads, [&](size_t i) {
      Document document = corpus.at(begin + static_cast<int64_t>(i));
      int64_t size = 0;
      for (const auto& segment : document.segments)
        size += segment.marker ? 0 : static_cast<int64_t>(segment.text.size());
      held[i] = {encoder.encode(document), is_validation(document, share), size};
    });
    for (const auto& one : held) {
      if (endless && train.tokens() >= source.tokens) break;
      (one.validation ? validation : train).add(one.encoded);
      bytes += one.bytes;
    }
    progress.update(static_cast<double>(endless ? std::min(train.tokens(), source.tokens) : end));
  }
  train.finish();
  validation.finish();
  if (train.tokens() == 0)
    throw Error(ErrorKind::config,
                fmt::format("the source '{}' is too small: all of it would be held out", corpus.name),
                "lower 'validation' or 'document_bytes', or add text");
  double weight = source.weight > 0 ? source.weight : static_cast<double>(train.tokens());
  return {{"name", corpus.name}, {"licence", corpus.licence},   {"weight", weight},
          {"bytes", bytes},      {"train", shards_json(train)}, {"validation", shards_json(validation)}};
}

// The first name below `out` that build does not write; "" if there is none.
std::string foreign_name(const std::filesystem::path& out) {
  auto is_part = [](const std::filesystem::directory_entry& entry) {
    return entry.is_directory() && (entry.path().filename() == "train" || entry.path().filename() == "validation");
  };
  const std::vector<std::string> own = {"data.json", "tokenizer.json", "tokenizer_config.json"};
  for (const auto& entry : std::filesystem::directory_iterator(out)) {
    std::string name = entry.path().filename().string();
    if (!is_part(entry)) {
      if (std::find(own.begin(), own.end(), name) == own.end()) return name;
      continue;
    }
    for (const auto& shard : std::filesystem::directory_iterator(entry))
      if (shard.path().extension() != ".safetensors") return name + "/" + shard.path().filename().string();
  }
  return "";
}

// The folder is replaced whole, so nothing may be in it but what an earlier build left.
void need_replaceable(const std::filesystem::path& out) {
  if (!std::filesystem::exists(out)) return;
  auto refuse = [&](const std::string& found) {
    throw Error(ErrorKind::usage,
                fmt::format("{}: expected a folder that is new, empty or made by octet data build, found {}",
                            out.string(), found),
                "choose another folder with --out");
  };
  if (!std::filesystem::is_directory(out)) refuse("a file");
  if (std::filesystem::is_empty(out)) return;
  std::string foreign = foreign_name(out);
  if (!foreign.empty()) refuse(fmt::format("'{}' in it", printable(foreign)));
  if (!is_dataset(out)) refuse("no data.json of its own in it");
}

// Weights by size and given weights cannot be mixed: they would be of two scales.
void check_weights(const DataRecipe& recipe) {
  size_t given = 0;
  for (const auto& source : recipe.sources) given += source.weight > 0 ? 1 : 0;
  if (given != 0 && given != recipe.sources.size())
    throw Error(ErrorKind::config, "some sources have a weight and some have none",
                "give every source a weight, or none");
}

}  // namespace

Json build_dataset(const DataRecipe& recipe, const std::filesystem::path& out, int threads) {
  check_weights(recipe);
  need_replaceable(out);
  ReplacingFolder folder(out);
  std::filesystem::create_directories(folder.path() / "train");
  std::filesystem::create_directories(folder.path() / "validation");
  write_tokenizer(recipe, folder.path());
  std::string file = read_file(folder.path() / "tokenizer.json");
  Encoder encoder(text::Tokenizer::load(folder.path()));
  ShardLabel label{"", "", hash_of(file), encoder.tokenizer().vocab_size()};
  Json sources = Json::array();
  for (const auto& source : recipe.sources) {
    label.source = source.corpus.name;
    label.licence = source.corpus.licence;
    sources.push_back(build_source(source, encoder, label, recipe.validation, folder.path(), threads));
  }
  Json description = {{"format", dataset_format},
                      {"name", recipe.name},
                      {"seed", recipe.seed},
                      {"vocab_size", label.vocab_size},
                      {"tokenizer_hash", label.tokenizer_hash},
                      {"sources", std::move(sources)}};
  replace_file(folder.path() / "data.json", dump(description, 1) + "\n");
  folder.commit();
  return description;
}

}  // namespace octet::data
