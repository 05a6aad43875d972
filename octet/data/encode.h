// Documents to token ids with a mask of what is learned.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "octet/data/document.h"
#include "octet/text/bpe/tokenizer.h"

namespace octet::data {

struct Encoded {
  std::vector<int32_t> tokens;
  std::vector<uint8_t> loss_mask;  // 1: this token is a target
};

// Any number of threads may use one.
class Encoder {
 public:
  // Error{config} if the tokenizer lacks one of the markers of chat_format.h.
  explicit Encoder(text::Tokenizer tokenizer);
  // Special tokens inside text are plain text: only markers are markers.
  Encoded encode(const Document& document) const;
  const text::Tokenizer& tokenizer() const { return tokenizer_; }

 private:
  text::Tokenizer tokenizer_;
  std::map<std::string, int32_t, std::less<>> markers_;
};

}  // namespace octet::data
