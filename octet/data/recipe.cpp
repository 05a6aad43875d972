#include "octet/data/recipe.h"

#include <set>

#include "octet/base/error.h"
#include "octet/base/json.h"
#include "octet/base/units.h"
#include "octet/data/chat_format.h"
#include "octet/data/files.h"
#include "octet/data/packages.h"
#include "octet/tasks/conversation.h"

namespace octet::data {
namespace {

std::vector<double> family_shares(const Fields& source) {
  std::vector<double> shares;
  auto given = source.object_or_none("shares");
  double total = 0;
  for (const auto& family : tasks::families()) {
    shares.push_back(given ? given->number_or(family, 0, 1e6, 0) : 1);
    total += shares.back();
  }
  if (given) given->finish();
  if (!(total > 0)) source.fail("shares", "at least one family with a share above 0");
  return shares;
}

Corpus tasks_corpus(std::string name, std::vector<double> shares, uint64_t seed) {
  return {name, "made by octet, Apache-2.0", -1, [shares = std::move(shares), seed, name](int64_t i) {
            Random random = Random::named(seed, name, static_cast<uint64_t>(i));
            return render_chat(tasks::conversation(random, shares), name);
          }};
}

std::vector<std::filesystem::path> files_of(const Fields& source, const std::filesystem::path& beside) {
  std::vector<std::filesystem::path> files;
  for (const auto& file : source.strings_or("files", {})) files.push_back(beside / file);
  if (files.empty()) source.fail("files", "a list of files");
  return files;
}

SourceRecipe read_source(const Fields& source, const std::filesystem::path& beside, uint64_t seed) {
  static const std::vector<std::string> kinds = {"tasks", "wordnet", "bible", "python-doc", "text", "jsonl"};
  SourceRecipe out;
  std::string kind = source.one_of("kind", kinds), name = source.string_or("name", kind);
  bool plain = !name.empty() && name.size() <= 60;
  for (char c : name) plain = plain && (std::isalnum(static_cast<unsigned char>(c)) || c == '-');
  if (!plain) source.fail("name", "letters, digits and '-'");
  out.weight = source.number_or("weight", 0, 1e9, 0);
  if (kind == "tasks") {
    out.tokens = parse_count(source.string("tokens"), source.where() + ": tokens");
    out.corpus = tasks_corpus(name, family_shares(source), seed);
  } else if (kind == "wordnet") {
    out.corpus = wordnet_corpus(name, source.integer_or("words", 0, 1000000, 0), seed);
  } else if (kind == "bible") {
    out.corpus = bible_corpus(name);
  } else if (kind == "python-doc") {
    out.corpus = python_doc_corpus(name, source.strings_or("folders", {"tutorial", "faq", "howto", "reference"}));
  } else if (kind == "text") {
    int64_t bytes = source.integer_or("document_bytes", 64, int64_t{1} << 30, 16384);
    out.corpus = text_corpus(name, source.string_or("licence", "unknown"), files_of(source, beside), bytes);
  } else {
    out.corpus = jsonl_corpus(name, source.string_or("licence", "unknown"), files_of(source, beside));
  }
  source.finish();
  return out;
}

}  // namespace

DataRecipe read_data_recipe(const std::filesystem::path& path) {
  Json json = read_toml(path);
  Fields fields(json, path.string());
  DataRecipe recipe;
  recipe.name = fields.string_or("name", path.stem().string());
  recipe.seed = static_cast<uint64_t>(fields.integer_or("seed", 0, int64_t{1} << 53, 1));
  recipe.vocab_size = static_cast<int32_t>(fields.integer_or("vocab_size", 272, 1 << 20, 2048));
  if (std::string folder = fields.string_or("tokenizer", ""); !folder.empty())
    recipe.tokenizer = path.parent_path() / folder;
  recipe.tokenizer_bytes = fields.integer_or("tokenizer_bytes", 1000, int64_t{1} << 40, recipe.tokenizer_bytes);
  recipe.context = fields.integer_or("context", 2, int64_t{1} << 30, recipe.context);
  recipe.validation = fields.number_or("validation", 0, 0.5, recipe.validation);
  const Json* sources = fields.find("source");
  if (!sources || !sources->is_array() || sources->empty()) fields.fail("source", "at least one [[source]]");
  fields.finish();
  std::set<std::string> names;
  for (size_t i = 0; i < sources->size(); ++i) {
    Fields source((*sources)[i], fmt::format("{}: source {}", path.string(), i + 1));
    recipe.sources.push_back(read_source(source, path.parent_path(), recipe.seed));
    if (!names.insert(recipe.sources.back().corpus.name).second) source.fail("name", "a name that no other source has");
  }
  return recipe;
}

}  // namespace octet::data
