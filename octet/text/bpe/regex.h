// The regular expressions of tokenizers, for whole texts at speed.
//
// The language is the part of Oniguruma's that split patterns use, with its meaning: leftmost match, first alternative
// first. Literals, escapes (\r \n \t \v \f \\ \xHH \uHHHH and any punctuation), sets with ranges, nested sets and &&,
// \p{..} \P{..} \s \S \d \D \w \W, the dot, alternatives, (?:..), (?i:..), (?=..), (?!..), ? * + {m,n} on one character
// (also lazy and possessive) and ? on a group. Anything else is refused by name, as is a pattern that can match
// nothing.
//
// Patterns that are used together share one Alphabet: the code points fall into few classes that no set of theirs tells
// apart. A text is turned into classes once (a byte for each byte of the text), and all patterns run on these.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "octet/text/bpe/unicode.h"

namespace octet::text {

// The classes of all patterns that run on one text. At most 255 of them.
class Alphabet {
 public:
  explicit Alphabet(const std::vector<CodePointSet>& sets, const std::string& where);

  // classes[i] is the class of the character that byte i of `text` (valid UTF-8) belongs to.
  void classify(std::string_view text, uint8_t* classes) const;
  uint8_t class_of(char32_t c) const { return blocks_[first_[c / block] * block + c % block]; }

  // By class, whether set number `set` of the constructor's holds it.
  using Members = std::array<bool, 256>;
  const Members& members(size_t set) const { return members_[set]; }

 private:
  static constexpr size_t block = 128;
  std::vector<uint16_t> first_;  // code point / block → which block of blocks_
  std::vector<uint8_t> blocks_;  // the classes of `block` code points, equal blocks once
  std::vector<Members> members_;
};

// One compiled pattern.
class Regex {
 public:
  // Compiles patterns that share an alphabet. Error{unsupported} or Error{config} naming `where` and the pattern.
  static std::vector<Regex> compile(const std::vector<std::string>& patterns, const std::string& where,
                                    std::shared_ptr<const Alphabet>& alphabet);

  // A text being matched; `begin`, `end` bound what the pattern can see.
  struct Input {
    const char* text;
    const uint8_t* classes;
    size_t end;
  };
  struct Match {
    size_t begin, end;
  };
  // The first match that begins at `from` or later; {end, end} if there is none. `from` lies on a character's
  // beginning. Error{config} if the pattern tries without end on this text.
  Match find(const Input& input, size_t from) const;

 private:
  enum class Kind : uint8_t { accept, one, greedy, lazy, possessive, either, look, look_not };
  struct Step {
    Kind kind = Kind::accept;
    uint32_t next = 0;                    // the step that follows a success
    const bool* members = nullptr;        // one and the repeats: by class
    uint32_t least = 0, most = 0;         // repeats: how many characters
    uint32_t inner = 0;                   // look: the first step of what is looked at
    std::vector<uint32_t> branches = {};  // either: first steps, in order, at most 64
    std::array<uint64_t, 256> viable{};   // either: by class, a bit for each branch that can begin with it
  };
  class Compiler;
  size_t match(uint32_t step, const Input& input, size_t at, int64_t& budget) const;
  size_t repeat(const Step& step, const Input& input, size_t at, int64_t& budget) const;

  std::vector<Step> steps_;
  uint32_t start_ = 0;
  Alphabet::Members opening_{};               // by class, whether a match can begin with it
  std::shared_ptr<const Alphabet> alphabet_;  // owns the members
  std::string pattern_;
};

}  // namespace octet::text
