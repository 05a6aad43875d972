// Text to token ids and back: a byte-level BPE tokenizer as Hugging Face's tokenizer.json, or a tiktoken.model,
// describes it.
//
// encode() gives the ids that Hugging Face's `tokenizers` gives for the same file with add_special_tokens=False:
// added tokens are cut out first, the text between is split by the file's chain of regexes, and each piece's bytes are
// merged by rank. The post-processor is ignored: no begin-of-sentence is added. What octet does not implement is
// refused by name when the file is read.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/file.h"
#include "octet/base/json.h"

namespace octet::text {

struct TokenizerFile;  // tokenizer_file.h

// Immutable once read: copies share it, and any number of threads may use one at a time.
class Tokenizer {
 public:
  // A tokenizer.json, or a folder that holds one or else Kimi's tiktoken.model (tiktoken_file.h). Error{file} if it is
  // missing or no JSON, Error{config} if it is malformed, Error{unsupported} if it asks for what octet lacks.
  static Tokenizer load(const fs::path& folder_or_file);
  static bool in(const fs::path& folder);  // whether load() would find one there
  // The same from a parsed file; `where` names it in errors.
  static Tokenizer parse(const Json& file, const std::string& where);
  static Tokenizer from(TokenizerFile file, const std::string& where);

  // Malformed UTF-8 in `text` counts as U+FFFD, one for each maximal malformed part.
  std::vector<int32_t> encode(std::string_view text) const;           // added tokens in the text are recognised
  std::vector<int32_t> encode_ordinary(std::string_view text) const;  // all text is plain text: for a stranger's words

  // The tokens' bytes one after the other, with malformed UTF-8 replaced by U+FFFD. Special tokens are kept; an id
  // that the tokenizer lacks (models pad their vocabulary) adds nothing.
  std::string decode(std::span<const int32_t> ids) const;

  // The bytes that token `id` stands for: often part of a character. Empty for an id that the tokenizer lacks.
  std::string_view bytes_of(int32_t id) const;

  // The id whose spelling in the file is `token` (an added token's content, or a piece in the byte alphabet: "Ġthe").
  std::optional<int32_t> token_id(std::string_view token) const;
  std::optional<std::string_view> token(int32_t id) const;  // the reverse

  int32_t vocab_size() const;         // highest id + 1
  bool is_added(int32_t id) const;    // cut out before the text is split: marks, mostly
  bool is_special(int32_t id) const;  // an added token that the file marks "special"

  struct State;  // the file's content, ready for use

 private:
  explicit Tokenizer(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace octet::text
