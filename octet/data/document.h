// A document before tokens: text in segments, each either given (the user's words) or to be learned.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace octet::data {

struct Segment {
  std::string text;
  bool learned;         // its tokens are targets
  bool marker = false;  // one of the tokenizer's special tokens, by its spelling
};

struct Document {
  std::vector<Segment> segments;
};

// Where documents come from: a pure function of the index, so that they can be made by any number of threads.
struct Corpus {
  std::string name, licence;
  int64_t documents = 0;  // -1: as many as wanted
  std::function<Document(int64_t)> at;
};

// 64-bit FNV-1a.
uint64_t hash(std::string_view bytes, uint64_t seed = 0xCBF29CE484222325);
uint64_t hash(const Document& document);

// "fnv1a:0123456789abcdef": names a file's content, to notice a mistake (not an attack).
std::string hash_of(std::string_view bytes);

}  // namespace octet::data
