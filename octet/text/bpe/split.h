// A text into the pieces whose bytes are merged: Hugging Face's "pre-tokenizers", as far as byte-level BPE uses them.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/json.h"
#include "octet/text/bpe/regex.h"

namespace octet::text {

// What becomes of a match and of what lies between matches; invert exchanges the two.
enum class SplitBehavior { isolated, removed, contiguous, merged_with_previous, merged_with_next };

struct SplitRule {
  std::string pattern;  // a regular expression
  SplitBehavior behavior = SplitBehavior::isolated;
  bool inverted = false;
};

// GPT-2's regex, which ByteLevel uses unless told not to; and DeepSeek-V3's chain.
extern const std::string_view gpt2_pattern;
std::vector<SplitRule> deepseek_rules();

// `text` itself if each of its characters stands for itself in a regular expression, else with escapes.
std::string escape_pattern(std::string_view text);

// Error{unsupported}: `where` holds `what`, which another kind of tokenizer would need.
[[noreturn]] void unimplemented(const std::string& where, const std::string& what);

// The rules of a tokenizer.json's "pre_tokenizer": Sequence, Split, Digits, and a ByteLevel at its end.
// Error{unsupported} or Error{config} that names what octet lacks.
std::vector<SplitRule> read_split_rules(const Json& pre_tokenizer, const std::string& where);

// Rules applied one after the other, each to every piece that the one before left. May be used by several threads.
class Splitter {
 public:
  Splitter() : Splitter({}, "") {}
  Splitter(const std::vector<SplitRule>& rules, const std::string& where);

  struct Piece {
    size_t begin, end;  // bytes; never empty
  };
  // Appends the pieces of `text` (valid UTF-8), in order.
  void split(std::string_view text, std::vector<Piece>& pieces) const;

 private:
  struct Text;
  void apply(size_t rule, const Text& text, Piece piece, std::vector<Piece>& out) const;
  void apply_merging(size_t rule, const Text& text, Piece piece, std::vector<Piece>& out) const;

  std::vector<SplitRule> rules_;
  std::vector<Regex> regexes_;
  std::shared_ptr<const Alphabet> alphabet_;
};

}  // namespace octet::text
