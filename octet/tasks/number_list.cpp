#include "octet/tasks/number_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "octet/tasks/numeral.h"

namespace octet::tasks {

std::vector<int64_t> draw_list(Random& random) {
  double u = random.uniform();
  auto count = static_cast<size_t>(u < 0.03 ? 2 : u < 0.37 ? 3 : u < 0.71 ? 4 : u < 0.90 ? 5 : u < 0.98 ? 6 : 7);
  double w = random.uniform();
  int width = w < 0.20 ? 1 : w < 0.66 ? 2 : w < 0.96 ? 3 : 4;
  std::vector<int64_t> numbers;
  while (numbers.size() < count) {
    int64_t n = with_digits(random, static_cast<int>(random.chance(0.7) ? width : random.between(1, width)));
    bool twice = std::find(numbers.begin(), numbers.end(), n) != numbers.end();
    if (!twice || random.chance(0.05)) numbers.push_back(n);
  }
  return numbers;
}

std::string canonical_list(std::string_view what, std::vector<int64_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return fmt::format("{} {}", what, fmt::join(numbers, " "));
}

std::string write_list(const std::vector<std::string>& items, Random& random) {
  uint64_t form = random.below(10);
  if (form < 4) return fmt::format("{}", fmt::join(items, ", "));
  if (form < 5) return fmt::format("{}", fmt::join(items, " "));
  if (form < 6) return fmt::format("{}", fmt::join(items, ","));
  std::string head = fmt::format("{}", fmt::join(items.begin(), items.end() - 1, ", "));
  return head + (form < 9 ? " and " : ", and ") + items.back();
}

std::string write_list(const std::vector<int64_t>& numbers, Random& random) {
  std::vector<std::string> items;
  for (int64_t n : numbers) items.push_back(std::to_string(n));
  return write_list(items, random);
}

}  // namespace octet::tasks
