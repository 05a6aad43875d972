// JSON numbers between two bounds, as grammar nodes.
#pragma once
#include <cstdint>
#include <optional>

#include "octet/text/grammar/rules.h"

namespace octet::text {

// Integers from `low` to `high`, both included; matches nothing if low > high. An open side ends at 18 digits, or at
// what int64 holds if the other side lies beyond that.
NodeId integer_range(Rules& rules, std::optional<int64_t> low, std::optional<int64_t> high);

struct NumberBound {
  double value = 0;
  enum class Included { no, yes } included = Included::yes;
};

// Decimals without exponent between two bounds. They have at most 15 significant digits, so that reading them as
// doubles keeps their order and no two become equal: what obeys an excluded bound as a text obeys it as a double. An
// open side ends at 15 digits before the point. Matches nothing if no such decimal lies between.
NodeId number_range(Rules& rules, std::optional<NumberBound> low, std::optional<NumberBound> high);

}  // namespace octet::text
