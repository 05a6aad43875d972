#include "octet/base/units.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "octet/base/error.h"

namespace octet {

namespace {

// Splits "14.8T" into 14.8 and "T". False if no finite, non-negative number stands at the front.
bool split(std::string_view text, double& number, std::string_view& unit) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number) || number < 0) return false;
  unit = text.substr(static_cast<size_t>(end - text.data()));
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  return true;
}

}  // namespace

double parse_count(std::string_view text, std::string_view what) {
  double n = 0;
  std::string_view unit;
  auto refuse = [&](std::string_view why) {
    throw Error(ErrorKind::usage, fmt::format("{}: '{}' is no count: {}", what, printable(text), why),
                "write an integer, or a number with K, M, B or T such as 14.8T");
  };
  if (!split(text, n, unit)) refuse("expected a number that is not negative");
  if (unit.empty()) {
    if (text.find_first_not_of("0123456789") != text.npos) refuse("a number with a decimal point needs its unit");
    return n;
  }
  constexpr std::pair<std::string_view, double> units[] = {{"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"G", 1e9}, {"T", 1e12}};
  for (auto [name, factor] : units)
    if (unit == name) return n * factor;
  refuse(fmt::format("unknown unit '{}'", printable(unit)));
  return 0;
}

uint64_t parse_bytes(std::string_view text, std::string_view what) {
  double n = 0;
  std::string_view unit;
  auto refuse = [&] {
    throw Error(ErrorKind::usage, fmt::format("{}: '{}' is no size in bytes", what, printable(text)),
                "write bytes, or a number with KiB, MiB, GiB, KB, MB or GB such as 16GiB");
  };
  if (!split(text, n, unit)) refuse();
  constexpr std::pair<std::string_view, double> units[] = {
      {"", 1},     {"B", 1},      {"K", 0x1p10},   {"KiB", 0x1p10}, {"KB", 1e3},   {"M", 0x1p20},   {"MiB", 0x1p20},
      {"MB", 1e6}, {"G", 0x1p30}, {"GiB", 0x1p30}, {"GB", 1e9},     {"T", 0x1p40}, {"TiB", 0x1p40}, {"TB", 1e12}};
  for (auto [name, factor] : units)
    if (unit == name && n * factor < 0x1p63) return static_cast<uint64_t>(n * factor);
  refuse();
  return 0;
}

std::string format_count(double n) {
  if (n < 1e4 && n == std::floor(n)) return format_thousands(static_cast<int64_t>(n));
  constexpr std::pair<double, const char*> units[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}};
  for (auto [factor, unit] : units)
    if (n >= factor) return fmt::format("{:.2f}{}", n / factor, unit);
  return fmt::format("{:.3g}", n);
}

std::string format_bytes(double bytes) {
  constexpr std::pair<double, const char*> units[] = {
      {0x1p40, "TiB"}, {0x1p30, "GiB"}, {0x1p20, "MiB"}, {0x1p10, "KiB"}};
  for (auto [factor, unit] : units)
    if (bytes >= factor) return fmt::format("{:.1f} {}", bytes / factor, unit);
  return fmt::format("{:.0f} B", bytes);
}

std::string format_duration(double s) {
  if (s < 10) return fmt::format("{:.2f} s", s);
  if (s < 60) return fmt::format("{:.0f} s", s);
  auto whole = static_cast<int64_t>(s + 0.5);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  if (whole < 86400 * 2) return fmt::format("{}h{:02}m", whole / 3600, whole % 3600 / 60);
  return fmt::format("{:.1f} d", s / 86400);
}

std::string format_thousands(int64_t n) {
  std::string digits = std::to_string(n < 0 ? -n : n), out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return n < 0 ? "-" + out : out;
}

std::string format_flops(double f) {
  constexpr std::pair<double, const char*> units[] = {{1e24, "Y"}, {1e21, "Z"}, {1e18, "E"}, {1e15, "P"},
                                                      {1e12, "T"}, {1e9, "G"},  {1e6, "M"},  {1e3, "K"}};
  for (auto [factor, unit] : units)
    if (f >= factor) return fmt::format("{:.4g} {}FLOP", f / factor, unit);
  return fmt::format("{:.0f} FLOP", f);
}

}  // namespace octet
