// tokenizer.json from anywhere, and any bytes as text: the input up to its last newline is the file, the rest the text.
// Inputs that are no file of their own are tried on a small tokenizer that stays, as text.
#include "octet/text/bpe/tokenizer.h"

#include <cstdlib>
#include <set>

#include "octet/base/error.h"
#include "octet/base/utf8.h"
#include "octet/text/bpe/byte_alphabet.h"
#include "octet/text/bpe/tokenizer_file.h"
#include "octet/text/bpe/trainer.h"

namespace {

using namespace octet;
using namespace octet::text;

const Tokenizer& small() {
  static const Tokenizer tokenizer = [] {
    Trainer trainer({.vocab_size = 400, .added_tokens = deepseek_added_tokens(), .min_frequency = 1});
    trainer.add("the tokenizer of the fuzz target that tokenizes the text of the fuzzer, the rest, the best, 123\n\n");
    return Tokenizer::parse(trainer.train(), "small");
  }();
  return tokenizer;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void try_text(std::string_view text) {
  std::vector<int32_t> ids = small().encode(text), ordinary = small().encode_ordinary(text);
  std::string whole = utf8::replace_invalid(text);
  require(small().decode(ids) == whole);
  require(small().decode(ordinary) == whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  size_t newline = input.rfind('\n');
  std::string_view file = input.substr(0, newline), text = newline == input.npos ? input : input.substr(newline + 1);
  try {
    TokenizerFile read = read_tokenizer_text(file, "fuzzed");
    // A vocabulary of all bytes is more than a fuzzer finds: they are added where they are missing.
    std::set<std::string> known;
    for (const auto& entry : read.vocab) known.insert(entry.first);
    for (int32_t byte = 0; byte < 256; ++byte)
      if (const std::string& spelling = byte_alphabet()[static_cast<size_t>(byte)]; !known.contains(spelling))
        read.vocab.emplace_back(spelling, 100'000 + byte);
    Tokenizer tokenizer = Tokenizer::from(std::move(read), "fuzzed");
    tokenizer.decode(tokenizer.encode(text));
  } catch (const Error&) {
  }
  try_text(text);
  return 0;
}
