// Makes a byte-level BPE tokenizer from text, and writes it as Hugging Face's tokenizer.json + tokenizer_config.json.
//
// The pieces that are counted come from DeepSeek-V3's chain of split regexes, with digits one by one. The most frequent
// pair is merged first; among equally frequent pairs the one with the smaller (left, right) ids. The result depends on
// the texts alone, not on their order or the number of threads.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/text/bpe/added_tokens.h"
#include "octet/text/bpe/split.h"

namespace octet::text {

struct TrainerOptions {
  int32_t vocab_size = 4096;             // all ids: added tokens, 256 bytes, merges
  std::vector<AddedToken> added_tokens;  // ids 0, 1, 2, … in this order; only content and special are read
  int64_t min_frequency = 2;             // rarer pairs are not merged: the vocabulary may stay smaller
};

// V3's own list: <｜begin▁of▁sentence｜> <｜end▁of▁sentence｜> <｜▁pad▁｜> <｜User｜> <｜Assistant｜>, the tool tokens,
// and <think> </think>.
std::vector<AddedToken> deepseek_added_tokens();

class Trainer {
 public:
  explicit Trainer(TrainerOptions options);  // Error{usage} if the vocabulary cannot hold 256 bytes and added tokens

  // Counts the pieces of one document. Added tokens in it are cut out and not counted. May be called from one thread
  // at a time; malformed UTF-8 counts as U+FFFD.
  void add(std::string_view document);

  // Learns the merges; `progress` (may be empty) is called with the merges done and wanted.
  // The value is a whole tokenizer.json.
  Json train(const std::function<void(int64_t done, int64_t wanted)>& progress = {}) const;

 private:
  TrainerOptions options_;
  AddedTokenFinder finder_;
  Splitter splitter_;
  std::unordered_map<std::string, int64_t> pieces_;
};

struct TokenizerConfig {
  std::string bos_token = "<｜begin▁of▁sentence｜>";
  std::string eos_token = "<｜end▁of▁sentence｜>";
  std::string pad_token = "<｜end▁of▁sentence｜>";
  std::string chat_template;  // empty: none is written
  int64_t model_max_length = 4096;
};

// tokenizer_config.json for transformers' AutoTokenizer (PreTrainedTokenizerFast); no BOS is added by it.
Json tokenizer_config(const TokenizerConfig& config);

}  // namespace octet::text
