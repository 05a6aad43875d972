#include "octet/text/jinja/lexer.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/base/utf8.h"
#include "octet/text/jinja/escapes.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {

std::string describe(const Token& token) {
  switch (token.type) {
    case TokenType::data:
      return "text of the template";
    case TokenType::output_begin:
      return "'{{'";
    case TokenType::output_end:
      return "'}}'";
    case TokenType::block_begin:
      return "'{%'";
    case TokenType::block_end:
      return "'%}'";
    case TokenType::end:
      return "the end of the template";
    case TokenType::text:
      return "a string";
    default:
      return "'" + printable(token.value) + "'";
  }
}

namespace {

std::string normalize_newlines(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      out += source[i];
    } else {
      out += '\n';
      if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    }
  }
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
 public:
  Lexer(std::string_view source, std::string_view name) : source_(source), name_(name) {}

  std::vector<Token> run() {
    while (at_ < source_.size()) root();
    push(TokenType::end, "");
    return std::move(tokens_);
  }

 private:
  std::string_view source_, name_;
  size_t at_ = 0;
  size_t counted_ = 0;  // newlines up to here are in line_
  int line_ = 1;
  bool line_starts_ = true;  // what was read last ended a line, so a tag now may stand first on its own
  std::vector<Token> tokens_;

  int line() {
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                         source_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
    counted_ = at_;
    return line_;
  }
  [[noreturn]] void fail(std::string_view message) {
    throw Error(ErrorKind::config, fmt::format("{}: line {}: {}", name_, line(), message));
  }
  std::string_view rest() const { return source_.substr(at_); }
  void push(TokenType type, std::string value) { tokens_.push_back({type, std::move(value), line()}); }
  void skip_spaces() { at_ = source_.size() - unicode::strip(rest(), unicode::Side::left).size(); }

  void push_data(std::string_view text) {
    if (!text.empty()) push(TokenType::data, std::string(text));
  }

  // What is left of the text before a tag that opens with `sign` after its two characters.
  std::string_view before_tag(std::string_view text, char sign, bool output) const {
    if (sign == '-') return unicode::strip(text, unicode::Side::right);
    if (sign == '+' || output) return text;
    size_t start = text.rfind('\n') + 1;  // 0 if there is none
    if (start == 0 && !line_starts_) return text;
    return unicode::strip(text.substr(start), unicode::Side::left).empty() ? text.substr(0, start) : text;
  }

  static char sign_at(std::string_view text, size_t i) {
    return i < text.size() && (text[i] == '-' || text[i] == '+') ? text[i] : '\0';
  }

  // Moves past a tag's end, "%}" or "#}" (or "}}"), which rest() starts with after an optional sign, and what it trims.
  void leave_tag(char sign) {
    at_ += sign ? 3 : 2;
    if (sign == '-')
      skip_spaces();
    else if (sign != '+' && source_[at_ - 2] != '}' && rest().starts_with('\n'))
      ++at_;
    line_starts_ = source_[at_ - 1] == '\n';
  }

  void root() {
    size_t open = at_;
    for (;; ++open) {
      open = source_.find('{', open);
      if (open == source_.npos || open + 1 >= source_.size()) {
        push_data(rest());
        at_ = source_.size();
        return;
      }
      char next = source_[open + 1];
      if (next == '%' || next == '{' || next == '#') break;
    }
    char kind = source_[open + 1], sign = sign_at(source_, open + 2);
    push_data(before_tag(source_.substr(at_, open - at_), sign, kind == '{'));
    at_ = open;
    if (kind == '#') return comment(sign);
    if (kind == '%' && raw(sign)) return;
    push(kind == '{' ? TokenType::output_begin : TokenType::block_begin, "");
    at_ = open + (sign ? 3 : 2);
    inside(kind);
  }

  void comment(char sign) {
    size_t from = at_ + (sign ? 3 : 2), close = source_.find("#}", from);
    if (close == source_.npos) fail("the comment that begins here has no end");
    char end_sign = close > from ? sign_at(source_, close - 1) : '\0';
    at_ = end_sign ? close - 1 : close;
    leave_tag(end_sign);
  }

  // {% raw %} ... {% endraw %}; false if the tag at hand is another.
  bool raw(char sign) {
    std::string_view tag = unicode::strip(source_.substr(at_ + (sign ? 3 : 2)), unicode::Side::left);
    if (!tag.starts_with("raw")) return false;
    tag = unicode::strip(tag.substr(3), unicode::Side::left);
    bool trims = tag.starts_with("-%}");
    if (!trims && !tag.starts_with("%}")) return false;
    int begun = line();
    at_ = source_.size() - tag.size() + (trims ? 3 : 2);
    if (trims) skip_spaces();
    line_starts_ = source_[at_ - 1] == '\n';
    for (size_t open = at_; (open = source_.find("{%", open)) != source_.npos; open += 2) {
      char begin_sign = sign_at(source_, open + 2);
      std::string_view end = unicode::strip(source_.substr(open + (begin_sign ? 3 : 2)), unicode::Side::left);
      if (!end.starts_with("endraw")) continue;
      end = unicode::strip(end.substr(6), unicode::Side::left);
      char end_sign = sign_at(end, 0);
      if (!end.substr(end_sign ? 1 : 0).starts_with("%}")) continue;
      push_data(before_tag(source_.substr(at_, open - at_), begin_sign, false));
      at_ = source_.size() - end.size();
      leave_tag(end_sign);
      return true;
    }
    throw Error(ErrorKind::config,
                fmt::format("{}: line {}: the raw block that begins here has no endraw", name_, begun));
  }

  // The tokens of an expression or a statement, up to its end.
  void inside(char kind) {
    std::string open_brackets;
    int begun = line();
    std::string_view close = kind == '{' ? "}}" : "%}";
    while (true) {
      skip_spaces();
      if (at_ >= source_.size())
        throw Error(ErrorKind::config,
                    fmt::format("{}: line {}: the tag that begins here has no '{}'", name_, begun, close));
      char sign = sign_at(source_, at_);
      if (kind == '{' && sign == '+') sign = '\0';
      if (open_brackets.empty() && rest().substr(sign ? 1 : 0).starts_with(close)) {
        push(kind == '{' ? TokenType::output_end : TokenType::block_end, "");
        leave_tag(sign);
        return;
      }
      char c = source_[at_];
      if (is_digit(c))
        number();
      else if (is_word(c))
        word();
      else if (c == '\'' || c == '"')
        text(c);
      else
        operation(open_brackets);
    }
  }

  void word() {
    size_t end = at_;
    while (end < source_.size() && is_word(source_[end])) ++end;
    // A wide space ends a name; skip_spaces has passed those before it.
    std::string_view name = source_.substr(at_, end - at_);
    for (std::string_view walk = name; !walk.empty();) {
      size_t before = name.size() - walk.size();
      if (unicode::is_space(unicode::take(walk))) {
        name = name.substr(0, before);
        break;
      }
    }
    push(TokenType::name, std::string(name));
    at_ += name.size();
  }

  // Digits with single underscores between them, from `i`; the end of them, or `i` if there are none.
  size_t digits(size_t i) const {
    size_t end = i;
    while (end < source_.size() && (is_digit(source_[end]) || (end > i && source_[end] == '_' &&
                                                               end + 1 < source_.size() && is_digit(source_[end + 1]))))
      ++end;
    return end;
  }

  void number() {
    size_t whole = digits(at_), end = whole;
    auto at = [&](size_t i) { return i < source_.size() ? source_[i] : '\0'; };
    bool after_dot = at_ > 0 && source_[at_ - 1] == '.';
    if (!after_dot && at(end) == '.' && is_digit(at(end + 1))) end = digits(end + 1);
    if (!after_dot && (at(end) == 'e' || at(end) == 'E')) {
      size_t exponent = end + 1;
      if (at(exponent) == '+' || at(exponent) == '-') ++exponent;
      if (is_digit(at(exponent))) end = digits(exponent);
    }
    TokenType type = end > whole ? TokenType::number : TokenType::integer;
    char prefix = source_[at_] == '0' ? at(at_ + 1) | 0x20 : '\0';
    if (type == TokenType::integer && (prefix == 'x' || prefix == 'o' || prefix == 'b')) {
      end = at_ + 2;
      while (std::isxdigit(static_cast<unsigned char>(at(end))) || at(end) == '_') ++end;
    } else if (type == TokenType::integer && source_[at_] == '0') {
      while (end > at_ + 1 && source_.substr(at_, end - at_).find_first_not_of("0_") != source_.npos) --end;
    }
    std::string value(source_.substr(at_, end - at_));
    std::erase(value, '_');
    push(type, std::move(value));
    at_ = end;
  }

  void text(char quote) {
    size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote) end += source_[end] == '\\' ? 2 : 1;
    if (end >= source_.size()) fail("the string that begins here has no end");
    std::string message;
    auto value = unescape(source_.substr(at_ + 1, end - at_ - 1), message);
    if (!value) fail(message);
    push(TokenType::text, std::move(*value));
    at_ = end + 1;
  }

  void operation(std::string& open_brackets) {
    static constexpr std::string_view two[] = {"//", "**", "==", "!=", ">=", "<="};
    std::string_view sign = rest().substr(0, 2);
    if (std::find(std::begin(two), std::end(two), sign) == std::end(two)) sign = rest().substr(0, 1);
    if (sign.size() == 1 && std::string_view("+-*/%~[](){}<>=.:|,;").find(sign[0]) == std::string_view::npos)
      fail(fmt::format("unexpected character '{}'", printable(sign)));
    char c = sign[0];
    if (c == '(' || c == '[' || c == '{') open_brackets += c == '(' ? ')' : c == '[' ? ']' : '}';
    if (c == ')' || c == ']' || c == '}') {
      if (open_brackets.empty()) fail(fmt::format("unexpected '{}'", c));
      if (open_brackets.back() != c) fail(fmt::format("unexpected '{}', expected '{}'", c, open_brackets.back()));
      open_brackets.pop_back();
    }
    push(TokenType::sign, std::string(sign));
    at_ += sign.size();
  }
};

}  // namespace

std::vector<Token> tokenize(std::string_view source, std::string_view name) {
  if (!utf8::is_valid(source)) throw Error(ErrorKind::config, fmt::format("{}: the template is not valid UTF-8", name));
  std::string normal = normalize_newlines(source);
  if (normal.ends_with('\n')) normal.pop_back();
  return Lexer(normal, name).run();
}

}  // namespace octet::text::jinja
