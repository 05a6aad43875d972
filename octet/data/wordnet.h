// WordNet's data files (man wndb): one synset a line,
//   offset lex_filenum ss_type w_cnt word lex_id [word lex_id …] p_cnt [pointer …] [frames] | gloss
// w_cnt is hexadecimal, p_cnt decimal; a pointer is "symbol offset pos source/target"; the gloss is definitions and
// quoted examples, separated by "; ".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace octet::data {

struct Synset {
  int64_t offset = 0;
  int lex_file = 0;                // 5 animals, 6 artefacts, 18 persons, 20 plants …
  char type = 'n';                 // n, v, a, s, r
  std::vector<std::string> words;  // spaces in place of underscores
  int64_t hypernym = 0;            // offset of the first "@" pointer; 0: none
  int64_t pointers = 0;
  std::string definition;  // the first definition, without examples
  bool rude = false;       // the gloss calls the word offensive, vulgar or the like
};

// Error{file} naming `where` and the line for what is not of this form. Lines of the licence (which begin with two
// spaces) are left out.
std::vector<Synset> parse_wordnet(std::string_view text, std::string_view where);

}  // namespace octet::data
