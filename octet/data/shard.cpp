#include "octet/data/shard.h"

#include <charconv>

#include "octet/base/error.h"

namespace octet::data {
namespace {

constexpr std::string_view format_name = "octet-shard-1";
constexpr int64_t most_ids = int64_t{1} << 31;

template <class T>
std::span<const std::byte> bytes(const std::vector<T>& values) {
  return std::as_bytes(std::span<const T>(values));
}

[[noreturn]] void bad(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::file, fmt::format("{}: not a shard of tokens: {}", where, what),
              "make it with: octet data build RECIPE --out DIR");
}

std::string from_metadata(const io::SafetensorsFile& file, const std::string& key) {
  auto found = file.metadata().find(key);
  if (found == file.metadata().end()) bad(file.where(), fmt::format("metadata lacks '{}'", key));
  return found->second;
}

const io::TensorView& vector_of(const io::SafetensorsFile& file, const std::string& name,
                                std::initializer_list<io::Dtype> dtypes) {
  const io::TensorView& tensor = file.at(name);
  bool known = std::find(dtypes.begin(), dtypes.end(), tensor.dtype) != dtypes.end();
  if (!known || tensor.shape.size() != 1)
    bad(file.where(), fmt::format("'{}' is {} with {} dimensions", name, io::name(tensor.dtype), tensor.shape.size()));
  return tensor;
}

}  // namespace

ShardWriter::ShardWriter(std::filesystem::path folder, ShardLabel label, int64_t tokens_per_file)
    : folder_(std::move(folder)), label_(std::move(label)), tokens_per_file_(tokens_per_file) {}

void ShardWriter::add(const Encoded& document) {
  if (document.tokens.empty()) return;
  ids_.insert(ids_.end(), document.tokens.begin(), document.tokens.end());
  mask_.insert(mask_.end(), document.loss_mask.begin(), document.loss_mask.end());
  starts_.push_back(static_cast<int64_t>(ids_.size()));
  ++documents_;
  tokens_ += static_cast<int64_t>(document.tokens.size());
  targets_ += std::count(document.loss_mask.begin(), document.loss_mask.end(), 1);
  if (starts_.back() >= tokens_per_file_) write();
}

void ShardWriter::finish() {
  if (starts_.size() > 1) write();
}

void ShardWriter::write() {
  std::vector<uint16_t> narrow;
  auto n = static_cast<int64_t>(ids_.size()), d = static_cast<int64_t>(starts_.size());
  bool small = label_.vocab_size <= 65536;
  if (small) narrow.assign(ids_.begin(), ids_.end());
  std::string name = fmt::format("{}-{:05}.safetensors", label_.source, files_.size());
  io::write_safetensors(folder_ / name,
                        {{"tokens", small ? io::Dtype::U16 : io::Dtype::I32, {n}, small ? bytes(narrow) : bytes(ids_)},
                         {"loss_mask", io::Dtype::U8, {n}, bytes(mask_)},
                         {"document_starts", io::Dtype::I64, {d}, bytes(starts_)}},
                        {{"format", std::string(format_name)},
                         {"source", label_.source},
                         {"licence", label_.licence},
                         {"tokenizer", label_.tokenizer_hash},
                         {"vocab_size", std::to_string(label_.vocab_size)}});
  files_.push_back(name);
  ids_.clear();
  mask_.clear();
  starts_ = {0};
}

Shard::Shard(const std::filesystem::path& path) : file_(path) {
  const std::string& where = file_.where();
  if (from_metadata(file_, "format") != format_name) bad(where, "another format");
  std::string size = from_metadata(file_, "vocab_size");
  label_ = {from_metadata(file_, "source"), from_metadata(file_, "licence"), from_metadata(file_, "tokenizer"), 0};
  auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), label_.vocab_size);
  if (error != std::errc() || end != size.data() + size.size() || label_.vocab_size < 1 || label_.vocab_size > most_ids)
    bad(where, "vocab_size is no count");

  const auto& tokens = vector_of(file_, "tokens", {io::Dtype::U16, io::Dtype::I32});
  if (tokens.dtype == io::Dtype::U16)
    narrow_ = tokens.as<uint16_t>();
  else
    wide_ = tokens.as<int32_t>();
  mask_ = vector_of(file_, "loss_mask", {io::Dtype::U8}).as<uint8_t>();
  starts_ = vector_of(file_, "document_starts", {io::Dtype::I64}).as<int64_t>();

  int64_t n = tokens.shape[0];
  if (mask_.size() != static_cast<size_t>(n)) bad(where, "loss_mask is not as long as tokens");
  if (starts_.size() < 2 || starts_.front() != 0 || starts_.back() != n)
    bad(where, "document_starts does not go from 0 to the number of tokens");
  for (size_t i = 1; i < starts_.size(); ++i)
    if (starts_[i] <= starts_[i - 1]) bad(where, fmt::format("document {} is empty or begins before the last", i - 1));
  for (int64_t i = 0; i < n; ++i)
    if (token(i) < 0 || token(i) >= label_.vocab_size)
      bad(where, fmt::format("token {} is {}, and the vocabulary has {}", i, token(i), label_.vocab_size));
}

}  // namespace octet::data
