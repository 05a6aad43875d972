// Files: whole reads with a limit, memory maps, and writes that replace a file or folder whole or not at all.
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace octet {

namespace fs = std::filesystem;

// The whole file. Error{file} if it is missing, not a regular file, unreadable or longer than `limit` bytes.
std::string read_file(const fs::path& path, size_t limit = size_t{1} << 30);

// A file mapped read-only. Copies share the map, which lives as long as any of them. An empty file maps to no bytes.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const fs::path& path);  // Error{file} if it cannot be opened or is no regular file
  std::span<const std::byte> bytes() const { return {data_.get(), size_}; }
  const fs::path& path() const { return path_; }

 private:
  std::shared_ptr<const std::byte[]> data_;
  size_t size_ = 0;
  fs::path path_;
};

// Writes beside `path`, flushes to disk and renames: readers see the old file or the new one. Error{file} on failure,
// the old file untouched. A symbolic link stays, and what it leads to is replaced; a device or a pipe is written into.
void replace_file(const fs::path& path, std::string_view content);

// A file that is written piece by piece and takes its name when commit() is called. Without commit nothing is left.
class ReplacingFile {
 public:
  explicit ReplacingFile(fs::path path);
  ~ReplacingFile();
  ReplacingFile(const ReplacingFile&) = delete;
  ReplacingFile& operator=(const ReplacingFile&) = delete;
  void write(const void* data, size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();

 private:
  fs::path path_, part_;
  int fd_ = -1;
  std::string buffer_;
  void flush();
};

// A folder that is filled under another name and takes its own when commit() is called, replacing what was there.
// Without commit it is removed again. write into path(). The parent folders are made. Whether what is there may go is
// for the caller to know.
class ReplacingFolder {
 public:
  explicit ReplacingFolder(fs::path target);
  ~ReplacingFolder();
  ReplacingFolder(const ReplacingFolder&) = delete;
  ReplacingFolder& operator=(const ReplacingFolder&) = delete;
  const fs::path& path() const { return part_; }
  void commit();

 private:
  fs::path target_, part_;
  bool committed_ = false;
};

}  // namespace octet
