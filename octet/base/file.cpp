#include "octet/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "octet/base/error.h"

namespace octet {

namespace {

[[noreturn]] void fail(const fs::path& path, std::string_view what, int error, std::string hint = "") {
  throw Error(ErrorKind::file, fmt::format("{}: {}: {}", path.string(), what, std::strerror(error)), std::move(hint));
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

// Opens a regular file for reading and tells its size.
Descriptor open_regular(const fs::path& path, size_t& size) {
  Descriptor d{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (d.fd < 0) fail(path, "cannot open", errno, errno == ENOENT ? "check the path" : "");
  struct stat info {};
  if (::fstat(d.fd, &info) != 0) fail(path, "cannot stat", errno);
  if (!S_ISREG(info.st_mode))
    throw Error(ErrorKind::file, fmt::format("{}: expected a file, found a {}", path.string(),
                                             S_ISDIR(info.st_mode) ? "folder" : "special file"));
  size = static_cast<size_t>(info.st_size);
  return d;
}

void write_all(int fd, const char* data, size_t bytes, const fs::path& path) {
  while (bytes > 0) {
    ssize_t n = ::write(fd, data, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, "cannot write", errno, errno == ENOSPC ? "free some disk space" : "");
    data += n, bytes -= static_cast<size_t>(n);
  }
}

// A name beside `path` that no other process or thread uses.
fs::path part_name(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() / fmt::format(".{}.{}.{}.part", path.filename().string(), ::getpid(), counter++);
}

fs::path without_trailing_slash(fs::path path) { return path.has_filename() ? path : path.parent_path(); }

// What a symbolic link leads to in the end, there or not; any other path as it is.
fs::path followed(fs::path path) {
  constexpr int most = 40;  // links, as the kernel follows them
  std::error_code error;
  for (int links = 0; links < most && fs::is_symlink(path, error); ++links)
    path = path.parent_path() / fs::read_symlink(path, error);  // an absolute target replaces the folder
  return path;
}

// A folder that can be renamed: ".", ".." and links stand for others.
fs::path folder_itself(const fs::path& path) {
  fs::path folder = without_trailing_slash(path);
  std::error_code error;
  bool dots = folder.filename() == "." || folder.filename() == "..";
  fs::path found = dots ? fs::canonical(folder, error) : followed(folder);
  return error || found.empty() ? folder : without_trailing_slash(found);
}

void make_parent(const fs::path& path) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) fail(path.parent_path(), "cannot make the folder", error.value());
}

void sync_folder(const fs::path& folder) {
  Descriptor d{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (d.fd >= 0) ::fsync(d.fd);
}

}  // namespace

std::string read_file(const fs::path& path, size_t limit) {
  size_t size;
  Descriptor d = open_regular(path, size);
  if (size > limit)
    throw Error(ErrorKind::file,
                fmt::format("{}: {} bytes is more than the {} that such a file may have", path.string(), size, limit));
  std::string text(size, '\0');
  size_t done = 0;
  while (done < size) {
    ssize_t n = ::read(d.fd, text.data() + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, "cannot read", errno);
    if (n == 0) break;  // it shrank while being read
    done += static_cast<size_t>(n);
  }
  text.resize(done);
  return text;
}

MappedFile::MappedFile(const fs::path& path) : path_(path) {
  Descriptor d = open_regular(path, size_);
  if (size_ == 0) return;
  void* p = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, d.fd, 0);
  if (p == MAP_FAILED) fail(path, "cannot map", errno);
  data_ = std::shared_ptr<const std::byte[]>(
      static_cast<const std::byte*>(p), [n = size_](const std::byte* q) { ::munmap(const_cast<std::byte*>(q), n); });
}

void replace_file(const fs::path& path, std::string_view content) {
  ReplacingFile file(path);
  file.write(content);
  file.commit();
}

ReplacingFile::ReplacingFile(fs::path path) : path_(std::move(path)) {
  struct stat info {};
  if (::stat(path_.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) fail(path_, "cannot write", EISDIR);
    if (!S_ISREG(info.st_mode)) {  // /dev/null, a pipe: nothing may take its place; part_ stays empty
      fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
      if (fd_ < 0) fail(path_, "cannot write", errno);
      return;
    }
  }
  path_ = followed(path_);
  part_ = part_name(path_);
  make_parent(path_);
  fd_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd_ < 0) fail(path_, "cannot write", errno);
}

ReplacingFile::~ReplacingFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  if (!part_.empty()) ::unlink(part_.c_str());
}

void ReplacingFile::write(const void* data, size_t bytes) {
  buffer_.append(static_cast<const char*>(data), bytes);
  if (buffer_.size() >= size_t{1} << 20) flush();
}

void ReplacingFile::flush() {
  write_all(fd_, buffer_.data(), buffer_.size(), path_);
  buffer_.clear();
}

void ReplacingFile::commit() {
  flush();
  if (part_.empty()) {
    int result = ::close(fd_);
    fd_ = -1;
    if (result != 0) fail(path_, "cannot write", errno);
    return;
  }
  if (::fsync(fd_) != 0) fail(path_, "cannot flush", errno);
  ::close(fd_);
  fd_ = -1;
  if (::rename(part_.c_str(), path_.c_str()) != 0) {
    int error = errno;
    ::unlink(part_.c_str());
    fail(path_, "cannot replace", error);
  }
  sync_folder(path_.parent_path());
}

ReplacingFolder::ReplacingFolder(fs::path target) : target_(folder_itself(target)), part_(part_name(target_)) {
  make_parent(target_);
  std::error_code error;
  fs::create_directory(part_, error);
  if (error) fail(target_, "cannot make the folder", error.value());
}

ReplacingFolder::~ReplacingFolder() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(part_, ignored);
}

void ReplacingFolder::commit() {
  std::error_code error;
  fs::path old;
  if (fs::exists(target_)) {
    old = part_name(target_);
    fs::rename(target_, old, error);
    if (error) fail(target_, "cannot replace the folder", error.value());
  }
  fs::rename(part_, target_, error);
  if (error) {
    std::error_code ignored;
    if (!old.empty()) fs::rename(old, target_, ignored);
    fail(target_, "cannot put the folder in place", error.value());
  }
  committed_ = true;
  sync_folder(target_.parent_path());
  if (!old.empty()) fs::remove_all(old, error);
}

}  // namespace octet
