// A number with its unit, as people write it: "2664K GPU-hours", "$1.6B", "43 %", "150 $/kW-month", "3000 GB/s".
//
// A unit is a product of base dimensions, so that adding dollars to hours, or taking FLOP for FLOP/s, is found instead
// of computed. A figure also remembers how precisely it was written: "$6M" promises less than "$5.576M".
//
// Grammar: [about|~|more than|over|at least|less than|under|at most] [$] digits[K|M|B|T|thousand|million|…] unit
//   unit    = words joined by " ", "-" or "*"; "/", "per" and "a" put all that follows below the line, so that
//             $/GPU-hour, $/GPU/hour and "dollars per GPU hour" are the same
// K M B T are decimal; KiB MiB GiB TiB are binary, KB MB GB TB decimal; FLOPs is a count, FLOPS is FLOP/s.
// A month is 730 hours and a year 8760.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace octet::plan {

enum class Base { dollar, gpu, node, person, second, token, byte, flop, joule };
constexpr size_t base_count = 9;

struct Dimension {
  std::array<int8_t, base_count> power{};
  bool operator==(const Dimension&) const = default;
  bool none() const { return *this == Dimension{}; }
};
Dimension operator*(Dimension a, Dimension b);
Dimension operator/(Dimension a, Dimension b);
std::string name(Dimension dimension);  // "$/GPU/s", "FLOP", "a plain number"

struct Quantity {
  double value = 0;  // in base units: dollars, GPUs, nodes, people, seconds, tokens, bytes, FLOP, joules
  Dimension dimension;
};

struct Unit {
  double scale = 1;  // base units in one
  Dimension dimension;
};

// Error{config} naming `what` if a word of the unit is unknown, with the nearest known one.
Unit parse_unit(std::string_view text, std::string_view what);
std::vector<std::string> unit_names();

enum class Bound { equal, at_least, at_most };

struct Written {
  Quantity quantity;
  Unit unit;
  double half_digit = 0;  // half a unit in the last digit written, in base units
  bool rounded = false;   // written with K, M, B, T, % or decimals: not an exact count
  bool about = false;     // "about", "~"
  Bound bound = Bound::equal;
  std::string text;        // as written
  std::string unit_words;  // the unit as written, for format_quantity: "$", "GPU-hours", "million dollars"
};

// Error{config} naming `what`: no number, a negative or endless one, or a number without its unit. The unit may be a
// plain noun (parameters, layers, experts, sequences, requests: dimensionless) but not nothing, "x" or "%" apart.
Written parse_quantity(std::string_view text, std::string_view what);

// Prints a base value in the given unit for people: "$5.576M", "2.788M GPU-hours", "$1.154/GPU-hour", "43.7 %".
std::string format_quantity(double value, std::string_view unit);

// A number with digits that suit its size: 2.788M, 87,072, 1.154, 0.0432.
std::string format_number(double value);

}  // namespace octet::plan
