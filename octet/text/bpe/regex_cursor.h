// A place in a pattern that is being parsed, and the errors that name it.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "octet/base/error.h"
#include "octet/base/utf8.h"

namespace octet::text::regex {

class Cursor {
 public:
  static constexpr size_t max_pattern = 1 << 14;  // bytes
  static constexpr int max_depth = 50;

  Cursor(std::string_view pattern, const std::string& where) : pattern_(pattern), where_(where) {
    if (pattern.size() > max_pattern || !utf8::is_valid(pattern)) malformed("not a pattern of at most 16 KiB of UTF-8");
    for (size_t i = 0; i < pattern.size();) {
      size_t n = utf8::valid_length(pattern.substr(i));
      characters_.push_back(utf8::decode(pattern.substr(i), n));
      i += n;
    }
  }

  bool done() const { return at_ == characters_.size(); }
  // The character `ahead` of the next one, 0 at the end.
  char32_t peek(size_t ahead = 0) const { return at_ + ahead < characters_.size() ? characters_[at_ + ahead] : 0; }
  char32_t take() {
    if (done()) malformed("it ends too early");
    return characters_[at_++];
  }
  // Takes `text` (ASCII) if it comes next.
  bool accept(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i)
      if (at_ + i >= characters_.size() || characters_[at_ + i] != static_cast<unsigned char>(text[i])) return false;
    at_ += text.size();
    return true;
  }

  // Brackets and groups within each other.
  void enter() {
    if (++depth_ > max_depth) malformed("nested too deep");
  }
  void leave() { --depth_; }

  [[noreturn]] void malformed(std::string_view what) const { fail(ErrorKind::config, what); }
  [[noreturn]] void lacking(std::string_view what) const {
    fail(ErrorKind::unsupported, fmt::format("octet does not implement {}", what));
  }

 private:
  [[noreturn]] void fail(ErrorKind kind, std::string_view what) const {
    throw Error(kind,
                fmt::format("{}: split pattern {}: {} (near character {})", where_, printable(pattern_), what, at_));
  }

  std::string_view pattern_;
  const std::string& where_;
  std::u32string characters_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace octet::text::regex
