// Sets of code points and Unicode 16.0's general categories: what the split regexes are made of.
//
// octet has tables of its own because the answer must be that of Hugging Face's `tokenizers` (Unicode 16, where \s does
// not hold U+180E) for every code point, whatever regex library the system has.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace octet::text {

struct CodePointRange {
  char32_t first, last;  // both included
  bool operator==(const CodePointRange&) const = default;
};

// Sorted, disjoint, with gaps between the ranges.
class CodePointSet {
 public:
  CodePointSet() = default;
  CodePointSet(std::initializer_list<CodePointRange> ranges);
  explicit CodePointSet(std::vector<CodePointRange> ranges);  // in any order, may overlap

  bool contains(char32_t c) const;
  bool empty() const { return ranges_.empty(); }
  const std::vector<CodePointRange>& ranges() const { return ranges_; }

  CodePointSet operator|(const CodePointSet& other) const;
  CodePointSet operator&(const CodePointSet& other) const;
  CodePointSet operator~() const;  // within 0..U+10FFFF
  bool operator==(const CodePointSet&) const = default;

 private:
  std::vector<CodePointRange> ranges_;
};

// \p{name}: a general category ("L", "Lu", "Letter" is not known), "Han", "Alphabetic" or "Any"; nothing for others.
std::optional<CodePointSet> unicode_property(std::string_view name);

const CodePointSet& white_space();  // \s: the White_Space property
CodePointSet word_characters();     // \w: Alphabetic, M, Nd, Pc

}  // namespace octet::text
