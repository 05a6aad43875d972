#include "octet/plan/cost/quantity.h"

#include <algorithm>
#include <cmath>

#include "octet/base/error.h"
#include "octet/base/units.h"

namespace octet::plan {

Dimension operator*(Dimension a, Dimension b) {
  for (size_t i = 0; i < base_count; ++i) a.power[i] = static_cast<int8_t>(a.power[i] + b.power[i]);
  return a;
}

Dimension operator/(Dimension a, Dimension b) {
  for (size_t i = 0; i < base_count; ++i) a.power[i] = static_cast<int8_t>(a.power[i] - b.power[i]);
  return a;
}

std::string name(Dimension dimension) {
  constexpr const char* names[base_count] = {"$", "GPU", "node", "person", "s", "token", "byte", "FLOP", "J"};
  if (dimension.none()) return "a plain number";
  auto part = [&](size_t i, int power) {
    return power == 1 ? std::string(names[i]) : fmt::format("{}^{}", names[i], power);
  };
  std::string above, below;
  for (size_t i = 0; i < base_count; ++i) {
    if (dimension.power[i] > 0) above += (above.empty() ? "" : "-") + part(i, dimension.power[i]);
    if (dimension.power[i] < 0) below += "/" + part(i, -dimension.power[i]);
  }
  return (above.empty() ? "1" : above) + below;
}

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view s) {
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

bool take(std::string_view& s, std::string_view word) {
  if (s.size() < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(s[i])) != word[i]) return false;
  if (std::isalpha(static_cast<unsigned char>(word.back())) && s.size() > word.size() &&
      std::isalpha(static_cast<unsigned char>(s[word.size()])))
    return false;
  s = trim(s.substr(word.size()));
  return true;
}

void take_qualifiers(std::string_view& s, Written& out) {
  for (bool more = true; more;) {
    more = false;
    for (auto word : {"about", "approximately", "roughly", "around", "some", "~", "≈", "ca."})
      if (take(s, word)) out.about = more = true;
    for (auto word : {"more than", "over", "at least", "above", ">=", ">"})
      if (take(s, word)) out.bound = Bound::at_least, more = true;
    for (auto word : {"less than", "under", "at most", "below", "up to", "<=", "<"})
      if (take(s, word)) out.bound = Bound::at_most, more = true;
  }
}

struct Digits {
  double value = 0, last = 1;  // last: the weight of the last significant digit
  bool decimals = false;
};

// Digits with , or _ between groups, a decimal point and an exponent. The digits are taken off `s`.
bool take_digits(std::string_view& s, Digits& out) {
  std::string plain;
  size_t i = 0;
  int after_point = -1, trailing = 0;
  bool any = false;
  for (; i < s.size(); ++i) {
    char c = s[i];
    if (c >= '0' && c <= '9') {
      plain += c, any = true;
      trailing = c == '0' ? trailing + 1 : 0;
      if (after_point >= 0) ++after_point;
    } else if (c == '.' && after_point < 0 && i + 1 < s.size() && std::isdigit(static_cast<unsigned char>(s[i + 1]))) {
      plain += c, after_point = 0;
    } else if ((c == ',' || c == '_') && any && i + 1 < s.size() &&
               std::isdigit(static_cast<unsigned char>(s[i + 1]))) {
      continue;
    } else {
      break;
    }
  }
  if (!any || plain.size() > 40) return false;
  int exponent = 0;
  bool scientific = false;
  if (i + 1 < s.size() && (s[i] == 'e' || s[i] == 'E')) {
    size_t j = i + 1;
    bool negative = s[j] == '-';
    if (s[j] == '-' || s[j] == '+') ++j;
    size_t first = j;
    for (; j < s.size() && j < first + 3 && std::isdigit(static_cast<unsigned char>(s[j])); ++j)
      exponent = exponent * 10 + (s[j] - '0');
    if (j > first) i = j, scientific = true, exponent = negative ? -exponent : exponent;
    if (j == first) exponent = 0;
  }
  if (exponent > 40 || exponent < -40) return false;
  out.value = std::strtod(plain.c_str(), nullptr) * std::pow(10, exponent);
  out.decimals = after_point > 0 || scientific;
  // 50,000 and 6,000,000 are round figures: three or more trailing zeros of a plain integer are not promised.
  int digit = after_point > 0 ? -after_point : (trailing >= 3 && out.value > 0 ? trailing : 0);
  out.last = std::pow(10, digit + exponent);
  s.remove_prefix(i);
  return true;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

double suffix(std::string_view word) {
  constexpr std::pair<std::string_view, double> known[] = {
      {"K", 1e3},  {"k", 1e3},        {"M", 1e6},       {"B", 1e9},       {"T", 1e12},       {"bn", 1e9},
      {"mn", 1e6}, {"thousand", 1e3}, {"million", 1e6}, {"billion", 1e9}, {"trillion", 1e12}};
  for (auto [text, factor] : known)
    if (word == text || (word.size() > 2 && same_letters(word, text))) return factor;
  return 0;
}

// K, M, B, T or a word for them: right after the digits, or apart and followed by a unit.
double take_suffix(std::string_view& s, bool dollars) {
  bool apart = !s.empty() && is_space(s.front());
  std::string_view rest = trim(s);
  size_t n = 0;
  while (n < rest.size() && std::isalpha(static_cast<unsigned char>(rest[n]))) ++n;
  double factor = suffix(rest.substr(0, n));
  if (factor == 0) return 0;
  std::string_view after = trim(rest.substr(n));
  bool dollar_next = !after.empty() && after.front() == '$';
  // "16 K", "3 B" and "80 T" alone are units or slips; "6 M $", "671 B parameters" and "6 million" are not.
  if (apart && n <= 1 && !dollars && !dollar_next && (after.empty() || after.front() == '/')) return 0;
  s = rest.substr(n);
  return factor;
}

}  // namespace

Written parse_quantity(std::string_view text, std::string_view what) {
  Written out;
  out.text = std::string(trim(text));
  auto refuse = [&](std::string_view why, std::string_view hint) {
    throw Error(ErrorKind::config, fmt::format("{}: '{}' {}", what, printable(text), why), std::string(hint));
  };
  std::string_view s = trim(text);
  if (s.size() > 200) refuse("is too long for a number with its unit", "");
  take_qualifiers(s, out);
  if (s.starts_with("-")) refuse("is negative", "prices, counts and times are never negative");
  bool dollars = take(s, "$");
  if (s.starts_with("-")) refuse("is negative", "prices, counts and times are never negative");
  Digits digits;
  if (!take_digits(s, digits)) refuse("does not begin with a number", "write it as '2788K GPU-hours' or '$5.576M'");
  double factor = take_suffix(s, dollars);
  std::string_view unit = trim(s);
  out.unit_words =
      dollars ? std::string(unit.empty() || unit.front() == '/' ? "$" : "$ ") + std::string(unit) : std::string(unit);
  if (dollars) {
    out.unit = unit.empty() ? Unit{} : parse_unit("1 " + std::string(unit), what);
    Dimension dollar;
    dollar.power[static_cast<size_t>(Base::dollar)] = 1;
    out.unit.dimension = out.unit.dimension * dollar;
  } else {
    if (unit.empty())
      refuse("is a number without its unit", "write '2048 GPUs', '61 layers', '14.8T tokens', '43 %' or '4 x'");
    out.unit = parse_unit(unit, what);
  }
  double scale = (factor == 0 ? 1 : factor) * out.unit.scale;
  out.quantity = {digits.value * scale, out.unit.dimension};
  if (!std::isfinite(out.quantity.value)) refuse("is too large", "");
  out.half_digit = 0.5 * digits.last * scale;
  out.rounded = factor != 0 || digits.decimals || unit.starts_with("%") || digits.last > 1;
  return out;
}

std::string format_number(double x) {
  double size = std::fabs(x);
  if (!std::isfinite(x)) return "infinite";
  constexpr std::pair<double, const char*> units[] = {{1e15, "P"}, {1e12, "T"}, {1e9, "B"}, {1e6, "M"}};
  for (auto [factor, unit] : units)
    if (size >= factor * 0.9999995) return fmt::format("{:.4g}{}", x / factor, unit);
  if (size >= 1000) return format_thousands(std::llround(x));
  if (size >= 100 || size == 0) return fmt::format("{:.4g}", x);
  return fmt::format("{:.4g}", x);
}

std::string format_quantity(double value, std::string_view unit) {
  Unit parsed = unit.empty() ? Unit{} : parse_unit(unit, "unit");
  double shown = value / parsed.scale;
  if (unit.starts_with("$"))
    return (shown < 0 ? "-$" : "$") + format_number(std::fabs(shown)) + std::string(unit.substr(1));
  if (unit.empty()) return format_number(shown);
  return fmt::format("{} {}", format_number(shown), unit);
}

}  // namespace octet::plan
