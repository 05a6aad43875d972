#include "octet/data/wordnet.h"

#include <charconv>

#include "octet/base/error.h"

namespace octet::data {
namespace {

// The fields of a line, one after the other.
class Line {
 public:
  Line(std::string_view text, std::string_view where, int64_t number) : rest_(text), where_(where), number_(number) {}

  std::string_view word() {
    size_t begin = rest_.find_first_not_of(' ');
    if (begin == std::string_view::npos) fail("it ends early");
    size_t end = std::min(rest_.find(' ', begin), rest_.size());
    std::string_view found = rest_.substr(begin, end - begin);
    rest_.remove_prefix(end);
    return found;
  }

  int64_t number(int base) {
    std::string_view text = word();
    int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) fail("expected a number");
    return value;
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw Error(ErrorKind::file, fmt::format("{} line {}: not of WordNet's form: {}", where_, number_, what));
  }

 private:
  std::string_view rest_, where_;
  int64_t number_;
};

std::string without_marks(std::string_view word) {
  size_t marker = word.find('(');  // "able(p)": where the adjective may stand
  std::string out(word.substr(0, marker));
  for (char& c : out)
    if (c == '_') c = ' ';
  return out;
}

// The part before the first example or second definition.
std::string first_definition(std::string_view gloss) {
  size_t end = std::min(gloss.find(';'), gloss.find('"'));
  std::string_view text = gloss.substr(0, end);
  size_t first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t:,");
  return first == std::string_view::npos ? "" : std::string(text.substr(first, last - first + 1));
}

Synset parse_line(std::string_view text, std::string_view where, int64_t number) {
  size_t bar = text.find(" | ");
  Line line(text.substr(0, bar), where, number);
  if (bar == std::string_view::npos) line.fail("no gloss");
  Synset synset;
  synset.offset = line.number(10);
  synset.lex_file = static_cast<int>(line.number(10));
  synset.type = line.word()[0];
  int64_t words = line.number(16);
  for (int64_t i = 0; i < words; ++i) {
    synset.words.push_back(without_marks(line.word()));
    line.word();
  }
  synset.pointers = line.number(10);
  for (int64_t i = 0; i < synset.pointers; ++i) {
    std::string_view symbol = line.word();
    int64_t target = line.number(10);
    line.word();
    line.word();
    if ((symbol == "@" || symbol == "@i") && synset.hypernym == 0) synset.hypernym = target;
  }
  std::string_view gloss = text.substr(bar + 3);
  synset.definition = first_definition(gloss);
  for (std::string_view mark : {"offensive", "slur", "obscene", "vulgar", "derogatory", "disparag"})
    synset.rude = synset.rude || gloss.find(mark) != std::string_view::npos;
  return synset;
}

}  // namespace

std::vector<Synset> parse_wordnet(std::string_view text, std::string_view where) {
  std::vector<Synset> out;
  int64_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.starts_with("  ") || line.find_first_not_of(" \r") == std::string_view::npos) continue;
    out.push_back(parse_line(line, where, number));
  }
  return out;
}

}  // namespace octet::data
