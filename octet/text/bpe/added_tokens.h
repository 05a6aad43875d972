// Tokens that are recognised in a text before it is split: <｜User｜> and its like.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "octet/text/bpe/unicode.h"

namespace octet::text {

struct AddedToken {
  std::string content;
  bool special = false;
  int32_t id = -1;
  bool normalized = false;              // looked for after those that are not
  bool single_word = false;             // not within or at a word
  bool lstrip = false, rstrip = false;  // takes the white space before, after
};

// Finds the leftmost and there the longest token, again and again. Immutable.
class AddedTokenFinder {
 public:
  AddedTokenFinder() : AddedTokenFinder(std::vector<AddedToken>{}) {}
  explicit AddedTokenFinder(std::vector<AddedToken> tokens);

  struct Part {
    std::string_view text;
    int32_t id;  // of the added token, -1: text between
  };
  // Appends the parts of `text` (valid UTF-8), in order.
  void cut(std::string_view text, std::vector<Part>& parts) const;

 private:
  struct TrieNode {
    int32_t token = -1;  // index into tokens_
    std::vector<std::pair<unsigned char, uint32_t>> children;
  };
  // One pass: tokens that are found in the text itself, or in what those left.
  struct Pass {
    std::vector<TrieNode> trie;
    std::array<bool, 256> first{};  // bytes that tokens begin with
    size_t firsts = 0;
    char only_first = 0;  // if there is but one
    void add(std::string_view content, int32_t token);
    size_t candidate(std::string_view text, size_t from) const;
    int32_t longest(std::string_view text, size_t at) const;  // index of the token, -1: none
  };
  void cut_pass(const Pass& pass, std::string_view text, std::vector<Part>& parts) const;
  bool at_word(std::string_view before, std::string_view after) const;

  std::vector<AddedToken> tokens_;
  Pass raw_, normalized_;
  CodePointSet word_;  // filled if a token needs it
};

}  // namespace octet::text
