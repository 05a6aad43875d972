#include "octet/text/bpe/unicode.h"

#include <algorithm>
#include <array>

namespace octet::text {

namespace {

#include "octet/text/bpe/unicode_table.inc"

constexpr char32_t last_code_point = 0x10FFFF;

// In the table's order.
constexpr std::array<std::string_view, 30> category_names = {
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
    "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"};

// All categories whose name begins with `prefix`.
std::vector<CodePointRange> categories(std::string_view prefix) {
  std::vector<CodePointRange> ranges;
  size_t n = std::size(category_runs);
  for (size_t i = 0; i < n; ++i) {
    if (!category_names[category_runs[i] % 32].starts_with(prefix)) continue;
    char32_t first = category_runs[i] / 32;
    char32_t last = i + 1 < n ? category_runs[i + 1] / 32 - 1 : last_code_point;
    ranges.push_back({first, last});
  }
  return ranges;
}

}  // namespace

CodePointSet::CodePointSet(std::initializer_list<CodePointRange> ranges)
    : CodePointSet(std::vector<CodePointRange>(ranges)) {}

CodePointSet::CodePointSet(std::vector<CodePointRange> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](auto& a, auto& b) { return a.first < b.first; });
  for (const CodePointRange& range : ranges) {
    if (!ranges_.empty() && range.first <= ranges_.back().last + 1)
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    else
      ranges_.push_back(range);
  }
}

bool CodePointSet::contains(char32_t c) const {
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), c,
                                [](char32_t value, const CodePointRange& range) { return value < range.first; });
  return after != ranges_.begin() && c <= std::prev(after)->last;
}

CodePointSet CodePointSet::operator|(const CodePointSet& other) const {
  std::vector<CodePointRange> both = ranges_;
  both.insert(both.end(), other.ranges_.begin(), other.ranges_.end());
  return CodePointSet(std::move(both));
}

CodePointSet CodePointSet::operator&(const CodePointSet& other) const { return ~(~*this | ~other); }

CodePointSet CodePointSet::operator~() const {
  CodePointSet result;
  char32_t next = 0;
  for (const CodePointRange& range : ranges_) {
    if (range.first > next) result.ranges_.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= last_code_point) result.ranges_.push_back({next, last_code_point});
  return result;
}

std::optional<CodePointSet> unicode_property(std::string_view name) {
  if (name == "Any") return CodePointSet{{0, last_code_point}};
  if (name == "Alphabetic") return CodePointSet(std::vector(std::begin(alphabetic), std::end(alphabetic)));
  if (name == "Han") return CodePointSet(std::vector(std::begin(han), std::end(han)));
  if (name.empty() || name.size() > 2) return std::nullopt;
  std::vector<CodePointRange> ranges = categories(name);
  if (ranges.empty()) return std::nullopt;
  return CodePointSet(std::move(ranges));
}

const CodePointSet& white_space() {
  static const CodePointSet set{{0x9, 0xD},       {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},
                                {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F},
                                {0x205F, 0x205F}, {0x3000, 0x3000}};
  return set;
}

CodePointSet word_characters() {
  return *unicode_property("Alphabetic") | *unicode_property("M") | *unicode_property("Nd") | *unicode_property("Pc");
}

}  // namespace octet::text
