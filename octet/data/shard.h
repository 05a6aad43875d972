// A shard: a safetensors file with the tokens of many documents.
//
//   tokens           U16 [n] if ids are below 65536, else I32 [n]
//   document_starts  I64 [d + 1]: document i is tokens document_starts[i] … document_starts[i + 1] - 1; 0 first, n last
//   loss_mask        U8 [n]: 1 where the token is a target
// Metadata: format "octet-shard-1", source, licence, tokenizer (hash_of its file), vocab_size.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "octet/data/encode.h"
#include "octet/io/safetensors.h"

namespace octet::data {

struct ShardLabel {
  std::string source, licence, tokenizer_hash;
  int64_t vocab_size = 0;
};

// Collects documents and writes FOLDER/NAME-00000.safetensors, -00001 … of about `tokens_per_file` tokens.
class ShardWriter {
 public:
  ShardWriter(std::filesystem::path folder, ShardLabel label, int64_t tokens_per_file = int64_t{1} << 26);
  void add(const Encoded& document);  // empty documents are left out
  void finish();                      // writes the rest
  const std::vector<std::string>& files() const { return files_; }
  int64_t documents() const { return documents_; }
  int64_t tokens() const { return tokens_; }
  int64_t targets() const { return targets_; }

 private:
  std::filesystem::path folder_;
  ShardLabel label_;
  int64_t tokens_per_file_, documents_ = 0, tokens_ = 0, targets_ = 0;
  std::vector<std::string> files_;
  std::vector<int32_t> ids_;
  std::vector<uint8_t> mask_;
  std::vector<int64_t> starts_ = {0};
  void write();
};

// A shard read through a memory map.
class Shard {
 public:
  explicit Shard(const std::filesystem::path& path);  // Error{file} if anything above does not hold
  int64_t documents() const { return static_cast<int64_t>(starts_.size()) - 1; }
  int64_t tokens() const { return starts_.back(); }
  int64_t start(int64_t document) const { return starts_[static_cast<size_t>(document)]; }
  int64_t length(int64_t document) const { return start(document + 1) - start(document); }
  int32_t token(int64_t at) const {
    auto i = static_cast<size_t>(at);
    return wide_.empty() ? narrow_[i] : wide_[i];
  }
  bool learned(int64_t at) const { return mask_[static_cast<size_t>(at)] != 0; }
  const ShardLabel& label() const { return label_; }

 private:
  io::SafetensorsFile file_;
  ShardLabel label_;
  std::span<const uint16_t> narrow_;
  std::span<const int32_t> wide_;
  std::span<const uint8_t> mask_;
  std::span<const int64_t> starts_;
};

}  // namespace octet::data
