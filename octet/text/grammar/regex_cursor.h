// Walking along a pattern or a grammar's text, and naming the place where it goes wrong.
#pragma once
#include <string>
#include <string_view>

#include "octet/text/bpe/unicode.h"

namespace octet::text {

class PatternCursor {
 public:
  // Error{request} if `pattern` is not valid UTF-8 or longer than `limit` bytes.
  PatternCursor(std::string_view pattern, size_t limit, std::string where);

  bool done() const { return at_ >= pattern_.size(); }
  char peek(size_t ahead = 0) const { return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0'; }
  char32_t take();  // one character; not at the end
  bool accept(std::string_view text);
  size_t place() const { return at_; }
  void back_to(size_t place) { at_ = place; }

  // `digits` hexadecimal digits.
  char32_t hex(int digits);
  // Up to `most` decimal digits' number; -1 if there is none here.
  int64_t number(int64_t most);

  [[noreturn]] void malformed(std::string_view what) const;  // Error{request}
  [[noreturn]] void lacking(std::string_view what) const;    // Error{unsupported}

 private:
  std::string_view pattern_;
  size_t at_ = 0;
  std::string where_;
  std::string place_text() const;
};

// A set in brackets, the cursor being behind the '['; an escape (behind the backslash). Both are regular expressions'.
CodePointSet read_character_set(PatternCursor& cursor);
enum class InSet { no, yes };
CodePointSet read_escape(PatternCursor& cursor, InSet in_set);

}  // namespace octet::text
