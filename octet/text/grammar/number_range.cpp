#include "octet/text/grammar/number_range.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "octet/base/error.h"

namespace octet::text {

namespace {

constexpr int64_t open_integer = 999'999'999'999'999'999;  // 18 digits
constexpr int significant = 15;
constexpr double open_number = 999'999'999'999'999;

// A bound on a number's size, without sign. The digits after the point end in no zero.
struct Magnitude {
  std::string whole, fraction;
  NumberBound::Included included = NumberBound::Included::yes;
};

// The decimals from `low` to `high` (sizes, without sign), digit by digit. While a digit string equals the beginning of
// a bound it is tight to it; as soon as it differs, it is free on that side.
class Between {
 public:
  Between(Rules& rules, Magnitude low, Magnitude high, int digits_after_point)
      : rules_(rules), low_(std::move(low)), high_(std::move(high)), after_(digits_after_point) {}

  NodeId run() {
    std::vector<NodeId> options;
    for (size_t length = low_.whole.size(); length <= high_.whole.size(); ++length) {
      Tight tight{length == low_.whole.size(), length == high_.whole.size()};
      int after = after_ == 0 ? 0 : std::max(0, after_ - static_cast<int>(length));
      options.push_back(whole(0, length, tight, after));
    }
    return rules_.choice(std::move(options));
  }

 private:
  struct Tight {
    bool low, high;
  };

  NodeId digits(char first, char last) {
    return rules_.set({{static_cast<char32_t>(first), static_cast<char32_t>(last)}});
  }
  NodeId any_digits(int least, int most) { return rules_.repeat(digits('0', '9'), least, most); }

  // One digit and what follows: `rest(tight)` after a digit that keeps the bounds tight or not.
  template <class Rest>
  void step(std::vector<NodeId>& options, Tight tight, char low, char high, Rest rest) {
    auto take = [&](char first, char last, Tight after) {
      if (first <= last) options.push_back(rules_.sequence({digits(first, last), rest(after)}));
    };
    if (tight.low && tight.high && low == high) return take(low, low, tight);
    if (low > high) return;
    char first = low, last = high;
    if (tight.low) take(first++, low, {true, false});
    if (tight.high) take(last--, high, {false, true});
    take(first, last, {false, false});
  }

  // The digits before the point from place `at` of `length` on, and the rest.
  NodeId whole(size_t at, size_t length, Tight tight, int after) {
    if (at == length) return point(tight, after);
    char least = at == 0 && length > 1 ? '1' : '0';
    if (!tight.low && !tight.high) {
      auto left = static_cast<int>(length - at);
      NodeId tail = point(tight, after);
      return least == '1' ? rules_.sequence({digits('1', '9'), any_digits(left - 1, left - 1), tail})
                          : rules_.sequence({any_digits(left, left), tail});
    }
    std::vector<NodeId> options;
    step(options, tight, tight.low ? std::max(low_.whole[at], least) : least, tight.high ? high_.whole[at] : '9',
         [&](Tight next) { return whole(at + 1, length, next, after); });
    return rules_.choice(std::move(options));
  }

  // Whether a number may end here: what follows counts as zeros.
  bool may_end(size_t at, Tight tight) const {
    using enum NumberBound::Included;
    if (tight.low && (at < low_.fraction.size() || low_.included == no)) return false;
    return !tight.high || at < high_.fraction.size() || high_.included == yes;
  }

  NodeId point(Tight tight, int after) {
    std::vector<NodeId> options;
    if (may_end(0, tight)) options.push_back(rules_.empty());
    if (after > 0) options.push_back(rules_.sequence({rules_.text("."), fraction(0, tight, after)}));
    return rules_.choice(std::move(options));
  }

  // At least one digit after the point, at most `left`.
  NodeId fraction(size_t at, Tight tight, int left) {
    if (!tight.low && !tight.high) return any_digits(1, left);
    auto digit = [&](const std::string& of) { return at < of.size() ? of[at] : '0'; };
    std::vector<NodeId> options;
    step(options, tight, tight.low ? digit(low_.fraction) : '0', tight.high ? digit(high_.fraction) : '9',
         [&](Tight next) {
           std::vector<NodeId> rest;
           if (may_end(at + 1, next)) rest.push_back(rules_.empty());
           if (left > 1) rest.push_back(fraction(at + 1, next, left - 1));
           return rules_.choice(std::move(rest));
         });
    return rules_.choice(std::move(options));
  }

  Rules& rules_;
  Magnitude low_, high_;
  int after_;  // digits in all, 0: integers
};

Magnitude of_integer(uint64_t size) { return {std::to_string(size), "", NumberBound::Included::yes}; }

uint64_t size_of(int64_t x) { return x < 0 ? ~static_cast<uint64_t>(x) + 1 : static_cast<uint64_t>(x); }

Magnitude of_number(const NumberBound& bound) {
  char text[512];
  auto end = std::to_chars(text, text + sizeof text, std::fabs(bound.value), std::chars_format::fixed).ptr;
  std::string all(text, end);
  size_t dot = all.find('.');
  Magnitude out{all.substr(0, dot), dot == all.npos ? "" : all.substr(dot + 1), bound.included};
  while (out.fraction.ends_with('0')) out.fraction.pop_back();
  return out;
}

}  // namespace

NodeId integer_range(Rules& rules, std::optional<int64_t> low, std::optional<int64_t> high) {
  int64_t from = low.value_or(high.value_or(0) < -open_integer ? INT64_MIN : -open_integer);
  int64_t to = high.value_or(low.value_or(0) > open_integer ? INT64_MAX : open_integer);
  std::vector<NodeId> options;
  if (from > to) return rules.nothing();
  if (from < 0) {
    Between sizes(rules, of_integer(size_of(std::min<int64_t>(to, -1))), of_integer(size_of(from)), 0);
    options.push_back(rules.sequence({rules.text("-"), sizes.run()}));
  }
  if (to >= 0) {
    Between sizes(rules, of_integer(size_of(std::max<int64_t>(from, 0))), of_integer(size_of(to)), 0);
    options.push_back(sizes.run());
  }
  return rules.choice(std::move(options));
}

NodeId number_range(Rules& rules, std::optional<NumberBound> low, std::optional<NumberBound> high) {
  using enum NumberBound::Included;
  NumberBound from = low && low->value >= -open_number ? *low : NumberBound{-open_number, yes};
  NumberBound to = high && high->value <= open_number ? *high : NumberBound{open_number, yes};
  std::vector<NodeId> options;
  if (from.value > to.value || (from.value == to.value && (from.included == no || to.included == no)))
    return rules.nothing();
  if (from.value < 0) {
    NumberBound nearest = to.value < 0 ? to : NumberBound{0, no};  // no "-0"
    Between sizes(rules, of_number(nearest), of_number(from), significant);
    options.push_back(rules.sequence({rules.text("-"), sizes.run()}));
  }
  if (to.value > 0 || (to.value == 0 && to.included == yes)) {
    NumberBound nearest = from.value >= 0 ? from : NumberBound{0, yes};
    Between sizes(rules, of_number(nearest), of_number(to), significant);
    options.push_back(sizes.run());
  }
  return rules.choice(std::move(options));
}

}  // namespace octet::text
