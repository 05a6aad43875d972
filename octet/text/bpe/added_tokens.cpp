#include "octet/text/bpe/added_tokens.h"

#include <algorithm>

#include "octet/base/utf8.h"

namespace octet::text {

namespace {

// Length of the last character of `text`, which is not empty.
size_t last_length(std::string_view text) {
  size_t n = 1;
  while (n < text.size() && utf8::is_continuation(text[text.size() - n])) ++n;
  return n;
}

size_t space_at_end(std::string_view text) {
  size_t whole = text.size();
  while (!text.empty()) {
    size_t n = last_length(text);
    if (!white_space().contains(utf8::decode(text.substr(text.size() - n), n))) break;
    text.remove_suffix(n);
  }
  return whole - text.size();
}

size_t space_at_start(std::string_view text) {
  size_t whole = text.size();
  while (!text.empty()) {
    size_t n = utf8::valid_length(text);
    if (!white_space().contains(utf8::decode(text, n))) break;
    text.remove_prefix(n);
  }
  return whole - text.size();
}

}  // namespace

void AddedTokenFinder::Pass::add(std::string_view content, int32_t token) {
  if (trie.empty()) trie.emplace_back();
  auto begin = static_cast<unsigned char>(content[0]);
  if (!first[begin]) ++firsts;
  first[begin] = true;
  only_first = content[0];
  uint32_t at = 0;
  for (char c : content) {
    auto byte = static_cast<unsigned char>(c);
    auto& children = trie[at].children;
    auto it = std::find_if(children.begin(), children.end(), [&](auto& child) { return child.first == byte; });
    if (it != children.end()) {
      at = it->second;
      continue;
    }
    uint32_t added = static_cast<uint32_t>(trie.size());
    children.emplace_back(byte, added);
    trie.emplace_back();
    at = added;
  }
  trie[at].token = token;
}

size_t AddedTokenFinder::Pass::candidate(std::string_view text, size_t from) const {
  if (firsts == 1) return std::min(text.find(only_first, from), text.size());
  while (from < text.size() && !first[static_cast<unsigned char>(text[from])]) ++from;
  return from;
}

int32_t AddedTokenFinder::Pass::longest(std::string_view text, size_t at) const {
  int32_t found = -1;
  for (uint32_t node = 0; at < text.size(); ++at) {
    auto byte = static_cast<unsigned char>(text[at]);
    const auto& children = trie[node].children;
    auto it = std::find_if(children.begin(), children.end(), [&](auto& child) { return child.first == byte; });
    if (it == children.end()) break;
    node = it->second;
    if (trie[node].token >= 0) found = trie[node].token;
  }
  return found;
}

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  for (size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].content.empty()) continue;
    (tokens_[i].normalized ? normalized_ : raw_).add(tokens_[i].content, static_cast<int32_t>(i));
    if (tokens_[i].single_word && word_.empty()) word_ = word_characters() | CodePointSet{{0x200C, 0x200D}};
  }
}

void AddedTokenFinder::cut(std::string_view text, std::vector<Part>& parts) const {
  std::vector<Part> raw;
  cut_pass(raw_, text, raw);
  for (const Part& part : raw) {
    if (part.id >= 0)
      parts.push_back(part);
    else
      cut_pass(normalized_, part.text, parts);
  }
}

// Whether a word lies at either side.
bool AddedTokenFinder::at_word(std::string_view before, std::string_view after) const {
  if (!before.empty()) {
    size_t n = last_length(before);
    if (word_.contains(utf8::decode(before.substr(before.size() - n), n))) return true;
  }
  return !after.empty() && word_.contains(utf8::decode(after, utf8::valid_length(after)));
}

// What is found and not taken (a single word within another) is passed over as a whole.
void AddedTokenFinder::cut_pass(const Pass& pass, std::string_view text, std::vector<Part>& parts) const {
  size_t done = 0;  // what lies before is in `parts`
  for (size_t at = 0; pass.firsts > 0 && (at = pass.candidate(text, at)) < text.size();) {
    int32_t index = pass.longest(text, at);
    if (index < 0) {
      ++at;
      continue;
    }
    const AddedToken& token = tokens_[static_cast<size_t>(index)];
    size_t begin = at, end = at + token.content.size();
    at = end;
    if (token.single_word && at_word(text.substr(0, begin), text.substr(end))) continue;
    if (token.lstrip) begin = std::max(begin - space_at_end(text.substr(0, begin)), done);
    if (token.rstrip) end += space_at_start(text.substr(end));
    if (done < begin) parts.push_back({text.substr(done, begin - done), -1});
    parts.push_back({text.substr(begin, end - begin), token.id});
    done = end;
  }
  if (done < text.size()) parts.push_back({text.substr(done), -1});
}

}  // namespace octet::text
