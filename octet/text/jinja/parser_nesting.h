// How deep the parser itself may recurse; for the parser's own files.
#pragma once
#include "octet/text/jinja/parser.h"

namespace octet::text::jinja {

struct Parser::Nested {
  explicit Nested(Parser& parser) : parser(parser) {
    constexpr int most = 240;
    if (++parser.nesting_ > most) {
      --parser.nesting_;
      parser.fail("the template is nested too deeply");
    }
  }
  ~Nested() { --parser.nesting_; }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;
  Parser& parser;
};

}  // namespace octet::text::jinja
