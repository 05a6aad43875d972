// A pattern as a tree. See regex.h for the language.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "octet/text/bpe/unicode.h"

namespace octet::text::regex {

enum class Repeat : uint8_t { greedy, lazy, possessive };

struct Node {
  enum class Kind : uint8_t { set, sequence, either, look, look_not };
  Kind kind = Kind::sequence;
  std::vector<Node> children = {};  // sequence, either; look: one

  // set: one character of it, or a run of them
  CodePointSet set = {};
  uint32_t least = 1, most = 1;
  Repeat repeat = Repeat::greedy;
};

constexpr uint32_t unbounded = UINT32_MAX;

// Error{unsupported} for what octet lacks, Error{config} for what is malformed; both name `where`, pattern and place.
Node parse(std::string_view pattern, const std::string& where);

}  // namespace octet::text::regex
