#include "octet/text/grammar/regex_cursor.h"

#include "octet/base/error.h"
#include "octet/base/utf8.h"

namespace octet::text {

PatternCursor::PatternCursor(std::string_view pattern, size_t limit, std::string where)
    : pattern_(pattern), where_(std::move(where)) {
  if (pattern.size() > limit)
    throw Error(ErrorKind::request, fmt::format("{}: longer than {} bytes", where_, limit), "say less at a time");
  if (!utf8::is_valid(pattern)) throw Error(ErrorKind::request, fmt::format("{}: not valid UTF-8", where_));
}

char32_t PatternCursor::take() {
  check(!done(), "taken beyond the end");
  std::string_view rest = pattern_.substr(at_);
  size_t length = utf8::valid_length(rest);
  at_ += length;
  return utf8::decode(rest, length);
}

bool PatternCursor::accept(std::string_view text) {
  if (pattern_.substr(at_, text.size()) != text) return false;
  at_ += text.size();
  return true;
}

char32_t PatternCursor::hex(int digits) {
  char32_t value = 0;
  for (int i = 0; i < digits; ++i) {
    char c = peek();
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) malformed(fmt::format("expected {} hexadecimal digits", digits));
    value = value * 16 + static_cast<char32_t>(digit);
    ++at_;
  }
  return value;
}

int64_t PatternCursor::number(int64_t most) {
  if (peek() < '0' || peek() > '9') return -1;
  int64_t value = 0;
  for (; peek() >= '0' && peek() <= '9'; ++at_) {
    value = value * 10 + (peek() - '0');
    if (value > most) malformed(fmt::format("a count above {}", most));
  }
  return value;
}

std::string PatternCursor::place_text() const {
  return fmt::format("{}: at byte {} of '{}'", where_, at_, printable(pattern_));
}

void PatternCursor::malformed(std::string_view what) const {
  throw Error(ErrorKind::request, fmt::format("{}: {}", place_text(), what));
}

void PatternCursor::lacking(std::string_view what) const {
  throw Error(ErrorKind::unsupported, fmt::format("{}: {} cannot be enforced by token masks", place_text(), what));
}

namespace {

CodePointSet only(char32_t c) { return {{c, c}}; }

CodePointSet ascii_space() { return {{'\t', '\r'}, {' ', ' '}}; }

// White space of ECMAScript, Unicode and Python together.
CodePointSet any_space() { return white_space() | CodePointSet{{0x1C, 0x1F}, {0xFEFF, 0xFEFF}}; }

CodePointSet property(PatternCursor& cursor) {
  if (!cursor.accept("{")) cursor.malformed("expected \\p{name}");
  std::string name;
  while (!cursor.done() && cursor.peek() != '}') utf8::append(name, cursor.take());
  if (!cursor.accept("}")) cursor.malformed("expected '}' after a property's name");
  auto set = unicode_property(name);
  if (!set) cursor.lacking(fmt::format("\\p{{{}}}", printable(name, 20)));
  return *set;
}

char32_t unicode_escape(PatternCursor& cursor) {
  if (!cursor.accept("{")) return cursor.hex(4);
  int digits = 0;
  while (digits < 6 && cursor.peek(static_cast<size_t>(digits)) != '}') ++digits;
  if (digits == 0) cursor.malformed("expected digits in \\u{}");
  char32_t c = cursor.hex(digits);
  if (!cursor.accept("}")) cursor.malformed("expected '}' after \\u{");
  if (c > 0x10FFFF) cursor.malformed("a character beyond U+10FFFF");
  return c;
}

}  // namespace

CodePointSet read_escape(PatternCursor& cursor, InSet in_set) {
  if (cursor.done()) cursor.malformed("a backslash at the end");
  char32_t c = cursor.take();
  switch (c) {
    case 'd':
      return {{'0', '9'}};
    case 'w':
      return {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    case 's':
      return ascii_space();
    case 'D':
      return ~*unicode_property("Nd");
    case 'W':
      return ~word_characters();
    case 'S':
      return ~any_space();
    case 'p':
      return property(cursor);
    case 'P':
      return ~property(cursor);
    case 't':
      return only('\t');
    case 'n':
      return only('\n');
    case 'r':
      return only('\r');
    case 'f':
      return only('\f');
    case 'v':
      return only('\v');
    case 'x':
      return only(cursor.hex(2));
    case 'u':
      return only(unicode_escape(cursor));
    case '0':
      return only(0);
    case 'b':
      if (in_set == InSet::yes) return only('\b');
      cursor.lacking("\\b");
    default:
      break;
  }
  if (c >= '1' && c <= '9') cursor.lacking("a reference to a group");
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (letter) cursor.lacking(fmt::format("\\{}", static_cast<char>(c)));
  return only(c);
}

CodePointSet read_character_set(PatternCursor& cursor) {
  bool negated = cursor.accept("^");
  CodePointSet all;
  auto single = [&] {
    if (cursor.done()) cursor.malformed("'[' without ']'");
    return cursor.accept("\\") ? read_escape(cursor, InSet::yes) : only(cursor.take());
  };
  auto one = [](const CodePointSet& set) {
    return set.ranges().size() == 1 && set.ranges()[0].first == set.ranges()[0].last;
  };
  while (!cursor.accept("]")) {
    CodePointSet first = single();
    bool range = cursor.peek() == '-' && cursor.peek(1) != ']' && cursor.peek(1) != '\0';
    if (range && one(first)) {
      cursor.accept("-");
      CodePointSet last = single();
      if (!one(last)) cursor.malformed("a range that ends in a class");
      if (last.ranges()[0].first < first.ranges()[0].first)
        cursor.malformed("a range whose end comes before its beginning");
      first = CodePointSet{{first.ranges()[0].first, last.ranges()[0].first}};
    }
    all = all | first;
  }
  return negated ? ~all : all;
}

}  // namespace octet::text
