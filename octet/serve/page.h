// The files of the chat page, embedded in the program when npm was there at build time (page/CMakeLists.txt).
#pragma once

#include <span>
#include <string_view>

namespace octet::serve {

// One file as it is sent. The views point at constants of the program.
struct PageFile {
  std::string_view path;  // "/" for the page itself; all else is "/page/<name>-<hash>.<ext>" and never changes
  std::string_view type;  // Content-Type, with its charset
  std::string_view body;
  std::string_view gzip;  // the body compressed, for clients that accept it; empty where that saves nothing
};

// Sorted by path. Empty where octet was built without npm: `/` then says how to get the page.
std::span<const PageFile> page_files();

}  // namespace octet::serve
