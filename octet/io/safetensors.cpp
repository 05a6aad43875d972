#include "octet/io/safetensors.h"

#include <cstring>

#include "octet/base/error.h"
#include "octet/io/header.h"

namespace octet::io {

namespace {

constexpr uint64_t max_header = 100'000'000;  // as the format's own library

// The header's length; Error{file} if no whole header can lie in `bytes`.
uint64_t header_length(std::span<const std::byte> bytes, const std::string& where) {
  if (bytes.size() < 8)
    throw Error(ErrorKind::file, fmt::format("{}: {} bytes are too few for a safetensors file", where, bytes.size()));
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | std::to_integer<uint64_t>(bytes[static_cast<size_t>(i)]);
  if (length > max_header)
    throw Error(ErrorKind::file,
                fmt::format("{}: a header of {} bytes; expected at most {}", where, length, max_header),
                "this may be no safetensors file");
  if (length > bytes.size() - 8)
    throw Error(
        ErrorKind::file,
        fmt::format("{}: the header is said to have {} bytes, but only {} follow", where, length, bytes.size() - 8),
        "the file may be truncated");
  return length;
}

std::map<std::string, TensorView> views(const Header& header, std::span<const std::byte> data,
                                        const std::string& where) {
  std::map<std::string, TensorView> out;
  for (const HeaderEntry& entry : header.tensors) {
    TensorView view{entry.dtype, entry.shape, data.subspan(entry.begin, entry.end - entry.begin)};
    if (reinterpret_cast<uintptr_t>(view.bytes.data()) % bytes_of(view.dtype) != 0)
      throw Error(ErrorKind::file,
                  fmt::format("{}: tensor '{}': {} data that is not aligned to {} bytes", where, printable(entry.name),
                              name(view.dtype), bytes_of(view.dtype)),
                  "write the file again with a current safetensors library");
    out.emplace(entry.name, std::move(view));
  }
  return out;
}

}  // namespace

int64_t TensorView::elements() const { return static_cast<int64_t>(bytes.size() / bytes_of(dtype)); }

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : SafetensorsFile(MappedFile(path), path.string()) {}

SafetensorsFile::SafetensorsFile(MappedFile file, std::string where) : SafetensorsFile(file.bytes(), std::move(where)) {
  file_ = std::move(file);
}

SafetensorsFile::SafetensorsFile(std::span<const std::byte> bytes, std::string where) : where_(std::move(where)) {
  uint64_t length = header_length(bytes, where_);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()) + 8, length);
  std::span<const std::byte> data = bytes.subspan(8 + length);
  Header header = parse_header(text, where_);
  check_layout(header, data.size(), where_);
  tensors_ = views(header, data, where_);
  metadata_ = std::move(header.metadata);
}

const TensorView& SafetensorsFile::at(const std::string& name) const {
  auto it = tensors_.find(name);
  if (it != tensors_.end()) return it->second;
  std::vector<std::string> names;
  for (const auto& [known, view] : tensors_) names.push_back(known);
  std::string near = nearest_name(name, names);
  throw Error(ErrorKind::file, fmt::format("{}: no tensor '{}'", where_, printable(name)),
              near.empty() ? "" : fmt::format("the nearest is '{}'", printable(near)));
}

}  // namespace octet::io
