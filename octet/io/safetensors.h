// The safetensors format: 8 bytes of header length (little endian), a JSON header of {name: {dtype, shape,
// data_offsets}}, then the tensors' bytes without holes. Single files and sharded folders with an index.
//
// Parsing trusts nothing: every length, offset and product of a shape is checked before it is used, and errors name
// the file, the tensor, what was expected and what was found.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "octet/base/file.h"

namespace octet::io {

// A model folder's weights: one file, or shards and the index that says which tensor is where.
constexpr const char *single_name = "model.safetensors", *index_name = "model.safetensors.index.json";

enum class Dtype { F64, F32, F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0, I64, I32, I16, I8, U64, U32, U16, U8, BOOL };
const char* name(Dtype dtype);  // as in the header: "BF16"
size_t bytes_of(Dtype dtype);   // of one element

struct TensorView {
  Dtype dtype;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;  // into the map; alive as long as the SafetensorsFile or Checkpoint
  int64_t elements() const;
  template <class T>
  std::span<const T> as() const {  // bytes seen as T; the caller has checked the dtype. May be unaligned in odd files:
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};  // the reader refuses those.
  }
};

class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);  // Error{file}
  // For tests and fuzzing: parses bytes that someone else keeps alive.
  SafetensorsFile(std::span<const std::byte> bytes, std::string where);

  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  const TensorView& at(const std::string& name) const;  // Error{file}: names the file and the nearest tensor
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const std::string& where() const { return where_; }

 private:
  SafetensorsFile(MappedFile file, std::string where);
  MappedFile file_;
  std::string where_;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
};

// A model folder: model.safetensors, or model.safetensors.index.json and its shards.
// Shards that are missing, tensors that the index places wrongly or twice: Error{file}.
class Checkpoint {
 public:
  explicit Checkpoint(const std::filesystem::path& folder);
  const TensorView* find(const std::string& name) const;  // null if absent
  const TensorView& at(const std::string& name) const;    // Error{file}
  std::vector<std::string> names() const;
  std::string file_of(const std::string& name) const;  // for messages
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::vector<SafetensorsFile> files_;
  std::map<std::string, size_t> where_;
};

struct TensorToWrite {
  std::string name;
  Dtype dtype;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
};

// Writes one file, replaced whole. Data is aligned to 64 bytes by padding the header with spaces; tensors with larger
// elements stand first, so that each is aligned to its element, otherwise in the order given.
void write_safetensors(const std::filesystem::path& path, const std::vector<TensorToWrite>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

// Writes model.safetensors into `folder`, or, if it would exceed `max_shard_bytes`, model-00001-of-0000N.safetensors
// with model.safetensors.index.json, in the release's layout. Weight files that an earlier checkpoint left in the
// folder are removed at the end: they would be read instead.
void write_checkpoint(const std::filesystem::path& folder, const std::vector<TensorToWrite>& tensors,
                      uint64_t max_shard_bytes = uint64_t{5} << 30);

}  // namespace octet::io
