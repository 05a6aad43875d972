#include "octet/text/bpe/trainer.h"

#include <algorithm>
#include <queue>
#include <unordered_set>

#include "octet/base/error.h"
#include "octet/base/utf8.h"
#include "octet/text/bpe/byte_alphabet.h"
#include "octet/text/bpe/trained_file.h"

namespace octet::text {

namespace {

struct Pair {
  int32_t left, right;
  auto operator<=>(const Pair&) const = default;
};

struct PairHash {
  size_t operator()(const Pair& p) const {
    uint64_t key = uint64_t{static_cast<uint32_t>(p.left)} << 32 | static_cast<uint32_t>(p.right);
    key *= 0x9E3779B97F4A7C15u;
    return key ^ key >> 29;
  }
};

struct Word {
  std::vector<int32_t> ids;
  int64_t count;
};

struct PairState {
  int64_t count = 0;
  bool refused = false;
  std::vector<uint32_t> words;  // those that hold it, perhaps twice or no longer
};

// A pair with the count it had when it was queued: more frequent first, then the smaller ids.
struct Queued {
  int64_t count;
  Pair pair;
  bool operator<(const Queued& other) const { return count != other.count ? count < other.count : pair > other.pair; }
};

class Learner {
 public:
  Learner(std::vector<std::string> spellings, std::vector<Word> words)
      : spellings_(std::move(spellings)), words_(std::move(words)) {
    known_.insert(spellings_.begin(), spellings_.end());
    for (size_t w = 0; w < words_.size(); ++w) count_pairs(static_cast<uint32_t>(w), 1);
    for (const auto& [pair, state] : pairs_) queue_.push({state.count, pair});
  }

  // Merges the most frequent pair; false if none is frequent enough.
  bool step(int64_t min_frequency) {
    while (!queue_.empty()) {
      Queued top = queue_.top();
      queue_.pop();
      auto found = pairs_.find(top.pair);
      if (found == pairs_.end() || found->second.refused) continue;
      int64_t now = found->second.count;
      if (now == top.count) {
        if (now < min_frequency) return false;
        if (merge(top.pair)) return true;
      } else if (now > 0 && now < top.count) {
        queue_.push({now, top.pair});
      }  // a count that grew was queued again when it did
    }
    return false;
  }

  const std::vector<std::string>& spellings() const { return spellings_; }
  const std::vector<MergedPair>& merges() const { return merges_; }

 private:
  void count_pairs(uint32_t w, int sign) {
    const Word& word = words_[w];
    for (size_t i = 0; i + 1 < word.ids.size(); ++i) {
      PairState& state = pairs_[{word.ids[i], word.ids[i + 1]}];
      state.count += sign * word.count;
      if (sign > 0 && (state.words.empty() || state.words.back() != w)) state.words.push_back(w);
    }
  }

  // False if a token is spelled so already: an added token, or the result of other merges.
  bool merge(Pair pair) {
    std::string spelling = spellings_[static_cast<size_t>(pair.left)] + spellings_[static_cast<size_t>(pair.right)];
    PairState& state = pairs_[pair];
    auto merged = static_cast<int32_t>(spellings_.size());
    if (!known_.insert(spelling).second) {
      state.refused = true;
      return false;
    }
    spellings_.push_back(std::move(spelling));
    merges_.push_back({pair.left, pair.right});
    std::vector<uint32_t> words = std::move(state.words);
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    std::vector<Pair> grown;
    for (uint32_t w : words) merge_in(w, pair, merged, grown);
    std::sort(grown.begin(), grown.end());
    grown.erase(std::unique(grown.begin(), grown.end()), grown.end());
    for (const Pair& each : grown) queue_.push({pairs_[each].count, each});
    pairs_.erase(pair);
    return true;
  }

  void merge_in(uint32_t w, Pair pair, int32_t merged, std::vector<Pair>& grown) {
    std::vector<int32_t>& ids = words_[w].ids;
    std::vector<int32_t> result;
    for (size_t i = 0; i < ids.size(); ++i) {
      bool here = i + 1 < ids.size() && ids[i] == pair.left && ids[i + 1] == pair.right;
      result.push_back(here ? merged : ids[i]);
      if (here) ++i;
    }
    if (result.size() == ids.size()) return;
    count_pairs(w, -1);
    ids = std::move(result);
    count_pairs(w, 1);
    for (size_t i = 0; i + 1 < ids.size(); ++i)
      if (ids[i] == merged || ids[i + 1] == merged) grown.push_back({ids[i], ids[i + 1]});
  }

  std::vector<std::string> spellings_;
  std::vector<Word> words_;
  std::unordered_set<std::string> known_;
  std::unordered_map<Pair, PairState, PairHash> pairs_;
  std::priority_queue<Queued> queue_;
  std::vector<MergedPair> merges_;
};

std::vector<SplitRule> single_digit_rules() {
  std::vector<SplitRule> rules = deepseek_rules();
  rules[0].pattern = R"(\p{N})";
  return rules;
}

std::vector<AddedToken> numbered(std::vector<AddedToken> tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) tokens[i].id = static_cast<int32_t>(i);
  return tokens;
}

}  // namespace

std::vector<AddedToken> deepseek_added_tokens() {
  return {{.content = "<｜begin▁of▁sentence｜>", .special = true},
          {.content = "<｜end▁of▁sentence｜>", .special = true},
          {.content = "<｜▁pad▁｜>", .special = true},
          {.content = "<｜User｜>"},
          {.content = "<｜Assistant｜>"},
          {.content = "<｜tool▁calls▁begin｜>"},
          {.content = "<｜tool▁calls▁end｜>"},
          {.content = "<｜tool▁call▁begin｜>"},
          {.content = "<｜tool▁call▁end｜>"},
          {.content = "<｜tool▁outputs▁begin｜>"},
          {.content = "<｜tool▁outputs▁end｜>"},
          {.content = "<｜tool▁output▁begin｜>"},
          {.content = "<｜tool▁output▁end｜>"},
          {.content = "<｜tool▁sep｜>"},
          {.content = "<think>"},
          {.content = "</think>"}};
}

Trainer::Trainer(TrainerOptions options)
    : options_(std::move(options)),
      finder_(numbered(options_.added_tokens)),
      splitter_(single_digit_rules(), "tokenizer trainer") {
  int64_t least = static_cast<int64_t>(options_.added_tokens.size()) + 256;
  if (options_.vocab_size < least)
    throw Error(ErrorKind::usage,
                fmt::format("a vocabulary of {} cannot hold 256 bytes and {} added tokens", options_.vocab_size,
                            options_.added_tokens.size()),
                fmt::format("ask for at least {}", least));
  std::unordered_set<std::string_view> seen;
  for (const AddedToken& token : options_.added_tokens) {
    if (token.content.empty() || !utf8::is_valid(token.content) ||
        unspell_bytes(token.content).value_or("").size() == 1)
      throw Error(ErrorKind::config, fmt::format("an added token cannot be '{}'", printable(token.content)),
                  "added tokens are UTF-8 text of more than one character");
    if (!seen.insert(token.content).second)
      throw Error(ErrorKind::config, fmt::format("the added token '{}' is given twice", printable(token.content)));
  }
}

void Trainer::add(std::string_view document) {
  std::string mended;
  if (!utf8::is_valid(document)) document = mended = utf8::replace_invalid(document);
  std::vector<AddedTokenFinder::Part> parts;
  finder_.cut(document, parts);
  std::vector<Splitter::Piece> pieces;
  std::string key;
  for (const auto& part : parts) {
    if (part.id >= 0) continue;
    pieces.clear();
    splitter_.split(part.text, pieces);
    for (auto [begin, end] : pieces) {
      key.assign(part.text.substr(begin, end - begin));
      ++pieces_[key];
    }
  }
}

Json Trainer::train(const std::function<void(int64_t, int64_t)>& progress) const {
  std::vector<std::string> spellings;
  for (const AddedToken& token : options_.added_tokens) spellings.push_back(token.content);
  // The 256 bytes in the order of their characters, as tokenizer files have them: "!" first.
  std::vector<std::pair<std::string, size_t>> bytes;
  for (size_t b = 0; b < 256; ++b) bytes.emplace_back(byte_alphabet()[b], b);
  std::sort(bytes.begin(), bytes.end());
  std::array<int32_t, 256> id_of_byte{};
  for (const auto& [spelling, byte] : bytes) {
    id_of_byte[byte] = static_cast<int32_t>(spellings.size());
    spellings.push_back(spelling);
  }
  std::vector<Word> words;
  for (const auto& [piece, count] : pieces_) {
    Word word{.ids = {}, .count = count};
    for (char b : piece) word.ids.push_back(id_of_byte[static_cast<unsigned char>(b)]);
    if (word.ids.size() > 1) words.push_back(std::move(word));
  }
  Learner learner(std::move(spellings), std::move(words));
  int64_t wanted = options_.vocab_size - static_cast<int64_t>(learner.spellings().size());
  for (int64_t done = 0; done < wanted && learner.step(options_.min_frequency);) {
    ++done;
    if (progress) progress(done, wanted);
  }
  return trained_file({options_.added_tokens, learner.spellings(), learner.merges(), single_digit_rules()});
}

}  // namespace octet::text
