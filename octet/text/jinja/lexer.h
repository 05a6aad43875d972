// A template's source as tokens, with jinja2's rules of white space: trim_blocks and lstrip_blocks on, one newline at
// the end dropped, \r\n and \r read as \n.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace octet::text::jinja {

enum class TokenType { data, output_begin, output_end, block_begin, block_end, name, text, integer, number, sign, end };

struct Token {
  TokenType type;
  std::string value;  // of text: unescaped; of integer: digits with their prefix, without underscores
  int line;
  bool is(std::string_view sign) const { return type == TokenType::sign && value == sign; }
  bool is_name(std::string_view name) const { return type == TokenType::name && value == name; }
};

// For messages: "'endif'", "the end of the template".
std::string describe(const Token& token);

// Ends with a token of type end. Error{config} with `name` and the line.
std::vector<Token> tokenize(std::string_view source, std::string_view name);

}  // namespace octet::text::jinja
