#include "octet/text/bpe/split.h"

#include <fmt/format.h>

#include <algorithm>

#include "octet/base/error.h"

namespace octet::text {

const std::string_view gpt2_pattern = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

std::vector<SplitRule> deepseek_rules() {
  return {{.pattern = R"(\p{N}{1,3})"},
          {.pattern = "[一-龥぀-ゟ゠-ヿ]+"},
          {.pattern = R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+)"
                      "|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*"
                      "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"}};
}

void unimplemented(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::unsupported, fmt::format("{}: octet does not implement {}", where, what),
              "octet reads byte-level BPE tokenizers");
}

std::string escape_pattern(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (std::string_view(R"(\^$.|?*+()[]{}&-)").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

namespace {

constexpr size_t max_rules = 32;

SplitRule read_split(const Fields& fields) {
  SplitRule rule;
  Fields pattern = fields.object("pattern");
  if (pattern.has("Regex"))
    rule.pattern = pattern.string("Regex");
  else
    rule.pattern = escape_pattern(pattern.string("String"));
  pattern.finish();
  std::string behavior =
      fields.one_of("behavior", {"Isolated", "Removed", "Contiguous", "MergedWithPrevious", "MergedWithNext"});
  rule.behavior = behavior == "Isolated"             ? SplitBehavior::isolated
                  : behavior == "Removed"            ? SplitBehavior::removed
                  : behavior == "Contiguous"         ? SplitBehavior::contiguous
                  : behavior == "MergedWithPrevious" ? SplitBehavior::merged_with_previous
                                                     : SplitBehavior::merged_with_next;
  rule.inverted = fields.boolean_or("invert", false);
  fields.finish();
  return rule;
}

// Appends the rules of one pre-tokenizer; true if it was the ByteLevel that must come last.
bool read_one(const Json& value, const std::string& where, int depth, std::vector<SplitRule>& rules) {
  if (depth > 8 || rules.size() > max_rules)
    unimplemented(where, fmt::format("more than {} pre-tokenizers", max_rules));
  Fields fields(value, where);
  std::string type = fields.string("type");
  bool byte_level = false;
  if (type == "Sequence") {
    const Json* list = fields.find("pretokenizers");
    if (!list || !list->is_array()) fields.fail("pretokenizers", "a list");
    for (const Json& item : *list) {
      if (byte_level) unimplemented(where, "a pre-tokenizer after ByteLevel");
      byte_level = read_one(item, where, depth + 1, rules);
    }
  } else if (type == "Split") {
    rules.push_back(read_split(fields));
  } else if (type == "Digits") {
    bool single = fields.boolean_or("individual_digits", false);
    rules.emplace_back().pattern = single ? R"(\p{N})" : R"(\p{N}+)";
  } else if (type == "ByteLevel") {
    if (fields.boolean_or("add_prefix_space", true)) unimplemented(where, "ByteLevel with add_prefix_space");
    if (fields.boolean_or("use_regex", true)) rules.emplace_back().pattern = gpt2_pattern;
    fields.known({"trim_offsets"});  // about offsets, which octet does not give
    byte_level = true;
  } else {
    unimplemented(where, fmt::format("the pre-tokenizer {}", printable(type)));
  }
  fields.finish();
  return byte_level;
}

}  // namespace

std::vector<SplitRule> read_split_rules(const Json& pre_tokenizer, const std::string& where) {
  std::vector<SplitRule> rules;
  if (!read_one(pre_tokenizer, where, 0, rules))
    unimplemented(where, "tokenizers whose pre-tokenizer does not end in ByteLevel");
  return rules;
}

struct Splitter::Text {
  const char* bytes;
  const uint8_t* classes;
};

Splitter::Splitter(const std::vector<SplitRule>& rules, const std::string& where) : rules_(rules) {
  std::vector<std::string> patterns;
  for (const SplitRule& rule : rules) patterns.push_back(rule.pattern);
  regexes_ = Regex::compile(patterns, where, alphabet_);
}

void Splitter::split(std::string_view text, std::vector<Piece>& pieces) const {
  if (text.empty()) return;
  std::vector<uint8_t> classes(text.size());
  alphabet_->classify(text, classes.data());
  apply(0, {text.data(), classes.data()}, {0, text.size()}, pieces);
}

void Splitter::apply(size_t rule, const Text& text, Piece piece, std::vector<Piece>& out) const {
  if (rule == rules_.size()) {
    out.push_back(piece);
    return;
  }
  SplitBehavior behavior = rules_[rule].behavior;
  if (behavior != SplitBehavior::isolated && behavior != SplitBehavior::removed)
    return apply_merging(rule, text, piece, out);
  bool keep_matches = behavior == SplitBehavior::isolated || rules_[rule].inverted;
  bool keep_between = behavior == SplitBehavior::isolated || !rules_[rule].inverted;
  Regex::Input input{text.bytes, text.classes, piece.end};
  for (size_t at = piece.begin; at < piece.end;) {
    Regex::Match found = regexes_[rule].find(input, at);
    if (found.begin > at && keep_between) apply(rule + 1, text, {at, found.begin}, out);
    if (found.end > found.begin && keep_matches) apply(rule + 1, text, {found.begin, found.end}, out);
    at = found.end;
  }
}

// The behaviours that join neighbours: all parts first, then what they become.
void Splitter::apply_merging(size_t rule, const Text& text, Piece piece, std::vector<Piece>& out) const {
  struct Part {
    Piece piece;
    bool match;
  };
  std::vector<Part> parts, joined;
  Regex::Input input{text.bytes, text.classes, piece.end};
  bool inverted = rules_[rule].inverted;
  for (size_t at = piece.begin; at < piece.end;) {
    Regex::Match found = regexes_[rule].find(input, at);
    if (found.begin > at) parts.push_back({{at, found.begin}, inverted});
    if (found.end > found.begin) parts.push_back({{found.begin, found.end}, !inverted});
    at = found.end;
  }
  bool backwards = rules_[rule].behavior == SplitBehavior::merged_with_next;
  bool contiguous = rules_[rule].behavior == SplitBehavior::contiguous;
  if (backwards) std::reverse(parts.begin(), parts.end());
  bool before = false;
  for (const Part& part : parts) {
    bool join = !joined.empty() && (contiguous ? part.match == before : part.match && !before);
    if (!join)
      joined.push_back(part);
    else if (backwards)
      joined.back().piece.begin = part.piece.begin;
    else
      joined.back().piece.end = part.piece.end;
    before = part.match;
  }
  if (backwards) std::reverse(joined.begin(), joined.end());
  for (const Part& part : joined) apply(rule + 1, text, part.piece, out);
}

}  // namespace octet::text
