#include "octet/text/bpe/stream_decoder.h"

#include "octet/base/utf8.h"

namespace octet::text {

std::string StreamDecoder::push(int32_t id) {
  held_ += tokenizer_.bytes_of(id);
  size_t certain = held_.size() - utf8::incomplete_tail(held_);
  std::string text = utf8::replace_invalid(std::string_view(held_).substr(0, certain));
  held_.erase(0, certain);
  return text;
}

std::string StreamDecoder::finish() {
  std::string text = utf8::replace_invalid(held_);
  held_.clear();
  return text;
}

}  // namespace octet::text
