#include "octet/base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "octet/base/error.h"
#include "octet/base/log.h"
#include "octet/base/terminal.h"

namespace octet {
namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("octet-file-{}", ::getpid());
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

TEST(ReplaceFile, LeavesALinkAndReplacesWhatItLeadsTo) {
  Folder f;
  replace_file(f.path / "there" / "file", "old");
  fs::create_symlink("there/file", f.path / "link");
  fs::create_symlink("link", f.path / "second");
  replace_file(f.path / "second", "new");
  EXPECT_TRUE(fs::is_symlink(f.path / "second") && fs::is_symlink(f.path / "link"));
  EXPECT_EQ(read_file(f.path / "there" / "file"), "new");
  fs::create_symlink("nowhere/yet", f.path / "dangling");
  replace_file(f.path / "dangling", "made");
  EXPECT_EQ(read_file(f.path / "nowhere" / "yet"), "made");
}

TEST(ReplaceFile, WritesIntoAPipeAndADevice) {
  Folder f;
  fs::path pipe = f.path / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::string got(5, '\0');
  std::thread reader([&] {
    int fd = ::open(pipe.c_str(), O_RDONLY);
    EXPECT_EQ(::read(fd, got.data(), got.size()), 5);
    ::close(fd);
  });
  replace_file(pipe, "hello");
  reader.join();
  EXPECT_EQ(got, "hello");
  EXPECT_TRUE(fs::is_fifo(pipe));
  fs::create_symlink("/dev/null", f.path / "null");
  replace_file(f.path / "null", "gone");
  EXPECT_TRUE(fs::is_symlink(f.path / "null"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_THROW(replace_file("/dev/full", "x"), Error);
}

TEST(ReplaceFile, RefusesAFolderBeforeAnythingIsWritten) {
  Folder f;
  EXPECT_THROW(ReplacingFile{f.path}, Error);
  EXPECT_TRUE(fs::is_empty(f.path));
}

TEST(ReplaceFolder, LeavesALinkAndReplacesWhatItLeadsTo) {
  Folder f;
  fs::create_directory(f.path / "real");
  fs::create_directory_symlink("real", f.path / "link");
  ReplacingFolder folder(f.path / "link");
  replace_file(folder.path() / "x", "1");
  folder.commit();
  EXPECT_TRUE(fs::is_symlink(f.path / "link"));
  EXPECT_EQ(read_file(f.path / "real" / "x"), "1");
}

TEST(Stderr, WhatCannotBeWrittenIsLostWithoutAnError) {
  std::fflush(stderr);
  int kept = ::dup(STDERR_FILENO), full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(::dup2(full, STDERR_FILENO), 0);
  ::close(full);
  EXPECT_NO_THROW({
    log::info("a message");
    log::warning("another");
    Progress progress("work", 2);
    progress.update(1, "half");
    progress.redraw();
  });
  ::close(STDERR_FILENO);
  EXPECT_NO_THROW(log::info("to nobody"));
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  std::clearerr(stderr);
}

}  // namespace
}  // namespace octet
