// Matching: backtracking over steps. Repeats of one character are loops, so the depth of recursion is bounded by the
// pattern and not by the text. The bytes of a character all carry its class, so a loop without a count may go byte by
// byte.
#include "octet/text/bpe/regex.h"

#include <fmt/format.h>

#include <bit>

#include "octet/base/error.h"
#include "octet/base/utf8.h"
#include "octet/text/bpe/regex_parser.h"

namespace octet::text {

namespace {

constexpr size_t none = SIZE_MAX;

size_t after_character(const Regex::Input& input, size_t at) {
  do ++at;
  while (at < input.end && utf8::is_continuation(input.text[at]));
  return at;
}

size_t before_character(const Regex::Input& input, size_t at) {
  do --at;
  while (utf8::is_continuation(input.text[at]));
  return at;
}

}  // namespace

Regex::Match Regex::find(const Input& input, size_t from) const {
  int64_t budget = 1'000'000 + 64 * static_cast<int64_t>(input.end - from);
  for (size_t at = from;;) {
    while (at < input.end && !opening_[input.classes[at]]) ++at;
    if (at == input.end) return {at, at};
    size_t end = match(start_, input, at, budget);
    if (end != none) return {at, end};
    if (budget < 0)
      throw Error(ErrorKind::config,
                  fmt::format("split pattern {} does not come to an end on this text", printable(pattern_)));
    at = after_character(input, at);
  }
}

// The end of what matches from step `index` on at `at`, or none.
size_t Regex::match(uint32_t index, const Input& input, size_t at, int64_t& budget) const {
  for (;;) {
    const Step& step = steps_[index];
    switch (step.kind) {
      case Kind::accept:
        return at;
      case Kind::one:
        if (at == input.end || !step.members[input.classes[at]]) return none;
        at = after_character(input, at);
        break;
      case Kind::greedy:
      case Kind::lazy:
        return repeat(step, input, at, budget);
      case Kind::possessive:
        at = repeat(step, input, at, budget);
        if (at == none) return none;
        break;
      case Kind::look:
      case Kind::look_not:
        if ((match(step.inner, input, at, budget) != none) != (step.kind == Kind::look)) return none;
        break;
      case Kind::either: {
        uint64_t viable = at < input.end ? step.viable[input.classes[at]] : ~uint64_t{0} >> (64 - step.branches.size());
        for (; viable; viable &= viable - 1) {
          if (--budget < 0) return none;
          size_t end = match(step.branches[static_cast<size_t>(std::countr_zero(viable))], input, at, budget);
          if (end != none) return end;
        }
        return none;
      }
    }
    index = step.next;
  }
}

// A run of characters and, unless it is possessive, what follows it.
size_t Regex::repeat(const Step& step, const Input& input, size_t at, int64_t& budget) const {
  auto holds = [&](size_t i) { return i < input.end && step.members[input.classes[i]]; };
  size_t least = at;  // where the run ends at the earliest
  for (uint32_t n = 0; n < step.least; ++n) {
    if (!holds(least)) return none;
    least = after_character(input, least);
  }
  if (step.kind == Kind::lazy) {
    for (uint32_t n = step.least;; ++n) {
      if (--budget < 0) return none;
      size_t end = match(step.next, input, least, budget);
      if (end != none) return end;
      if (n == step.most || !holds(least)) return none;
      least = after_character(input, least);
    }
  }
  size_t most = least;
  if (step.most == regex::unbounded)
    while (holds(most)) ++most;
  else
    for (uint32_t n = step.least; n < step.most && holds(most); ++n) most = after_character(input, most);
  if (step.kind == Kind::possessive || steps_[step.next].kind == Kind::accept) return most;
  for (;; most = before_character(input, most)) {
    if (--budget < 0) return none;
    size_t end = match(step.next, input, most, budget);
    if (end != none) return end;
    if (most == least) return none;
  }
}

}  // namespace octet::text
