// octet data: build, stats, show.
#include "app/command.h"
#include "octet/base/cpu.h"
#include "octet/base/error.h"
#include "octet/base/random.h"
#include "octet/base/units.h"
#include "octet/data/build.h"
#include "octet/data/dataset.h"
#include "octet/data/shard.h"
#include "octet/text/bpe/tokenizer.h"

namespace octet::app {
namespace data_command {

struct DataFlags {
  std::string recipe, out, folder, split = "train", source;
  int threads = 0;
  int64_t n = 5;
  uint64_t seed = 0;
  bool json = false;
};

// data.json as a table. Error{config} naming the place if it is damaged.
std::string table(const Json& description, const std::filesystem::path& folder) {
  constexpr int64_t most = int64_t{1} << 53;
  Fields fields(description, (folder / "data.json").string());
  std::string out = fmt::format("{}: vocabulary {}, tokenizer {}\n", fields.string("name"),
                                fields.integer("vocab_size", 1, most), fields.string("tokenizer_hash"));
  out += fmt::format("{:<12} {:>10} {:>12} {:>9} {:>12} {:>7} {:>7}  {}\n", "source", "documents", "tokens", "learned",
                     "validation", "weight", "B/tok", "licence");
  const Json* sources = fields.find("sources");
  if (!sources || !sources->is_array()) fields.fail("sources", "a list of sources");
  for (const auto& entry : *sources) {
    Fields source(entry, fields.where() + ": sources");
    Fields train = source.object("train"), validation = source.object("validation");
    int64_t tokens = train.integer("tokens", 1, most), held = validation.integer("tokens", 0, most);
    auto share = static_cast<double>(train.integer("targets", 0, tokens)) / static_cast<double>(tokens);
    auto bytes = static_cast<double>(source.integer("bytes", 0, most)) / static_cast<double>(tokens + held);
    out += fmt::format("{:<12} {:>10} {:>12} {:>8.1f}% {:>12} {:>7.3g} {:>7.2f}  {}\n", source.string("name"),
                       format_thousands(train.integer("documents", 1, most)), format_thousands(tokens), 100 * share,
                       format_thousands(held), source.number("weight", 0, 1e18), bytes, source.string("licence"));
  }
  return out;
}

void print(const Json& description, const DataFlags& flags, const std::filesystem::path& folder) {
  std::string whole = table(description, folder);  // even for --json: what is damaged is not printed
  fmt::print("{}", flags.json ? dump(description) + "\n" : whole);
}

int build(const DataFlags& flags) {
  auto recipe = data::read_data_recipe(flags.recipe);
  int threads = flags.threads > 0 ? flags.threads : available_threads();
  print(data::build_dataset(recipe, flags.out, threads), flags, flags.out);
  return 0;
}

int stats(const DataFlags& flags) {
  print(data::read_dataset(flags.folder).description, flags, flags.folder);
  return 0;
}

// What of a document is learned is underlined by a line of its own: given text first, then "→" and the learned text.
std::string shown(const data::Shard& shard, int64_t document, const text::Tokenizer& tokenizer) {
  std::string out;
  int64_t begin = shard.start(document), end = begin + shard.length(document);
  for (int64_t at = begin; at < end;) {
    bool learned = shard.learned(at);
    std::vector<int32_t> ids;
    for (; at < end && shard.learned(at) == learned; ++at) ids.push_back(shard.token(at));
    out += fmt::format("{}{}\n", learned ? "  learned: " : "  given:   ", tokenizer.decode(ids));
  }
  return out;
}

int show(const DataFlags& flags) {
  auto dataset = data::read_dataset(flags.folder);
  auto tokenizer = text::Tokenizer::load(flags.folder);
  std::vector<std::string> names;
  for (const auto& source : flags.split == "train" ? dataset.train : dataset.validation) {
    names.push_back(source.name);
    if (!flags.source.empty() && source.name != flags.source) continue;
    for (int64_t i = 0; i < flags.n; ++i) {
      Random random = Random::named(flags.seed, "show " + source.name, static_cast<uint64_t>(i));
      data::Shard shard(source.shards[random.below(source.shards.size())]);
      auto document = static_cast<int64_t>(random.below(static_cast<uint64_t>(shard.documents())));
      fmt::print("{} document {} ({} tokens)\n{}\n", source.name, document, shard.length(document),
                 shown(shard, document, tokenizer));
    }
  }
  if (!flags.source.empty() && std::find(names.begin(), names.end(), flags.source) == names.end())
    throw Error(ErrorKind::usage, fmt::format("the data has no source '{}'", printable(flags.source)),
                unknown_name_hint(flags.source, names));
  return 0;
}

Registration data_command(training, "data", "Build and look at training data", [](CLI::App& command) {
  auto flags = std::make_shared<DataFlags>();
  command.require_subcommand(1);
  auto* build_command = command.add_subcommand("build", "Make tokenizer and token shards from a recipe");
  build_command->add_option("RECIPE", flags->recipe, "a recipe of data (TOML)")->required();
  build_command
      ->add_option("--out", flags->out, "folder to write: new, empty or of an earlier build, which it replaces")
      ->required();
  build_command->add_option("--threads", flags->threads, "default: the cores that this process may use")
      ->check(CLI::Range(1, 1024));
  build_command->add_flag("--json", flags->json, "print data.json");
  auto* stats_command = command.add_subcommand("stats", "What a folder of data holds");
  stats_command->add_option("DIR", flags->folder, "folder that build made")->required();
  stats_command->add_flag("--json", flags->json, "print data.json");
  auto* show_command = command.add_subcommand("show", "Print documents drawn at random");
  show_command->add_option("DIR", flags->folder, "folder that build made")->required();
  show_command->add_option("--n", flags->n, "documents a source")->check(CLI::Range(1, 100000));
  show_command->add_option("--source", flags->source, "only this source");
  show_command->add_option("--split", flags->split, "train or validation")
      ->check(CLI::IsMember({"train", "validation"}));
  show_command->add_option("--seed", flags->seed, "which documents");
  build_command->footer("Example:\n  octet data build recipes/data/octet-mini.toml --out runs/data-mini");
  stats_command->footer("Example:\n  octet data stats runs/data-mini");
  show_command->footer("Example:\n  octet data show runs/data-mini --n 3 --source tasks");
  command.footer(
      "Example:\n  octet data build recipes/data/octet-mini.toml --out runs/data-mini\n"
      "  octet data show runs/data-mini --n 3 --source tasks");
  return [flags, build_command, stats_command] {
    if (build_command->parsed()) return build(*flags);
    return stats_command->parsed() ? stats(*flags) : show(*flags);
  };
});

}  // namespace data_command
}  // namespace octet::app
