#include "octet/tasks/numeral.h"

#include "octet/base/error.h"
#include "octet/base/units.h"

namespace octet::tasks {

std::string in_words(int64_t n) {
  static const std::vector<std::string> small = {
      "zero", "one",    "two",    "three",    "four",     "five",    "six",     "seven",     "eight",    "nine",
      "ten",  "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  static const std::vector<std::string> tens = {"",      "",      "twenty",  "thirty", "forty",
                                                "fifty", "sixty", "seventy", "eighty", "ninety"};
  octet::check(n >= 0 && n < 10000, "only numbers below 10,000 are written in words");
  auto at = [](const std::vector<std::string>& list, int64_t i) { return list[static_cast<size_t>(i)]; };
  if (n < 20) return at(small, n);
  if (n < 100) return at(tens, n / 10) + (n % 10 ? "-" + at(small, n % 10) : "");
  if (n < 1000) return at(small, n / 100) + " hundred" + (n % 100 ? " and " + in_words(n % 100) : "");
  int64_t rest = n % 1000;
  return at(small, n / 1000) + " thousand" + (rest ? (rest < 100 ? " and " : " ") + in_words(rest) : "");
}

std::string padded(int64_t n, int width) {
  std::string text = std::to_string(n);
  auto wanted = static_cast<size_t>(width);
  return text.size() < wanted ? std::string(wanted - text.size(), '0') + text : text;
}

int digits(int64_t n) { return static_cast<int>(std::to_string(n).size()); }

int64_t with_digits(Random& random, int count) {
  int64_t low = 1;
  for (int i = 1; i < count; ++i) low *= 10;
  return random.between(count == 1 ? 0 : low, low * 10 - 1);
}

int64_t everyday_number(Random& random, int most_digits) {
  double u = random.uniform();
  int count = u < 0.14 ? 1 : u < 0.56 ? 2 : u < 0.90 ? 3 : 4;
  return with_digits(random, std::min(count, most_digits));
}

NumeralStyle::NumeralStyle(Random& random) : commas_(random.chance(0.4)), words_(random.chance(0.04)) {}

std::string NumeralStyle::write(int64_t n) const {
  if (words_ && n >= 0 && n < 100) return in_words(n);
  return commas_ ? format_thousands(n) : std::to_string(n);
}

bool is_heldout(std::string_view canonical) { return Random::named(0x0C7E7, canonical).below(8) == 0; }

}  // namespace octet::tasks
