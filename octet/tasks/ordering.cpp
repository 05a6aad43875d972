#include "octet/tasks/ordering.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/tasks/numeral.h"

namespace octet::tasks {
namespace {

int widest(const std::vector<int64_t>& numbers) {
  int width = 1;
  for (int64_t n : numbers) width = std::max(width, digits(n));
  return width;
}

// The numbers padded to one width, and a line a digit up to the first that differs.
std::string difference(int64_t a, char between, int64_t b, std::string_view end) {
  int width = std::max(digits(a), digits(b));
  std::string x = padded(a, width), y = padded(b, width), out = fmt::format("{}{}{}{}\n", x, between, y, end);
  for (size_t i = 0; i < x.size(); ++i) {
    char sign = x[i] < y[i] ? '<' : x[i] > y[i] ? '>' : '=';
    out += fmt::format("{}{}{}\n", x[i], sign, y[i]);
    if (sign != '=') break;
  }
  return out;
}

bool before(int64_t a, int64_t b, Order order) { return order == Order::ascending ? a < b : a > b; }

}  // namespace

std::string larger_steps(int64_t a, int64_t b) {
  return fmt::format("larger: {}Answer: {}", difference(a, ' ', b, ""), std::max(a, b));
}

std::string smaller_steps(int64_t a, int64_t b) {
  return fmt::format("smaller: {}Answer: {}", difference(a, ' ', b, ""), std::min(a, b));
}

std::string whether_steps(int64_t a, char sign, int64_t b) {
  return fmt::format("{}Answer: {}", difference(a, sign, b, "?"), (sign == '<' ? a < b : a > b) ? "yes" : "no");
}

std::string sort_steps(const std::vector<int64_t>& numbers, Order order) {
  int width = widest(numbers);
  std::vector<int64_t> sorted;
  std::string out = order == Order::ascending ? "smallest first\n" : "largest first\n";
  for (int64_t n : numbers) {
    auto at = std::find_if(sorted.begin(), sorted.end(), [&](int64_t other) { return before(n, other, order); });
    sorted.insert(at, n);
    out += padded(n, width);
    if (sorted.size() > 1) out += ":";
    for (size_t i = 0; sorted.size() > 1 && i < sorted.size(); ++i) out += " " + padded(sorted[i], width);
    out += "\n";
  }
  return out + fmt::format("Answer: {}", fmt::join(sorted, ", "));
}

std::string extreme_steps(const std::vector<int64_t>& numbers, Order order) {
  int width = widest(numbers);
  int64_t best = numbers.at(0);
  std::string out = (order == Order::ascending ? "smallest\n" : "largest\n") + padded(best, width) + "\n";
  for (size_t i = 1; i < numbers.size(); ++i) {
    if (before(numbers[i], best, order)) best = numbers[i];
    out += padded(numbers[i], width) + ": " + padded(best, width) + "\n";
  }
  return out + fmt::format("Answer: {}", best);
}

std::string sort_word_steps(const std::vector<std::string>& words) {
  std::vector<std::string> sorted;
  std::string out;
  for (const auto& word : words) {
    sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), word), word);
    out += word;
    if (sorted.size() > 1) out += fmt::format(": {}", fmt::join(sorted, " "));
    out += "\n";
  }
  return out + fmt::format("Answer: {}", fmt::join(sorted, ", "));
}

}  // namespace octet::tasks
