// Token ids that arrive one by one, as text that never ends within a UTF-8 character.
#pragma once
#include <cstdint>
#include <string>

#include "octet/text/bpe/tokenizer.h"

namespace octet::text {

// What push() and finish() return, one after the other, is Tokenizer::decode of all ids: bytes that may begin a
// character wait for the next token, malformed ones become U+FFFD.
class StreamDecoder {
 public:
  explicit StreamDecoder(Tokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}

  std::string push(int32_t id);  // the text that is now certain; often empty within a character
  std::string finish();          // what was held back, as U+FFFD; the decoder is ready for another sequence

 private:
  Tokenizer tokenizer_;
  std::string held_;  // at most 3 bytes: the beginning of a character
};

}  // namespace octet::text
