// tokenizer.json (or tiktoken.model, tiktoken_file.h) as read: what a byte-level BPE tokenizer needs, checked as far as
// one look at the file can.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/text/bpe/added_tokens.h"
#include "octet/text/bpe/split.h"

namespace octet::text {

struct TokenizerFile {
  std::vector<SplitRule> rules;
  std::vector<AddedToken> added_tokens;
  std::vector<std::pair<std::string, int32_t>> vocab;       // spelling, id
  std::vector<std::pair<std::string, std::string>> merges;  // spellings, by rank
  bool ignore_merges = false;                               // a piece that is in the vocabulary is its token
  // tiktoken's rule, with `merges` empty: any two tokens that together spell a token merge, the lowest id first.
  bool merges_by_id = false;
};

// Ids lie below this: more than any vocabulary has, and a table of that size is no burden.
constexpr int64_t max_token_ids = int64_t{1} << 22;

// Reads the file as a stream of events: its vocabulary and merges, nearly all of it, go straight into their lists.
TokenizerFile read_tokenizer_file(const fs::path& path);
TokenizerFile read_tokenizer_text(std::string_view text, const std::string& where);
TokenizerFile parse_tokenizer_file(const Json& file, const std::string& where);

}  // namespace octet::text
