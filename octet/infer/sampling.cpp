#include "octet/infer/sampling.h"

#include "octet/base/error.h"

namespace octet::infer {

namespace {

void require(bool holds, const char* name, double value, const char* expected) {
  if (!holds) throw Error(ErrorKind::usage, fmt::format("{}: expected {}, found {}", name, expected, value));
}

}  // namespace

void validate(const Sampling& s) {
  require(s.temperature >= 0 && s.temperature <= 100, "temperature", s.temperature, "a number from 0 to 100");
  require(s.top_p > 0 && s.top_p <= 1, "top-p", s.top_p, "a number above 0 and up to 1");
  require(s.top_k >= 0, "top-k", static_cast<double>(s.top_k), "0 (all) or more");
  require(s.min_p >= 0 && s.min_p <= 1, "min-p", s.min_p, "a number from 0 to 1");
  require(s.repetition_penalty > 0 && s.repetition_penalty <= 10, "repetition-penalty", s.repetition_penalty,
          "a number above 0 and up to 10");
}

}  // namespace octet::infer
