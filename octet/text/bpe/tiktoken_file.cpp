#include "octet/text/bpe/tiktoken_file.h"

#include <array>
#include <charconv>
#include <optional>

#include "octet/base/error.h"
#include "octet/text/bpe/byte_alphabet.h"

namespace octet::text {

namespace {

constexpr int32_t reserved_tokens = 256;  // num_reserved_special_tokens of the published class
constexpr size_t max_token_bytes = 1024;  // Kimi's longest has 128
constexpr size_t max_file_bytes = size_t{64} << 20;

// Chinese apart from other scripts, words with their English suffixes, up to three digits, marks, line ends, spaces.
std::vector<SplitRule> kimi_rules() {
  constexpr std::string_view not_han_upper = R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]])",
                             not_han_lower = R"([\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]])",
                             before_word = R"([^\r\n\p{L}\p{N}]?)", suffix = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
  return {{fmt::format(R"([\p{{Han}}]+|{0}{1}*{2}+{3}|{0}{1}+{2}*{3}|\p{{N}}{{1,3}})"
                       R"(| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
                       before_word, not_han_upper, not_han_lower, suffix)}};
}

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// RFC 4648, with its padding; nothing if `text` is no base64 of at least one byte.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string bytes;
  uint32_t bits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    int value = i + padding >= text.size() ? 0 : value_of(text[i]);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (i % 4 != 3) continue;
    for (int shift : {16, 8, 0}) bytes += static_cast<char>(bits >> shift & 0xFF);
    bits = 0;
  }
  bytes.resize(bytes.size() - padding);
  return bytes;
}

[[noreturn]] void malformed(const std::string& where, size_t line, const char* expected, std::string_view found) {
  throw Error(ErrorKind::config,
              fmt::format("{}: line {}: expected {}, found '{}'", where, line, expected, printable(found)));
}

std::pair<std::string, int32_t> read_line(std::string_view text, const std::string& where, size_t line) {
  size_t space = text.find(' ');
  auto bytes = from_base64(text.substr(0, space));
  if (space == text.npos || !bytes) malformed(where, line, "base64, a space and a rank", text);
  if (bytes->size() > max_token_bytes) malformed(where, line, "a token of at most 1024 bytes", text.substr(0, 40));
  std::string_view rank = text.substr(space + 1);
  int32_t id = -1;
  auto [end, failure] = std::from_chars(rank.data(), rank.data() + rank.size(), id);
  if (failure != std::errc() || end != rank.data() + rank.size() || id < 0 || id >= max_token_ids)
    malformed(where, line, "a rank from 0 to 4194303", rank);
  return {spell_bytes(*bytes), id};
}

// Special tokens by id, from added_tokens_decoder: {"163584": {"content": "[BOS]", "special": true, …}, …}.
std::vector<AddedToken> read_special_tokens(const Fields& config, int32_t first) {
  std::vector<AddedToken> tokens(reserved_tokens);
  for (int32_t i = 0; i < reserved_tokens; ++i)
    tokens[static_cast<size_t>(i)] = {
        .content = fmt::format("<|reserved_token_{}|>", first + i), .special = true, .id = first + i};
  const Json* listed = config.find("added_tokens_decoder");
  if (!listed) return tokens;
  if (!listed->is_object()) config.fail("added_tokens_decoder", "an object");
  for (const auto& [key, value] : listed->items()) {
    int32_t id = -1;
    auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), id);
    Fields item(value, fmt::format("{}: added_tokens_decoder: {}", config.where(), printable(key)));
    if (failure != std::errc() || end != key.data() + key.size() || id < first || id - first >= reserved_tokens)
      throw Error(ErrorKind::config, fmt::format("{}: expected an id from {} to {}, the {} above the vocabulary",
                                                 item.where(), first, first + reserved_tokens - 1, reserved_tokens));
    AddedToken& token = tokens[static_cast<size_t>(id - first)];
    token.content = item.string("content");
    if (token.content.empty()) item.fail("content", "at least one character");
    token.special = item.boolean_or("special", false);
  }
  return tokens;
}

}  // namespace

TokenizerFile read_tiktoken_text(std::string_view model, const Json& tokenizer_config, const std::string& where) {
  Fields config(tokenizer_config, "tokenizer_config.json beside " + where);
  if (std::string type = config.string("tokenizer_class"); type != "TikTokenTokenizer")
    throw Error(
        ErrorKind::unsupported,
        fmt::format("{}: octet does not know how the class {} splits a text", where, printable(type)),
        "octet reads tiktoken.model of the class TikTokenTokenizer (Kimi, Moonlight); give a tokenizer.json otherwise");
  TokenizerFile file;
  file.rules = kimi_rules();
  file.ignore_merges = file.merges_by_id = true;
  int32_t highest = -1;
  for (size_t line = 1, at = 0; at < model.size(); ++line) {
    size_t end = std::min(model.find('\n', at), model.size());
    std::string_view text = model.substr(at, end - at);
    at = end + 1;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) continue;
    file.vocab.push_back(read_line(text, where, line));
    highest = std::max(highest, file.vocab.back().second);
  }
  if (highest + 1 + reserved_tokens > max_token_ids)
    throw Error(ErrorKind::config, fmt::format("{}: the rank {} leaves no room for special tokens", where, highest));
  file.added_tokens = read_special_tokens(config, highest + 1);
  return file;
}

TokenizerFile read_tiktoken_folder(const fs::path& folder) {
  fs::path model = folder / "tiktoken.model";
  return read_tiktoken_text(read_file(model, max_file_bytes),
                            read_json(folder / "tokenizer_config.json", size_t{16} << 20), model.string());
}

}  // namespace octet::text
