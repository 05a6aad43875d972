#include "octet/text/bpe/tokenizer.h"

#include <algorithm>

#include "octet/base/utf8.h"
#include "octet/text/bpe/added_tokens.h"
#include "octet/text/bpe/byte_alphabet.h"
#include "octet/text/bpe/merges.h"
#include "octet/text/bpe/split.h"
#include "octet/text/bpe/string_table.h"
#include "octet/text/bpe/tiktoken_file.h"
#include "octet/text/bpe/tokenizer_file.h"

namespace octet::text {

struct Tokenizer::State {
  struct Token {
    std::string spelling, bytes;
    bool exists = false, special = false, added = false;
  };
  std::vector<Token> tokens;  // by id
  StringTable by_spelling;
  StringTable whole_pieces;  // the bytes of tokens that a piece of just these bytes becomes
  AddedTokenFinder added;
  Splitter splitter;
  Merges merges;

  static std::shared_ptr<const State> build(TokenizerFile file, const std::string& where);
  void list_whole_pieces(const std::vector<int32_t>& vocab_ids, bool ignore_merges);
  void encode(std::string_view text, std::vector<int32_t>& ids) const;
};

namespace {

using State = Tokenizer::State;

bool occurs_in_utf8(size_t byte) { return byte < 0xC0 || (byte >= 0xC2 && byte < 0xF5); }

[[noreturn]] void malformed(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::config, fmt::format("{}: {}", where, what));
}

// What a token's spelling stands for when it is decoded.
std::string decoded(const std::string& spelling) { return unspell_bytes(spelling).value_or(spelling); }

std::vector<State::Token> list_tokens(TokenizerFile& file, const std::string& where) {
  int32_t highest = -1;
  for (const auto& [spelling, id] : file.vocab) highest = std::max(highest, id);
  for (const AddedToken& token : file.added_tokens) highest = std::max(highest, token.id);
  std::vector<State::Token> tokens(static_cast<size_t>(highest + 1));
  for (auto& [spelling, id] : file.vocab) {
    State::Token& token = tokens[static_cast<size_t>(id)];
    if (token.exists)
      malformed(where, fmt::format("model.vocab: '{}' and '{}' have the same id {}", printable(token.spelling),
                                   printable(spelling), id));
    token = {.spelling = std::move(spelling), .bytes = "", .exists = true};
  }
  for (const AddedToken& added : file.added_tokens) {
    State::Token& token = tokens[static_cast<size_t>(added.id)];
    if (token.exists && token.spelling != added.content)
      malformed(where, fmt::format("added_tokens: '{}' has the id {} of '{}'", printable(added.content), added.id,
                                   printable(token.spelling)));
    bool special = token.special || added.special;
    token = {.spelling = added.content, .bytes = "", .exists = true, .special = special, .added = true};
  }
  for (State::Token& token : tokens) token.bytes = decoded(token.spelling);
  return tokens;
}

std::array<int32_t, 256> find_bytes(const StringTable& vocab, const std::string& where) {
  std::array<int32_t, 256> ids;
  for (size_t byte = 0; byte < 256; ++byte) {
    ids[byte] = vocab.find(byte_alphabet()[byte]);
    if (ids[byte] < 0 && occurs_in_utf8(byte))
      throw Error(
          ErrorKind::unsupported,
          fmt::format("{}: model.vocab lacks '{}', the token of byte {:#04x}", where, byte_alphabet()[byte], byte),
          "octet reads byte-level BPE tokenizers, which have a token for every byte");
  }
  return ids;
}

// A rule for each way to cut a token into two tokens. Spellings are cut between characters, each of which is one byte.
Merges merges_by_id(const std::vector<State::Token>& tokens, const std::vector<int32_t>& vocab_ids,
                    const StringTable& vocab, const std::string& where) {
  std::vector<MergeRule> rules;
  for (int32_t id : vocab_ids) {
    std::string_view spelling = tokens[static_cast<size_t>(id)].spelling;
    for (size_t cut = 1; cut < spelling.size(); ++cut) {
      if (utf8::is_continuation(spelling[cut])) continue;
      int32_t left = vocab.find(spelling.substr(0, cut)), right = vocab.find(spelling.substr(cut));
      if (left >= 0 && right >= 0) rules.push_back({left, right, id, static_cast<uint32_t>(id)});
    }
  }
  return Merges(find_bytes(vocab, where), rules);
}

Merges read_merges(const TokenizerFile& file, const StringTable& vocab, const std::string& where) {
  std::vector<MergeRule> rules;
  rules.reserve(file.merges.size());
  std::string both;
  auto find = [&](const std::string& spelling) {
    int32_t id = vocab.find(spelling);
    if (id < 0) malformed(where, fmt::format("model.merges: '{}' is not in model.vocab", printable(spelling)));
    return id;
  };
  for (const auto& [left, right] : file.merges) {
    both = left;
    both += right;
    rules.push_back({find(left), find(right), find(both), static_cast<uint32_t>(rules.size())});
  }
  return Merges(find_bytes(vocab, where), rules);
}

}  // namespace

Tokenizer Tokenizer::load(const fs::path& folder_or_file) {
  bool folder = fs::is_directory(folder_or_file);
  if (folder && !fs::exists(folder_or_file / "tokenizer.json") && fs::exists(folder_or_file / "tiktoken.model"))
    return from(read_tiktoken_folder(folder_or_file), (folder_or_file / "tiktoken.model").string());
  fs::path path = folder ? folder_or_file / "tokenizer.json" : folder_or_file;
  return from(read_tokenizer_file(path), path.string());
}

bool Tokenizer::in(const fs::path& folder) {
  return fs::exists(folder / "tokenizer.json") || fs::exists(folder / "tiktoken.model");
}

Tokenizer Tokenizer::parse(const Json& file, const std::string& where) {
  return from(parse_tokenizer_file(file, where), where);
}

Tokenizer Tokenizer::from(TokenizerFile file, const std::string& where) {
  return Tokenizer(State::build(std::move(file), where));
}

std::shared_ptr<const Tokenizer::State> Tokenizer::State::build(TokenizerFile file, const std::string& where) {
  size_t vocab_entries = file.vocab.size();
  std::vector<int32_t> vocab_ids;
  for (const auto& entry : file.vocab) vocab_ids.push_back(entry.second);
  auto state = std::make_shared<State>();
  state->tokens = list_tokens(file, where);
  // The vocabulary's own spellings first: merges know no others.
  state->by_spelling = StringTable(vocab_entries + file.added_tokens.size());
  for (int32_t id : vocab_ids)
    if (const std::string& spelling = state->tokens[static_cast<size_t>(id)].spelling;
        !state->by_spelling.add(spelling, id))
      malformed(where, fmt::format("model.vocab: '{}' is listed twice", printable(spelling)));
  state->merges = file.merges_by_id ? merges_by_id(state->tokens, vocab_ids, state->by_spelling, where)
                                    : read_merges(file, state->by_spelling, where);
  state->list_whole_pieces(vocab_ids, file.ignore_merges);
  for (const AddedToken& added : file.added_tokens) {
    const std::string& spelling = state->tokens[static_cast<size_t>(added.id)].spelling;
    if (!state->by_spelling.add(spelling, added.id) && state->by_spelling.find(spelling) != added.id)
      malformed(where, fmt::format("added_tokens: '{}' has the id {} and another one", printable(spelling), added.id));
  }
  state->splitter = Splitter(file.rules, where);
  state->added = AddedTokenFinder(std::move(file.added_tokens));
  return state;
}

// Most pieces of a text are tokens as they are. Which tokens come out of their own bytes is found here, by merging
// each.
void Tokenizer::State::list_whole_pieces(const std::vector<int32_t>& vocab_ids, bool ignore_merges) {
  whole_pieces = StringTable(vocab_ids.size());
  std::vector<int32_t> ids;
  for (int32_t id : vocab_ids) {
    const Token& token = tokens[static_cast<size_t>(id)];
    if (token.bytes.empty() || !unspell_bytes(token.spelling)) continue;
    ids.clear();
    if (!ignore_merges) merges.merge(token.bytes, ids);
    if (ignore_merges || (ids.size() == 1 && ids[0] == id)) whole_pieces.add(token.bytes, id);
  }
}

void Tokenizer::State::encode(std::string_view text, std::vector<int32_t>& ids) const {
  std::vector<Splitter::Piece> pieces;
  splitter.split(text, pieces);
  for (auto [begin, end] : pieces) {
    std::string_view piece = text.substr(begin, end - begin);
    if (int32_t id = whole_pieces.find(piece); id >= 0)
      ids.push_back(id);
    else
      merges.merge(piece, ids);
  }
}

std::vector<int32_t> Tokenizer::encode(std::string_view text) const {
  std::string mended;
  if (!utf8::is_valid(text)) text = mended = utf8::replace_invalid(text);
  std::vector<AddedTokenFinder::Part> parts;
  state_->added.cut(text, parts);
  std::vector<int32_t> ids;
  for (const auto& part : parts) {
    if (part.id >= 0)
      ids.push_back(part.id);
    else
      state_->encode(part.text, ids);
  }
  return ids;
}

std::vector<int32_t> Tokenizer::encode_ordinary(std::string_view text) const {
  std::string mended;
  if (!utf8::is_valid(text)) text = mended = utf8::replace_invalid(text);
  std::vector<int32_t> ids;
  state_->encode(text, ids);
  return ids;
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  std::string bytes;
  for (int32_t id : ids) bytes += bytes_of(id);
  return utf8::is_valid(bytes) ? bytes : utf8::replace_invalid(bytes);
}

std::string_view Tokenizer::bytes_of(int32_t id) const {
  if (id < 0 || id >= vocab_size()) return {};
  return state_->tokens[static_cast<size_t>(id)].bytes;
}

std::optional<int32_t> Tokenizer::token_id(std::string_view token) const {
  int32_t id = state_->by_spelling.find(token);
  return id < 0 ? std::nullopt : std::optional(id);
}

std::optional<std::string_view> Tokenizer::token(int32_t id) const {
  if (id < 0 || id >= vocab_size() || !state_->tokens[static_cast<size_t>(id)].exists) return std::nullopt;
  return state_->tokens[static_cast<size_t>(id)].spelling;
}

int32_t Tokenizer::vocab_size() const { return static_cast<int32_t>(state_->tokens.size()); }

bool Tokenizer::is_added(int32_t id) const {
  return id >= 0 && id < vocab_size() && state_->tokens[static_cast<size_t>(id)].added;
}

bool Tokenizer::is_special(int32_t id) const {
  return id >= 0 && id < vocab_size() && state_->tokens[static_cast<size_t>(id)].special;
}

}  // namespace octet::text
