#include "octet/text/bpe/regex_sets.h"

namespace octet::text::regex {

namespace {

bool is_ascii_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii_punctuation(char32_t c) {
  return c < 0x80 && c > ' ' && c != 0x7F && !is_ascii_letter(c) && !(c >= '0' && c <= '9');
}

// The characters that equal `c` without regard to case: ASCII letters and the two that Unicode folds to them.
CodePointSet case_variants(char32_t c) {
  CodePointSet set{{c, c}};
  if (!is_ascii_letter(c)) return set;
  char32_t lower = c | 0x20, upper = lower - 0x20;
  set = CodePointSet{{lower, lower}, {upper, upper}};
  if (lower == 's') set = set | CodePointSet{{0x17F, 0x17F}};    // long s
  if (lower == 'k') set = set | CodePointSet{{0x212A, 0x212A}};  // kelvin sign
  return set;
}

class Single {
 public:
  Single(Cursor& cursor, Case letters) : cursor_(cursor), letters_(letters) {}

  // One character's worth of pattern outside of brackets.
  CodePointSet single() {
    char32_t c = cursor_.take();
    switch (c) {
      case '[':
        return set();
      case '.':
        return ~CodePointSet{{'\n', '\n'}};
      case '^':
      case '$':
        cursor_.lacking("the anchors ^ and $");
      case '*':
      case '+':
      case '?':
      case '{':
        cursor_.malformed("a repeat of nothing");
      case '\\':
        return escape();
      default:
        return literal(c);
    }
  }

 private:
  CodePointSet literal(char32_t c) const {
    if (letters_ == Case::kept) return {{c, c}};
    if (c >= 0x80) cursor_.lacking("characters beyond ASCII in (?i:");
    return case_variants(c);
  }

  // After a backslash: a set for \s and its like, else one character.
  CodePointSet escape() {
    char32_t c = cursor_.take();
    switch (c) {
      case 's':
        return white_space();
      case 'S':
        return ~white_space();
      case 'd':
        return *unicode_property("Nd");
      case 'D':
        return ~*unicode_property("Nd");
      case 'w':
        return word_characters();
      case 'W':
        return ~word_characters();
      case 'p':
        return property();
      case 'P':
        return ~property();
      default:
        return literal(escaped_character(c));
    }
  }

  // `c` is what follows the backslash.
  char32_t escaped_character(char32_t c) {
    switch (c) {
      case 'r':
        return '\r';
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'f':
        return '\f';
      case 'v':
        return '\v';
      case 'a':
        return '\a';
      case 'e':
        return 0x1B;
      case 'x':
        return hexadecimal(2);
      case 'u':
        return hexadecimal(4);
      default:
        break;
    }
    if (is_ascii_punctuation(c) || c == ' ') return c;
    std::string name = "\\";
    utf8::append(name, c);
    cursor_.lacking(fmt::format("the escape {}", printable(name)));
  }

  char32_t hexadecimal(int digits) {
    char32_t value = 0;
    auto digit = [&] {
      char32_t c = cursor_.take();
      if (c >= '0' && c <= '9') return c - '0';
      if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') return (c | 0x20) - 'a' + 10;
      cursor_.malformed("expected a hexadecimal digit");
    };
    if (digits == 2 && cursor_.accept("{")) {
      while (!cursor_.accept("}"))
        if ((value = value * 16 + digit()) > 0x10FFFF) cursor_.malformed("a code point above 10FFFF");
      return value;
    }
    for (int i = 0; i < digits; ++i) value = value * 16 + digit();
    if (digits == 2 && value >= 0x80) cursor_.lacking("\\x80 to \\xFF, which are bytes there");
    return value;
  }

  // {L}, {^L}, {Han}
  CodePointSet property() {
    if (letters_ == Case::ignored) cursor_.lacking("\\p in (?i:");
    if (!cursor_.accept("{")) cursor_.malformed("expected '{' after \\p");
    bool negated = cursor_.accept("^");
    std::string name;
    while (!cursor_.accept("}")) utf8::append(name, cursor_.take());
    std::optional<CodePointSet> found = unicode_property(name);
    if (!found) cursor_.lacking(fmt::format("\\p{{{}}}", printable(name)));
    return negated ? ~*found : *found;
  }

  // After '[', up to and with ']'.
  CodePointSet set() {
    cursor_.enter();
    bool negated = cursor_.accept("^");
    if (negated && letters_ == Case::ignored) cursor_.lacking("[^..] in (?i:");
    CodePointSet result{{0, 0x10FFFF}};
    std::vector<CodePointRange> part;
    bool empty = true;
    for (;; empty = false) {
      if (cursor_.accept("]")) break;
      if (cursor_.accept("&&")) {
        result = result & CodePointSet(std::move(part));
        part.clear();
        continue;
      }
      CodePointSet item = set_item();
      part.insert(part.end(), item.ranges().begin(), item.ranges().end());
    }
    if (empty) cursor_.malformed("an empty [] (write \\] for the bracket)");
    result = result & CodePointSet(std::move(part));
    cursor_.leave();
    return negated ? ~result : result;
  }

  CodePointSet set_item() {
    char32_t c = cursor_.take();
    if (c == '[') {
      if (cursor_.peek() == ':') cursor_.lacking("[:name:]");
      return set();
    }
    bool escaped = c == '\\';
    if (escaped && std::u32string_view(U"sSdDwWpP").find(cursor_.peek()) != std::u32string_view::npos) {
      CodePointSet result = escape();
      if (cursor_.peek() == '-' && cursor_.peek(1) != ']') cursor_.lacking("a range that begins with a set");
      return result;
    }
    char32_t low = escaped ? escaped_character(cursor_.take()) : c;
    if (cursor_.peek() != '-' || cursor_.peek(1) == ']') return literal(low);
    cursor_.take();
    char32_t high = cursor_.take();
    if (high == '[') cursor_.malformed("a range that ends with a set");
    if (high == '\\') high = escaped_character(cursor_.take());
    if (high < low) cursor_.malformed("a range that goes down");
    if (letters_ == Case::kept) return {{low, high}};
    CodePointSet result;
    if (high >= 0x80) cursor_.lacking("characters beyond ASCII in (?i:");
    for (char32_t each = low; each <= high; ++each) result = result | case_variants(each);
    return result;
  }

  Cursor& cursor_;
  Case letters_;
};

}  // namespace

CodePointSet parse_single(Cursor& cursor, Case letters) { return Single(cursor, letters).single(); }

}  // namespace octet::text::regex
