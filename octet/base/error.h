// Two kinds of failure.
//
// Error: the world's fault (a file, a flag, a recipe, a request, a peer). One sentence says what, where and what was
// expected; the hint says how to mend it. The command line prints "octet: sentence; hint" and exits with 2.
// Bug: octet's own fault. It carries the place and exits with 1.
// Both are caught at the borders only: main, a request, a training step.
#pragma once
#include <fmt/format.h>

#include <exception>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace octet {

enum class ErrorKind {
  usage,        // a flag or a command
  file,         // a file that is missing, truncated or lies about itself
  config,       // a configuration, recipe or template that cannot be honoured
  request,      // what a client asked for
  resources,    // memory, disk, a device that is not there
  unsupported,  // valid, but nothing octet implements
};

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string sentence, std::string hint = "");
  const char* what() const noexcept override { return whole_.c_str(); }  // "sentence; hint", one line
  ErrorKind kind() const { return kind_; }
  const std::string& sentence() const { return sentence_; }
  const std::string& hint() const { return hint_; }

 private:
  ErrorKind kind_;
  std::string sentence_, hint_, whole_;
};

class Bug : public std::exception {
 public:
  Bug(std::string_view message, std::source_location where);
  const char* what() const noexcept override { return whole_.c_str(); }

 private:
  std::string whole_;
};

// Throws Bug unless `condition`. For what only a mistake in octet can make false; never for input.
inline void check(bool condition, std::string_view message = "invariant broken",
                  std::source_location where = std::source_location::current()) {
  if (!condition) [[unlikely]]
    throw Bug(message, where);
}

// The name among `known` closest to `given` (optimal string alignment distance), or "" if none is close enough to be a
// likely slip. Ties go to the earlier one.
std::string nearest_name(std::string_view given, const std::vector<std::string>& known);

// "; did you mean X?" style hint for an unknown name: "did you mean 'X'?", or "known: a, b, c" if nothing is near.
std::string unknown_name_hint(std::string_view given, const std::vector<std::string>& known);

// Makes text from a file fit for one line of a message: control characters and invalid UTF-8 become \xNN, long text is
// cut in the middle with "...".
std::string printable(std::string_view text, size_t limit = 80);

}  // namespace octet
