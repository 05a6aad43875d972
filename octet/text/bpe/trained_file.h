// What the trainer learned, as a tokenizer.json.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/text/bpe/added_tokens.h"
#include "octet/text/bpe/split.h"

namespace octet::text {

struct MergedPair {
  int32_t left, right;
};

struct TrainedVocabulary {
  std::vector<AddedToken> added_tokens;  // ids 0, 1, 2, …
  std::vector<std::string> spellings;    // by id, added tokens first
  std::vector<MergedPair> merges;        // in the order of their ranks
  std::vector<SplitRule> rules;          // isolated splits
};

Json trained_file(const TrainedVocabulary& vocabulary);

}  // namespace octet::text
