// Questions and answers from WordNet: "What is a heron?" "A heron is a grey or white wading bird with …".
#include <cctype>
#include <set>
#include <unordered_map>

#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/data/chat_format.h"
#include "octet/data/packages.h"
#include "octet/data/wordnet.h"
#include "octet/tasks/wording.h"

namespace octet::data {
namespace {

constexpr const char* folder = "/usr/share/wordnet";

struct Entry {
  std::string word, kind, definition;  // kind: what it is a kind of, "" if unknown
  char type;
  bool countable;
  int64_t weight;
};

bool plain_word(std::string_view word) {
  if (word.size() < 3 || word.size() > 16) return false;
  for (char c : word)
    if (!std::islower(static_cast<unsigned char>(c))) return false;
  return true;
}

// Animals, artefacts, parts of the body, food, groups, natural objects, persons and plants are mostly things one
// counts.
bool counted(const Synset& synset) {
  static const std::set<int> files = {5, 6, 8, 14, 17, 18, 20};
  return synset.type == 'n' && files.contains(synset.lex_file);
}

std::string article(std::string_view word) {
  bool vowel = std::string_view("aeiouAEIOU").find(word[0]) != std::string_view::npos;
  for (std::string_view sounds_like_you : {"uni", "use", "eu", "Eu", "one", "ubi"})
    vowel = vowel && !word.starts_with(sounds_like_you);
  return vowel ? "an " : "a ";
}

// A definition as the end of "A heron is …": with an article where it begins with a bare noun or adjective.
std::string as_predicate(const std::string& definition) {
  static const std::set<std::string, std::less<>> complete = {
      "a",        "an",     "the",   "any",     "one",   "someone", "something", "some",     "each",
      "all",      "either", "that",  "what",    "those", "it",      "he",        "she",      "of",
      "in",       "on",     "to",    "being",   "used",  "having",  "made",      "not",      "no",
      "every",    "two",    "three", "several", "many",  "people",  "things",    "whatever", "whoever",
      "anything", "anyone", "this",  "his",     "her",   "your",    "usually",   "(of"};
  std::string first = definition.substr(0, definition.find(' '));
  if (complete.contains(first) || first.ends_with("ing") || first.ends_with("ed") || first.starts_with("("))
    return definition;
  std::string last = definition.substr(definition.rfind(' ') + 1);
  for (const auto& word : {first, last})
    if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us")) return definition;
  return article(definition) + definition;
}

int64_t read_tag_counts(std::unordered_map<std::string, int64_t>& counts, const std::string& text) {
  // "sense_key sense_number tag_count"; the key's lemma ends at '%'.
  int64_t lines = 0;
  for (size_t begin = 0; begin < text.size(); ++lines) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line(text.data() + begin, end - begin);
    begin = end + 1;
    size_t percent = line.find('%'), space = line.rfind(' ');
    if (percent == std::string_view::npos || space == std::string_view::npos) continue;
    int64_t count = 0;
    for (char c : line.substr(space + 1))
      if (c >= '0' && c <= '9' && count < 1000000) count = count * 10 + (c - '0');
    counts[std::string(line.substr(0, percent))] += count;
  }
  return lines;
}

// One entry a word: its most common sense is the one that stands first in index.POS.
std::unordered_map<std::string, int64_t> first_senses(const std::string& text) {
  // "lemma pos synset_cnt p_cnt [symbols] sense_cnt tagsense_cnt offset [offset …]"
  std::unordered_map<std::string, int64_t> first;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line(text.data() + begin, end - begin);
    begin = end + 1;
    if (line.starts_with(' ')) continue;
    std::vector<std::string> fields;
    for (size_t at = 0; at < line.size();) {
      size_t stop = std::min(line.find(' ', at), line.size());
      if (stop > at) fields.emplace_back(line.substr(at, stop - at));
      at = stop + 1;
    }
    if (fields.size() < 5) continue;
    size_t offset = 4 + static_cast<size_t>(std::atoll(fields[3].c_str())) + 2;
    if (offset < fields.size()) first[fields[0]] = std::atoll(fields[offset].c_str());
  }
  return first;
}

void add_entries(std::vector<Entry>& entries, const std::string& part,
                 const std::unordered_map<std::string, int64_t>& counts) {
  fs::path data = fs::path(folder) / ("data." + part), index = fs::path(folder) / ("index." + part);
  need_package(data, "wordnet-base");
  need_package(index, "wordnet-base");
  auto synsets = parse_wordnet(read_file(data), data.string());
  auto first = first_senses(read_file(index));
  std::unordered_map<int64_t, const Synset*> by_offset;
  for (const auto& synset : synsets) by_offset[synset.offset] = &synset;
  for (const auto& synset : synsets) {
    if (synset.rude || synset.definition.size() < 8 || synset.definition.size() > 150) continue;
    std::string kind;
    if (auto above = by_offset.find(synset.hypernym); above != by_offset.end()) kind = above->second->words[0];
    for (const auto& word : synset.words) {
      auto sense = first.find(word);
      if (!plain_word(word) || sense == first.end() || sense->second != synset.offset) continue;
      auto count = counts.find(word);
      int64_t weight = synset.pointers + 3 * (count == counts.end() ? 0 : std::min<int64_t>(count->second, 100));
      entries.push_back({word, kind, synset.definition, synset.type, counted(synset), weight});
    }
  }
}

std::vector<Entry> read_entries(int64_t words) {
  fs::path counts_file = fs::path(folder) / "cntlist.rev";
  need_package(counts_file, "wordnet-base");
  std::unordered_map<std::string, int64_t> counts;
  read_tag_counts(counts, read_file(counts_file));
  std::vector<Entry> entries;
  for (const char* part : {"noun", "verb", "adj"}) add_entries(entries, part, counts);
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.weight > b.weight; });
  if (words > 0 && static_cast<int64_t>(entries.size()) > words) entries.resize(static_cast<size_t>(words));
  if (entries.empty())
    throw Error(ErrorKind::file, fmt::format("{} holds no words", folder), "apt-get install --reinstall wordnet-base");
  return entries;
}

std::string capitalised(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

// {t}: "a heron", "happiness", "to run"; {w}: the bare word.
const tasks::Wordings& definition_questions() {
  static const tasks::Wordings all = {
      {"(What is|What's|whats) {t}?", "(What does|What does the word) ('{w}'|{w}|\"{w}\") mean?",
       "(Define|Explain) (the word |){w}(.|)",
       "(What is|Give me|Tell me) the (meaning|definition) of ('{w}'|{w}|the word {w})(?|.)",
       "(Can|Could) you (explain|define) (the word |){w}?", "(Tell me|Say) what {t} (is|means)(.|)",
       "(Do you know|Explain|I want to know) what {t} is(?|.)", "meaning of {w}",
       "What do (you|people) (call|mean by) {t}?", "{w}(?| meaning?| definition)"},
      {"How would a dictionary put {t}?", "hey whats {t} again", "My child asked me about {t}. What is it?"}};
  return all;
}

const tasks::Wordings& kind_questions() {
  static const tasks::Wordings all = {
      {"What (kind|sort|type) of (thing|) is {t}?", "(To which|To what) (kind|group) (of things |)does {t} belong?",
       "{t} is a kind of what?", "What (kind|sort) of thing do you call {t}?",
       "Is {t} (a kind of|a sort of) something?"},
      {"Under which heading would {t} be found?", "hey {t} is what sort of thing"}};
  return all;
}

Document question_and_answer(const Entry& e, uint64_t seed, int64_t index) {
  Random random = Random::named(seed, "wordnet", static_cast<uint64_t>(index));
  std::string thing = e.type == 'v' ? "to " + e.word : e.countable ? article(e.word) + e.word : e.word;
  std::string question, answer;
  bool by_kind = e.type == 'n' && !e.kind.empty() && random.chance(0.2);
  question = tasks::ask(by_kind ? kind_questions() : definition_questions(), random, tasks::Split::train,
                        {{"t", thing}, {"w", e.word}});
  if (by_kind)
    answer = fmt::format("{} is a kind of {}.", capitalised(thing), e.kind);
  else if (e.type == 'n')
    answer = fmt::format("{} is {}.", capitalised(thing), as_predicate(e.definition));
  else
    answer = fmt::format("{} means {}{}.", capitalised(thing), e.type == 'v' ? "to " : "", e.definition);
  return render_chat({{"user", question}, {"assistant", answer}}, "wordnet");
}

}  // namespace

Corpus wordnet_corpus(std::string name, int64_t words, uint64_t seed) {
  // Two documents a word, so that each is met in two wordings.
  auto entries = std::make_shared<std::vector<Entry>>(read_entries(words));
  auto n = static_cast<int64_t>(entries->size());
  return {std::move(name), "WordNet 3.0, Princeton University (WordNet licence)", 2 * n, [entries, n, seed](int64_t i) {
            return question_and_answer((*entries)[static_cast<size_t>(i % n)], seed, i);
          }};
}

}  // namespace octet::data
