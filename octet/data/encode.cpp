#include "octet/data/encode.h"

#include "octet/base/error.h"
#include "octet/data/chat_format.h"

namespace octet::data {

Encoder::Encoder(text::Tokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {
  for (std::string_view marker : {bos_token, eos_token, user_token, assistant_token}) {
    auto id = tokenizer_.token_id(marker);
    if (!id)
      throw Error(
          ErrorKind::config, fmt::format("the tokenizer has no token {}", marker),
          "training data needs a tokenizer with DeepSeek-V3's special tokens; leave out 'tokenizer' to train one");
    markers_.emplace(marker, *id);
  }
}

Encoded Encoder::encode(const Document& document) const {
  Encoded out;
  for (const auto& segment : document.segments) {
    if (segment.marker) {
      out.tokens.push_back(markers_.find(segment.text)->second);
    } else {
      auto ids = tokenizer_.encode_ordinary(segment.text);
      out.tokens.insert(out.tokens.end(), ids.begin(), ids.end());
    }
    out.loss_mask.resize(out.tokens.size(), segment.learned ? 1 : 0);
  }
  return out;
}

}  // namespace octet::data
