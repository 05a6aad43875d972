// Any sequence of ids, pushed one by one: whole characters each time, and together what decode() gives.
#include <cstdlib>

#include "octet/base/utf8.h"
#include "octet/text/bpe/stream_decoder.h"
#include "octet/text/bpe/trainer.h"

namespace {

using namespace octet;
using namespace octet::text;

const Tokenizer& small() {
  static const Tokenizer tokenizer = [] {
    Trainer trainer({.vocab_size = 300, .added_tokens = deepseek_added_tokens(), .min_frequency = 1});
    trainer.add("中文字符 中文字符 😀😀😀 éé the the");
    return Tokenizer::parse(trainer.train(), "small");
  }();
  return tokenizer;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<int32_t> ids;
  for (size_t i = 0; i + 1 < size; i += 2) ids.push_back((data[i] << 8 | data[i + 1]) % 320 - 5);  // some are no tokens
  StreamDecoder decoder(small());
  std::string joined;
  for (int32_t id : ids) {
    std::string text = decoder.push(id);
    require(utf8::is_valid(text));
    joined += text;
  }
  joined += decoder.finish();
  require(joined == small().decode(ids));
  return 0;
}
